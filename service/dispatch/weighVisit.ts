import { type Alert, normalCdf, type RemainingLife } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'

/** What acting on a finding, and not acting on it, is expected to cost; what a ticket says of "why now". */
export interface Weighed {
  /** A visit is expected to save more than it costs; or it is `urgent`, and no estimate keeps anybody at home. */
  act: boolean
  urgent: boolean
  /** Waiting up to so many hours from `at` costs least: the visit is planned within them. */
  withinHours: number
  /** That it is a fault at all, and that the leading cause is the right one; 0 to 1. */
  real: number
  cause: number
  /** That it has failed by `withinHours`, and a fortnight later. */
  failsWithin: number
  failsLater: number
  /** Expected cents: a visit at the first chance, within `withinHours`, a fortnight later, and none at all. */
  cents: { soonest: number; planned: number; later: number; never: number }
}

/** A visit is planned at one of these, hours from now. */
const TIMES_H = [4, 24, 48, 72, 120, 168, 240, 336, 504]
const LATER_H = 336
/** Where remaining life was not said: a median of three weeks, wide. */
const UNSAID: RemainingLife = { p10: 72, p50: 504, p90: null }
/** Distance of the 10 % and 90 % quantiles of a standard normal from its middle. */
const Z10 = 1.2815515655446004
/** Spread of the logarithm where the upper end is not known, or less than is believable. */
const OPEN_SPREAD = 1.2
const LEAST_SPREAD = 0.15
/** An owner whose appliance has failed calls within so many hours. */
const UNTIL_CALLED_H = 24
const STEPS = 24

/**
 * Weighs a finding. Pure. A visit at T hours is expected to cost
 *
 *   real · [F(T) · failure + downtime · ∫F + (1 − F(T)) · visit(T)] + (1 − real) · e^(−T/stays) · needless
 *
 * F is the chance that it has failed by then: a log-normal of two halves through the 10, 50 and 90 % of the remaining
 * life. The integral is over the last day before T: its owner is without it for a day at most, and then calls. A visit
 * costs a second one where the cause is another (1 − cause), and less the longer it may wait for others to share the way
 * with: − grouped · (1 − e^(−T/grouping)). A false finding may go by itself meanwhile. Without a visit it fails once:
 * real · (failure + a day of downtime). It is acted on when the cheapest visit costs less than none, the rule
 * p · (failure − visit) > (1 − p) · needless with time in it; and always when it is critical.
 */
export function weighVisit(
  {
    confidence,
    hypotheses,
    remainingLife,
    severity,
  }: Pick<Alert, 'confidence' | 'hypotheses' | 'remainingLife' | 'severity'>,
  { cost, acting }: Pick<Policy, 'cost' | 'acting'>,
): Weighed {
  const real = clamp(confidence)
  const urgent = severity === 'critical'
  const leading = hypotheses[0]
  const cause = leading && leading.failureMode !== 'unknown' ? clamp(leading.probability) : 0
  const fails = failsBy(remainingLife ?? UNSAID)
  const stayH = acting.falseStaysDays * 24
  const groupH = acting.groupedWithinDays * 24
  const downtimeAnHour = acting.downtimeCentsPerDay / 24

  const costAt = (hours: number): number => {
    const span = Math.min(hours, UNTIL_CALLED_H)
    let down = 0
    for (let i = 0; i < STEPS; i++) down += (fails(hours - (span * (i + 0.5)) / STEPS) * span) / STEPS
    const visit = cost.plannedVisitCents * (2 - cause) - acting.groupedSavingCents * (1 - Math.exp(-hours / groupH))
    const failed = fails(hours)
    const ifReal = failed * cost.failureCents + downtimeAnHour * down + (1 - failed) * visit
    return real * ifReal + (1 - real) * Math.exp(-hours / stayH) * cost.needlessVisitCents
  }
  const times = TIMES_H.filter((hours) => hours <= acting.latestDays * 24)
  const [soonest = 24] = times
  // Of equally cheap ones the sooner.
  const withinHours = times.reduce((best, hours) => (costAt(hours) < costAt(best) - 0.5 ? hours : best), soonest)
  const cents = {
    soonest: Math.round(costAt(soonest)),
    planned: Math.round(costAt(withinHours)),
    later: Math.round(costAt(withinHours + LATER_H)),
    never: Math.round(real * (cost.failureCents + downtimeAnHour * UNTIL_CALLED_H)),
  }
  return {
    act: urgent || cents.planned < cents.never,
    urgent,
    withinHours,
    real,
    cause,
    failsWithin: fails(withinHours),
    failsLater: fails(withinHours + LATER_H),
    cents,
  }
}

/** Chance of functional failure within so many hours, from the quantiles of what is left. */
export function failsBy({ p10, p50, p90 }: RemainingLife): (hours: number) => number {
  const middle = Math.max(p50, 1)
  const below = Math.max(LEAST_SPREAD, Math.log(middle / Math.max(Math.min(p10, middle), 0.1)) / Z10)
  const above = p90 === null ? OPEN_SPREAD : Math.max(LEAST_SPREAD, Math.log(Math.max(p90, middle) / middle) / Z10)
  return (hours) => {
    if (hours <= 0) return 0
    const off = Math.log(hours / middle)
    return normalCdf(off / (off < 0 ? below : above))
  }
}

const clamp = (p: number): number => Math.min(1, Math.max(0, p))
