import { cell, type HealthRow, type HealthStatus, type Millis, nth } from '../../core/index.ts'
import type { ConditionState } from './conditionState.ts'
import { type ApplianceContext, type DetectionContext, failedSince, levelOf } from './decideCondition.ts'

/** Points that a level of one threshold costs, and what a confirmed condition costs at least. */
const POINTS_AT_THRESHOLD = 50
const POINTS_CONFIRMED = 55
const POINTS_GUARD = 85
/** Smaller moves are not worth telling. */
const LEAST_MOVE = 3

/** Says how an appliance fares when its status or its health has moved. */
export function sayHealth(bench: DetectionContext, subject: ApplianceContext, at: Millis): void {
  const { judged } = subject
  const { said } = judged
  const lost = pointsLost(subject, at)
  const health = Math.round(100 - lost)
  const status = statusOf(bench, subject)
  const stage = stageOf(subject)
  if (said && said.status === status && said.stage === stage && Math.abs(said.health - health) < LEAST_MOVE) return
  judged.said = { health, status, stage }
  bench.out.health.push(healthRow(bench, subject, { at, lost, health, status }))
}

/** What is news of itself: which limits are passed, and how far a repair is proved. */
const stageOf = ({ judged }: ApplianceContext): string =>
  JSON.stringify([[...judged.guards.keys()], judged.verifying.map(({ ticket, rows }) => [ticket, rows])])

/** It is sure that something is wrong, and nobody has repaired it since. */
const isSure = ({ condition, verifying, guards }: ConditionState): boolean =>
  condition?.phase === 'confirmed' && (verifying.length === 0 || guards.size > 0)

function pointsLost({ judged }: ApplianceContext, at: Millis): number {
  const level = levelOf(judged)
  const confirmed = isSure(judged)
  let lost = Math.min(1.5, level) * POINTS_AT_THRESHOLD
  if (confirmed) lost = Math.max(lost, POINTS_CONFIRMED)
  if (judged.guards.size > 0 && confirmed) lost = Math.max(lost, POINTS_GUARD)
  const moments = judged.moments.filter((one) => at - one.at < 86_400_000)
  return Math.min(100, lost + 2 * moments.length + 5 * judged.stuck.size)
}

function healthRow(
  bench: DetectionContext,
  subject: ApplianceContext,
  { at, lost, health, status }: Pick<HealthRow, 'at' | 'health' | 'status'> & { lost: number },
): HealthRow {
  const { plan } = bench
  const { judged } = subject
  const failedAt = failedSince(plan, judged)
  return {
    appliance: subject.appliance,
    health,
    status,
    at,
    because: reasons(
      bench,
      subject,
      lost,
      plan.features.map(({ name }) => name),
    ),
    missing: judged.missing,
    ...(judged.neverCycles ? { neverCycles: true } : {}),
    ...(judged.cut ? { cutCycles: [...judged.cut.values()] } : {}),
    ...(judged.guards.size > 0 ? { beyond: beyondOf(bench, judged) } : {}),
    ...(failedAt === undefined ? {} : { failedAt }),
    ...(judged.verifying.length > 0 ? { proving: provingOf(bench, judged) } : {}),
    ...(judged.off ? { off: offOf(judged.off) } : {}),
    ...(judged.learnedBecause && judged.learning > 0 ? { learning: judged.learnedBecause } : {}),
  }
}

const beyondOf = ({ plan }: DetectionContext, { guards }: ConditionState): HealthRow['beyond'] =>
  [...guards].flatMap(([g, { from }]) => {
    const guard = plan.guards[g]
    return guard ? [{ guard: guard.name, since: from }] : []
  })

const provingOf = ({ policy }: DetectionContext, { verifying }: ConditionState): HealthRow['proving'] =>
  verifying.map(({ ticket, at, rows }) => ({ ticket, since: at, done: rows, of: policy.verifyRows }))

const offOf = ({ since, until }: { since: Millis; until: Millis }) =>
  until === Infinity ? { since } : { since, until }

function statusOf(bench: DetectionContext, { judged }: ApplianceContext): HealthStatus {
  if (judged.silent) return judged.silent.mode === 'refused' ? 'watch' : 'silent'
  if (isSure(judged) && judged.condition) return judged.condition.saidSeverity === 'info' ? 'watch' : 'visit'
  if (judged.condition || judged.stuck.size > 0) return 'watch'
  return judged.learning > bench.plan.features.filter(({ scored }) => scored).length / 2 ? 'learning' : 'healthy'
}

function reasons(
  bench: DetectionContext,
  { judged }: ApplianceContext,
  lost: number,
  names: string[],
): HealthRow['because'] {
  const weights: { feature: string; weight: number }[] = []
  for (const g of judged.guards.keys()) weights.push({ feature: nth(bench.plan.guards, g).name, weight: 100 })
  for (const key of judged.stuck.keys()) weights.push({ feature: key.slice(key.indexOf('/') + 1), weight: 9 })
  for (const { metric } of judged.moments) weights.push({ feature: metric, weight: 4 })
  for (const [f, name] of names.entries()) {
    const z = cell(judged.profile, f)
    if (Math.abs(z) > 1) weights.push({ feature: name, weight: Math.min(36, z * z) })
  }
  const sum = weights.reduce((a, { weight }) => a + weight, 0)
  return weights
    .sort((a, b) => b.weight - a.weight || (a.feature < b.feature ? -1 : 1))
    .slice(0, 5)
    .map(({ feature, weight }) => ({ feature, points: Math.round((10 * lost * weight) / sum) / 10 }))
    .filter(({ points }) => points > 0)
}
