import { DAY, type Millis } from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { FeatureState } from '../features/featureState.ts'
import type { Item } from '../features/item.ts'
import { signalOf } from '../features/quantities.ts'
import type { Frame } from '../features/readingColumns.ts'

/** Guards learn the extremes of health for this long. */
const GUARD_LEARN_MS = 14 * DAY
/** A few days say too little of what is usual: programs are few, guests come at weekends. */
const KNOWN_AFTER_MS = 7 * DAY

/** Asks every guard of one reading: has it been passed, for long enough, or is it kept again? Learns the extremes of health. */
export function updateGuards(
  plan: DetectionPlan,
  sense: FeatureState,
  frame: Frame,
  truth: Uint8Array,
  from: Millis,
  items: Item[],
): void {
  const { ts, values, offset } = frame
  const learning = ts - sense.firstTs < GUARD_LEARN_MS
  for (let g = 0; g < plan.guards.length; g++) {
    const one = plan.guards[g]!
    const { spec } = one
    const at = 4 * g
    let held = true
    for (let i = 0; i < one.while.length; i++) if (truth[one.while[i]!] === 0) held = false
    let value: number
    if (one.of) value = held ? signalOf(one.of, values) : NaN
    else {
      // How long the tests have held, minutes.
      if (!held) sense.guards[at + 2] = NaN
      else if (Number.isNaN(sense.guards[at + 2]!)) sense.guards[at + 2] = from
      value = held ? (ts - sense.guards[at + 2]!) / 60_000 : 0
    }
    if (Number.isNaN(value)) {
      if (one.of && sense.guards[at + 3] === 0) sense.guards[at + 2] = NaN
      continue
    }
    const least = sense.guards[at]!
    const most = sense.guards[at + 1]!
    const limit = limitOf(spec, least, most)
    const beyond = spec.side === 'above' ? value > limit : value < limit
    // Without a single sound value to go by, nothing is beyond it.
    const known =
      spec.absolute || (ts - sense.firstTs > KNOWN_AFTER_MS && Number.isFinite(limit) && ts >= sense.settledFrom)
    if (beyond && known && sense.scored > 100) {
      if (one.of && Number.isNaN(sense.guards[at + 2]!)) sense.guards[at + 2] = from
      if (sense.guards[at + 3] === 0 && ts - sense.guards[at + 2]! >= one.forMs) {
        sense.guards[at + 3] = 1
        items.push({
          type: 'guard',
          sense,
          guard: g,
          fired: true,
          from: sense.guards[at + 2]!,
          at: ts,
          offset,
          observed: value,
          limit,
          muted: ts < sense.mutedUntil,
        })
      }
    } else {
      if (sense.guards[at + 3] === 1) {
        sense.guards[at + 3] = 0
        items.push({
          type: 'guard',
          sense,
          guard: g,
          fired: false,
          from: ts,
          at: ts,
          offset,
          observed: value,
          limit,
          muted: ts < sense.mutedUntil,
        })
      }
      if (one.of) sense.guards[at + 2] = NaN
      if (learning && !spec.absolute) {
        if (value < least) sense.guards[at] = value
        if (value > most) sense.guards[at + 1] = value
      }
    }
  }
}

function limitOf(spec: DetectionPlan['guards'][number]['spec'], least: number, most: number): number {
  if (spec.absolute) return spec.atLeast ?? 0
  const share = spec.rangeShare * Math.max(0, most - least)
  const learned =
    spec.side === 'above' ? most * (most > 0 ? spec.factor : 1) + spec.margin + share : least - spec.margin - share
  if (spec.atLeast === undefined) return learned
  return spec.side === 'above' ? Math.max(learned, spec.atLeast) : Math.min(learned, spec.atLeast)
}
