import type { Catalog } from '../../catalog/index.ts'
import { type Alert, type KitLine, own } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'

/** The parts worth carrying: each with the probability that one of the hypotheses needs it; likeliest first. */
export function planKit(
  catalog: Catalog,
  kind: string,
  hypotheses: readonly { failureMode: string; probability: number }[],
  policy: Policy,
): KitLine[] {
  const needed = new Map<string, number>()
  for (const { failureMode, probability } of hypotheses) {
    for (const [part, share] of Object.entries(catalog.failureMode(kind, failureMode).parts)) {
      needed.set(part, (needed.get(part) ?? 0) + probability * share)
    }
  }
  return [...needed]
    .filter(([, probability]) => probability >= policy.kitProbability)
    .map(([part, probability]) => ({ part, quantity: 1, probability: Math.round(probability * 1000) / 1000 }))
    .sort((a, b) => b.probability - a.probability || (a.part < b.part ? -1 : 1))
}

/** The parts of a job that repairs nothing, of this kind: all of them go along. */
export const kitOfJob = ({ kit }: Policy['jobTypes'][number], kind: string): KitLine[] =>
  (own(kit, kind) ?? []).map((part) => ({ part, quantity: 1, probability: 1 }))

/** 1 (now) to 4 (when convenient), from severity and the median of the remaining life. */
export function priorityOf(alerts: readonly Pick<Alert, 'severity' | 'remainingLife'>[], policy: Policy): number {
  let priority = 4
  for (const { severity, remainingLife } of alerts) {
    const hours = remainingLife?.p50
    if (severity === 'critical' && hours === undefined) priority = Math.min(priority, 2)
    if (severity === 'warning') priority = Math.min(priority, 3)
    if (hours === undefined) continue
    for (const level of ['1', '2', '3'] as const) {
      if (hours <= (policy.priorityHours[level] ?? 0)) {
        priority = Math.min(priority, Number(level))
        break
      }
    }
  }
  return priority
}
