import { type Appliance, DAY, isInService, isOfFault, type Millis, poissonTail } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Facts } from './facts.ts'

export const defectKeys = ['model', 'batch', 'firmware'] as const
export type DefectKey = (typeof defectKeys)[number]

/** Too many failures of one kind in one cohort: a defect that begins to show. */
export interface EmergingDefect {
  by: DefectKey
  cohort: string
  kind: string
  failureMode: string
  found: number
  /** What the same appliances would have had at the rate of all others of their kind. */
  expected: number
  appliances: number
  /** Chance of so many without a defect, after allowing for all that was looked at. */
  surprise: number
  /** How many of them an owner reported; the rest is known by telemetry alone. */
  reported: number
  since: Millis
  tickets: string[]
}

/** A cohort of others that has seen nothing yet is not proof of a rate of 0: half a failure is granted to it. */
const GRANTED = 0.5

/**
 * Compares each cohort (model, batch, firmware) with the rest of its kind over the policy's last days: predicted faults
 * that nobody refuted and reported ones alike. A cohort is named when its count is a surprise even after dividing by
 * the number of comparisons (Bonferroni). Pure. O(tickets + appliances × keys).
 */
export function emergingDefects(facts: Facts, appliances: Appliance[], rule: Policy['emerging']): EmergingDefect[] {
  const from = facts.at - rule.days * DAY
  const known = new Map(appliances.map((appliance) => [appliance.id, appliance]))
  const years = ({ registeredAt, retiredAt }: Appliance): number =>
    Math.max(0, Math.min(facts.at, retiredAt ?? facts.at) - Math.max(from, registeredAt)) / (365 * DAY)
  const exposure = new Map<string, { years: number; appliances: number }>()
  const kindYears = new Map<string, number>()
  const add = (key: string, span: number, alive: boolean): void => {
    const row = exposure.get(key) ?? { years: 0, appliances: 0 }
    exposure.set(key, { years: row.years + span, appliances: row.appliances + (alive ? 1 : 0) })
  }
  for (const appliance of appliances) {
    const span = Math.max(years(appliance), 1 / 365)
    kindYears.set(appliance.kind, (kindYears.get(appliance.kind) ?? 0) + span)
    for (const by of defectKeys) {
      const cohort = appliance[by]
      if (cohort) add(`${appliance.kind}\u0000${by}\u0000${cohort}`, span, isInService(appliance))
    }
  }
  const counted = new Map<string, { tickets: string[]; reported: number; since: Millis; appliances: Set<string> }>()
  const ofKind = new Map<string, Set<string>>()
  for (const ticket of facts.tickets) {
    const { id, appliance: of, createdAt, closure, failureMode, source, state } = ticket
    const appliance = known.get(of)
    if (!appliance || createdAt < from || state === 'cancelled' || !(closure || isOfFault(ticket))) continue
    if (closure?.cause === 'none' || closure?.verdict === 'refuted') continue
    const mode = closure?.cause ?? failureMode ?? 'unknown'
    if (mode === 'unknown' || mode === 'silent') continue
    const all = `${appliance.kind}\u0000${mode}`
    ofKind.set(all, (ofKind.get(all) ?? new Set()).add(of))
    for (const by of defectKeys) {
      const cohort = appliance[by]
      if (!cohort) continue
      const key = `${appliance.kind}\u0000${by}\u0000${cohort}\u0000${mode}`
      const row = counted.get(key) ?? { tickets: [], reported: 0, since: createdAt, appliances: new Set<string>() }
      row.tickets.push(id)
      row.appliances.add(of)
      if (source === 'reported' || source === 'recall') row.reported++
      row.since = Math.min(row.since, createdAt)
      counted.set(key, row)
    }
  }
  const found: EmergingDefect[] = []
  for (const [key, { tickets, reported, since, appliances: failed }] of counted) {
    const [kind, by, cohort, failureMode] = key.split('\u0000') as [string, DefectKey, string, string]
    const own = exposure.get(`${kind}\u0000${by}\u0000${cohort}`)
    const restYears = (kindYears.get(kind) ?? 0) - (own?.years ?? 0)
    // Nothing to compare with: the whole kind is this cohort.
    if (!own || restYears <= 0 || failed.size < rule.fewest) continue
    const rest = (ofKind.get(`${kind}\u0000${failureMode}`)?.size ?? 0) - failed.size
    const expected = ((rest + GRANTED) / restYears) * own.years
    const surprise = Math.min(1, poissonTail(failed.size, expected) * counted.size)
    if (surprise > rule.surprise) continue
    found.push({
      by,
      cohort,
      kind,
      failureMode,
      found: failed.size,
      expected,
      appliances: own.appliances,
      surprise,
      reported,
      since,
      tickets,
    })
  }
  return found.sort((a, b) => a.surprise - b.surprise || (a.cohort < b.cohort ? -1 : 1))
}
