import { cell, DAY, type Evidence, type Millis, nth } from '../../core/index.ts'
import { median } from '../baseline/bayesLine.ts'
import type { ScoredRow } from '../baseline/scoredRow.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { RowItem } from '../features/item.ts'
import type { Verifying } from './conditionState.ts'
import type { ApplianceContext, DetectionContext } from './decideCondition.ts'

/** Shifts that were no larger decide nothing about a repair. */
const LEAST_BEFORE = 1.5
/** Back in the band: below this, or below this share of what it was. */
const BACK_Z = 2
const BACK_SHARE = 0.35

/** A ticket was closed: from now on its appliance's own rows are compared with what was wrong before. */
export function beginVerify(subject: ApplianceContext, plan: DetectionPlan, ticket: string, at: Millis): void {
  const { judged } = subject
  judged.verifying = judged.verifying.filter((one) => one.ticket !== ticket)
  const features: Verifying['features'] = []
  for (let f = 0; f < plan.features.length; f++) {
    const before = cell(judged.profile, f)
    if (!(Math.abs(before) >= LEAST_BEFORE)) continue
    features.push({ feature: f, before, after: [], observed: NaN, low: NaN, high: NaN, from: at, to: at })
  }
  judged.verifying.push({ ticket, at, features, rows: 0 })
}

/** Adds a row that lies wholly after the closure, and says what came of the repair once enough have. */
export function followRepair(bench: DetectionContext, subject: ApplianceContext, item: RowItem, row: ScoredRow): void {
  for (const one of [...subject.judged.verifying]) {
    if (item.from < one.at) continue
    let heard = one.features.length === 0 && row.z.some((z) => !Number.isNaN(z))
    for (const feature of one.features) {
      const z = cell(row.z, feature.feature)
      if (Number.isNaN(z)) continue
      heard = true
      feature.after.push(z)
      feature.observed = cell(row.observed, feature.feature)
      feature.low = cell(row.low, feature.feature)
      feature.high = cell(row.high, feature.feature)
      if (feature.after.length === 1) feature.from = item.from
      feature.to = item.to
    }
    if (!heard) continue
    one.rows++
    if (one.rows >= bench.policy.verifyRows) settle(bench, subject, one, item.at)
  }
}

/** Repairs that wait for rows which do not come end with `no-data`. */
export function endOverdue(bench: DetectionContext, subject: ApplianceContext, now: Millis): void {
  for (const one of [...subject.judged.verifying]) {
    if (now - one.at >= bench.policy.verifyDays * DAY) settle(bench, subject, one, now, 'no-data')
  }
}

function settle(
  bench: DetectionContext,
  subject: ApplianceContext,
  one: Verifying,
  at: Millis,
  outcome?: 'no-data',
): void {
  const { judged } = subject
  const seen = one.features.filter(({ after }) => after.length > 0)
  const back = seen.filter(({ before, after }) => {
    const now = median(after)
    return Math.abs(now) < BACK_Z || now * before < 0 || Math.abs(now) < BACK_SHARE * Math.abs(before)
  })
  const weight = (list: Verifying['features']): number =>
    list.reduce((sum, { before }) => sum + Math.min(6, Math.abs(before)), 0)
  const calm = judged.guards.size === 0 && weight(back) >= 0.7 * weight(seen)
  bench.out.verifications.push({
    ticket: one.ticket,
    appliance: subject.appliance,
    at,
    outcome: outcome ?? (calm ? 'passed' : 'failed'),
    evidence: seen.map((feature): Evidence => {
      const { name, metric, unit } = nth(bench.plan.features, feature.feature)
      return {
        feature: name,
        ...(metric ? { metric } : {}),
        observed: feature.observed,
        expected: [feature.low, feature.high],
        unit,
        from: feature.from,
        to: feature.to,
        share: Math.min(6, Math.abs(feature.before)) / Math.max(1e-9, weight(seen)),
      }
    }),
  })
  judged.verifying = judged.verifying.filter((other) => other !== one)
}
