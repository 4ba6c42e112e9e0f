import { DAY, HOUR, type Millis } from '../../core/index.ts'
import { isHeldTooLong } from '../detectors/stuckSensor.ts'
import type { DetectionPlan } from './detectionPlan.ts'
import type { FeatureState } from './featureState.ts'
import type { IntradayItem, Item } from './item.ts'

/** A glance looks back over so many whole hours, and the one that has just ended. */
const HOURS_BACK = 1
/** Seconds in its state (running, say) that a feature needs to be seen at a glance. */
const LEAST_SECONDS = 600
/** After a change on purpose extremes are still learned for so long. */
const SETTLES = 4 * DAY

/**
 * Between days: what the steady features of the day (means and slopes in an operating mode) were in the last hours, so
 * that what breaks at noon is seen at two. Accumulators only grow within a day, so a window is a difference. Called for
 * each reading; does something once an hour.
 */
export function addIntraday(plan: DetectionPlan, sense: FeatureState, ts: Millis, offset: number, items: Item[]): void {
  const hour = Math.floor((ts - 1) / HOUR)
  if (hour === sense.glanceHour) return
  const first = Number.isNaN(sense.glanceHour)
  sense.glanceHour = hour
  if (first || plan.steady.length === 0) return
  const before = sense.glances[0]
  const now = new Float64Array(2 * plan.steady.length)
  let known = false
  const scale = plan.scales[0]!
  const y = new Float64Array(scale.features.length).fill(NaN)
  const x = new Float64Array(scale.covariates.length).fill(NaN)
  for (const [i, { q, place, isFeature }] of plan.steady.entries()) {
    const { aggregate, inputs, byRunning } = plan.quantities[q]!
    now[2 * i] = sense.acc[4 * q]!
    now[2 * i + 1] = sense.acc[4 * q + 1]!
    const seconds = now[2 * i + 1]! - (before?.[2 * i + 1] ?? 0)
    if (seconds < LEAST_SECONDS || (byRunning && sense.neverCycles)) continue
    if (inputs.some((m) => sense.seen[m] === 0 || isHeldTooLong(sense, m, ts))) continue
    const value = (now[2 * i]! - (before?.[2 * i] ?? 0)) / seconds
    if (isFeature) {
      y[place] = aggregate === 'slope' ? value * 3600 : value
      known = true
    } else x[place] = value
  }
  sense.glances.push(now)
  if (sense.glances.length > HOURS_BACK + 1) sense.glances.shift()
  if (!known || ts < sense.settledFrom) return
  const item: IntradayItem = {
    type: 'glance',
    sense,
    from: ts - (HOURS_BACK + 1) * HOUR,
    at: ts,
    offset,
    y,
    x,
    settling: ts < sense.settledFrom + SETTLES,
    muted: ts < sense.mutedUntil,
  }
  items.push(item)
}
