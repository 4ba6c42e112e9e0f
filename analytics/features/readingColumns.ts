import type { Millis, Offset } from '../../core/index.ts'
import type { DetectionPlan } from './detectionPlan.ts'

/** One reading in columns' order: NaN and −1 where absent; `bad[m]` 1 where a metric was implausible: NaN, and in `sent` what it said. */
export interface Frame {
  ts: Millis
  offset: Offset
  values: Float64Array
  states: Int32Array
  bad: Uint8Array
  sent: Float64Array
  anyBad: boolean
  /** Nobody said it: what was said before still holds. */
  isHeld: boolean
}

export const newFrame = (plan: DetectionPlan): Frame => ({
  ts: 0,
  offset: 0,
  values: new Float64Array(plan.kind.metricNames.length),
  states: new Int32Array(plan.kind.stateNames.length),
  bad: new Uint8Array(plan.kind.metricNames.length),
  sent: new Float64Array(plan.kind.metricNames.length),
  anyBad: false,
  isHeld: false,
})
