import { DAY, type Millis } from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { ConditionState } from './conditionState.ts'

/** What is no more than raised must last so long: an odd day is none. */
const LASTS_MS = DAY
/** What lasts this far out (standard deviations; a band ends at 3) no weather explains, however rare, nor does a house full of guests. */
const FAR_OUT = 6

/**
 * How long what stands above its threshold must have stood there before anyone is told: longer than what people and weather
 * do to an appliance, where it has no sensor that would show that it was they, or was never seen under so much of it. What
 * cycles show is told as it is seen.
 * @param isFull whether it stands as far above as sums go
 */
export function mustLast(plan: DetectionPlan, judged: ConditionState, isFull: boolean): Millis {
  const least = isFull ? 0 : LASTS_MS
  let shortest = Infinity
  for (const [f, { scale, compensate }] of plan.features.entries()) {
    const observed = judged.observed[f]!
    if (!(observed < judged.low[f]! || observed > judged.high[f]!)) continue
    // One program after another is no weather: its rows are given as they come.
    if (scale !== 0) return 0
    const isFar = Math.abs(judged.profile[f]!) >= FAR_OUT
    let days = compensate.length > 0 && !isFar ? (judged.unseenDays ?? 0) : 0
    for (const place of compensate) {
      const { of, lastsDays } = plan.spec.covariates[plan.scales[scale]!.covariateNames[place]!]!
      if (of?.metric && judged.missing.includes(of.metric)) days = Math.max(days, lastsDays)
    }
    shortest = Math.min(shortest, days * DAY)
  }
  return Math.max(least, Number.isFinite(shortest) ? shortest : 0)
}
