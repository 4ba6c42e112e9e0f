import { MINUTE, type Millis } from '../../core/index.ts'
import type { DetectionPlan } from './detectionPlan.ts'
import { cadenceOf, type FeatureState, type Held } from './featureState.ts'
import type { Item } from './item.ts'
import { type Frame, newFrame } from './readingColumns.ts'
import { updateFeatures } from './updateFeatures.ts'

/** Readings that are made of one pause at most; a longer one is a hole. */
const MOST_FILLED = 5_000
/** While it was away for longer nobody knows what held. */
const LONGEST_HOLE_MS = 30 * MINUTE
/** A heartbeat may be late by so much. */
const LATE_SHARE = 1.5

/**
 * One reading of an appliance that speaks when something changes: until then what it said last holds, so the pause before
 * it is filled with that, at the usual cadence; and of what it does not name nothing has changed. O(pause / cadence).
 */
export function updateOnChange(
  plan: DetectionPlan,
  sense: FeatureState,
  frame: Frame,
  truth: Uint8Array,
  items: Item[],
): void {
  if (frame.ts - sense.awayFrom > LONGEST_HOLE_MS) sense.held = null
  sense.awayFrom = Infinity
  holdUntil(plan, sense, frame.ts - 1, frame.offset, truth, items)
  const { held } = sense
  if (held) {
    for (let m = 0; m < held.values.length; m++)
      if (Number.isNaN(frame.values[m]!) && frame.bad[m] === 0) frame.values[m] = held.values[m]!
    for (let s = 0; s < held.states.length; s++) if (frame.states[s]! < 0) frame.states[s] = held.states[s]!
  }
  updateFeatures(plan, sense, frame, truth, items)
  sense.held = heldOf(plan, frame)
}

/** What it said last has held until `to`. */
export function holdUntil(
  plan: DetectionPlan,
  sense: FeatureState,
  to: Millis,
  offset: number,
  truth: Uint8Array,
  items: Item[],
): void {
  const { held, heartbeatSeconds } = sense
  const pause = to - sense.lastTs
  if (!held || !(pause > 0)) return
  // It would have said something: what was in between is not known.
  if (pause > LATE_SHARE * 1000 * heartbeatSeconds) return
  const steps = Math.ceil(pause / (1000 * cadenceOf(plan, sense)))
  if (steps > MOST_FILLED) return
  const frame = newFrame(plan)
  frame.values.set(held.values)
  frame.states.set(held.states)
  frame.offset = offset
  frame.isHeld = true
  const from = sense.lastTs
  for (let step = 1; step <= steps; step++) {
    frame.ts = Math.round(from + (pause * step) / steps)
    updateFeatures(plan, sense, frame, truth, items)
  }
}

/** Counts of an interval are of that interval alone. */
function heldOf(plan: DetectionPlan, { values, states }: Frame): Held {
  return {
    values: values.map((value, m) => (plan.metricSpecs[m]!.sums ? NaN : value)),
    states: states.slice(),
  }
}
