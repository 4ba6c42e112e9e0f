import type { GuardSpec } from '../../catalog/index.ts'
import { cell, DAY, type Millis, nth } from '../../core/index.ts'
import { learnExtreme, onceInTenYears } from '../features/dailyExtremes.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { FeatureState } from '../features/featureState.ts'
import type { GuardItem, Item } from '../features/item.ts'
import { signalOf } from '../features/quantities.ts'
import type { Frame } from '../features/readingColumns.ts'

/** Guards learn the extremes of health for this long. */
const GUARD_LEARN_MS = 14 * DAY
/** A few days say too little of what is usual: programs are few, guests come at weekends. */
const KNOWN_AFTER_MS = 7 * DAY
const LEAST_READINGS = 100
const ENDLESS_MINUTES = 24 * 60
/** It is presumed to be sound for so long after it was first heard. */
const PRESUMED_MS = 2 * DAY

/**
 * Asks every guard of one reading: has it been passed, for long enough, or is it kept again? Learns the extremes of health.
 * @param since what the reading shows is believed to have held since then; its interval began at `from`
 */
export function updateGuards(
  plan: DetectionPlan,
  sense: FeatureState,
  frame: Frame,
  truth: Uint8Array,
  since: Millis,
  from: Millis,
  items: Item[],
): void {
  const { ts, values } = frame
  const learning = ts - sense.firstTs < GUARD_LEARN_MS
  // A time is not known better than to the interval between two readings.
  const unsure = (since - from) / 60_000
  const muted = ts < sense.mutedUntil
  for (let g = 0; g < plan.guards.length; g++) {
    const one = plan.guards[g]!
    const { spec } = one
    const at = 4 * g
    if (sense.neverCycles && one.byRunning) {
      // What has not been asked has not held.
      sense.guards[at + 2] = NaN
      continue
    }
    let held = true
    for (let i = 0; i < one.while.length; i++) if (truth[one.while[i]!] === 0) held = false
    let value: number
    if (one.of) value = held ? signalOf(one.of, values) : NaN
    else {
      // How long the tests have held, minutes.
      if (!held) sense.guards[at + 2] = NaN
      else if (Number.isNaN(sense.guards[at + 2]!)) sense.guards[at + 2] = since
      value = held ? (ts - sense.guards[at + 2]!) / 60_000 : 0
    }
    if (Number.isNaN(value)) {
      if (one.of && sense.guards[at + 3] === 0) sense.guards[at + 2] = NaN
      continue
    }
    const least = sense.guards[at]!
    const most = sense.guards[at + 1]!
    const ageMs = ts - sense.firstTs
    const isKnown = ageMs > KNOWN_AFTER_MS
    // What never ends has no usual length.
    const isEndless = !one.of && most > ENDLESS_MINUTES
    const sign = spec.side === 'above' ? 1 : -1
    const slack = one.of ? 0 : unsure
    let limit = isEndless ? Infinity : limitOf(spec, least, most, isKnown) + slack
    // What its days reach by themselves from time to time is no fault, however near the first two weeks came to it.
    if (sign * value > sign * limit && isKnown && !spec.absolute)
      limit = sign * Math.max(sign * limit, sign * (onceInTenYears(sense.extremes, g, sign) + slack))
    const beyond = sign * value > sign * limit
    // Without a single sound value to go by, nothing is beyond it.
    const known =
      spec.absolute ||
      (Number.isFinite(limit) &&
        (isKnown ||
          (spec.atMost !== undefined && ageMs > PRESUMED_MS && !isImpossible(spec, sign > 0 ? most : least))) &&
        ts >= sense.settledFrom)
    if (beyond && known && sense.scored > LEAST_READINGS) {
      if (one.of && Number.isNaN(sense.guards[at + 2]!)) sense.guards[at + 2] = since
      if (sense.guards[at + 3] === 0 && ts - sense.guards[at + 2]! >= one.forMs) {
        sense.guards[at + 3] = 1
        items.push(guardItem(plan, sense, g, true, cell(sense.guards, at + 2), frame, value, limit))
      }
    } else {
      if (sense.guards[at + 3] === 1) {
        sense.guards[at + 3] = 0
        items.push(guardItem(plan, sense, g, false, ts, frame, value, limit))
      }
      if (one.of) sense.guards[at + 2] = NaN
      if (!spec.absolute && !muted) learnExtreme(sense.extremes, g, ts, value, sign)
      if (learning && !spec.absolute && (ageMs <= PRESUMED_MS || !isImpossible(spec, value))) {
        if (value < least) sense.guards[at] = value
        if (value > most) sense.guards[at + 1] = value
      }
    }
  }
}

function guardItem(
  plan: DetectionPlan,
  sense: FeatureState,
  guard: number,
  fired: boolean,
  from: Millis,
  { ts, offset }: Frame,
  observed: number,
  limit: number,
): GuardItem {
  const { after: by } = nth(plan.guards, guard)
  const after = by?.words[sense.formerStates[by.state] ?? -1] ?? null
  const muted = ts < sense.mutedUntil
  return { type: 'guard', sense, guard, fired, after, from, at: ts, offset, observed, limit, muted }
}

/** What no sound appliance of the kind does teaches nothing. */
const isImpossible = ({ atMost, side }: GuardSpec, value: number): boolean =>
  atMost !== undefined && (side === 'above' ? value > atMost : value < atMost)

/** @param isKnown whether the extremes of health are; before, the kind's own limit alone holds */
function limitOf(spec: GuardSpec, least: number, most: number, isKnown: boolean): number {
  const { side, factor, margin, rangeShare, atLeast, atMost } = spec
  if (spec.absolute) return atLeast ?? 0
  if (atMost !== undefined && !Number.isFinite(most)) return atMost
  const share = rangeShare * Math.max(0, most - least)
  const learned = side === 'above' ? most * (most > 0 ? factor : 1) + margin + share : least - margin - share
  if (atMost !== undefined && !isKnown) {
    // Where its first hours were beyond that, it says nothing of this appliance, and its own limit is not known yet.
    return isImpossible(spec, side === 'above' ? most : least) ? learned : atMost
  }
  if (atLeast === undefined) return learned
  return side === 'above' ? Math.max(learned, atLeast) : Math.min(learned, atLeast)
}
