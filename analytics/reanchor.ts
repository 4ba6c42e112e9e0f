import type { Millis } from '../core/index.ts'
import { median } from './bayesLine.ts'
import { clearContrast } from './contrast.ts'
import type { RowItem } from './item.ts'
import type { Learned } from './learned.ts'
import type { JudgedRow } from './learnRow.ts'
import type { Signatures } from './signatures.ts'
import type { WatchPlan } from './watchPlan.ts'

/** Rows after a named reason from which a level is found anew. */
const ANCHOR_ROWS = 5
/** Only what was in its band before is moved: a fault under way is never one. */
const CALM = 1.5
/** Smaller shifts are luck. */
const LEAST_SHIFT = 0.4

/** Something changed on purpose: levels that step with it are found anew, slopes and spreads stay. */
export function openAnchor(
  plan: WatchPlan,
  learned: Learned,
  reason: string,
  at: Millis,
  which = new Uint8Array(plan.features.length).fill(1),
): void {
  if (learned.anchor || !learned.frozen.includes(1)) return
  learned.anchor = {
    reason,
    since: at,
    rows: plan.scales.map((_, s) => (plan.features.some(({ scale, scored }) => scored && scale === s) ? -1 : Infinity)),
    which,
    residuals: plan.features.map(() => []),
    before: Float64Array.from(learned.slow),
  }
}

/**
 * Follows a change of an anchor covariate (a set-point), of the firmware, of a channel. While levels are found, rows say
 * nothing of them (their z is absent). A rescaled channel moves alone: when more than half of the features step with new
 * firmware, nothing is absorbed.
 */
export function followAnchor(
  plan: WatchPlan,
  learned: Learned,
  item: RowItem,
  row: JudgedRow,
  residuals: Float64Array,
): void {
  const { anchors } = plan.scales[0]!
  for (let i = 0; item.scale === 0 && i < anchors.length; i++) {
    const { place, change, name } = anchors[i]!
    const value = item.x[place]!
    if (!Number.isFinite(value)) continue
    const known = learned.anchorValues[i]!
    if (Number.isNaN(known)) learned.anchorValues[i] = value
    else if (Math.abs(value - known) > change) {
      learned.anchorValues[i] = value
      openAnchor(plan, learned, name, item.from)
    }
  }
  const { anchor } = learned
  if (!anchor || item.to <= anchor.since || !(anchor.rows[item.scale]! < ANCHOR_ROWS)) return
  // The row of the change is of two kinds: it teaches nothing.
  anchor.rows[item.scale]!++
  for (let f = 0; f < residuals.length; f++) {
    if (anchor.which[f] === 0 || plan.features[f]!.scale !== item.scale) continue
    if (!Number.isNaN(residuals[f]!) && anchor.rows[item.scale]! > 0) anchor.residuals[f]!.push(residuals[f]!)
    row.z[f] = NaN
  }
  if (anchor.rows[item.scale]! < ANCHOR_ROWS) return
  const unit = (f: number): number => Math.hypot(learned.sigma[f]!, plan.features[f]!.floor)
  const shifts = anchor.residuals.map((list, f) =>
    plan.features[f]!.scale === item.scale && list.length >= 3 ? median(list) / unit(f) : NaN,
  )
  const moved = shifts.filter((shift) => Math.abs(shift) > CALM).length
  const known = shifts.filter((shift) => !Number.isNaN(shift)).length
  if (anchor.reason !== 'firmware' || moved <= known / 2) {
    for (let f = 0; f < shifts.length; f++) {
      if (!(Math.abs(shifts[f]!) > LEAST_SHIFT) || Math.abs(anchor.before[f]!) > CALM) continue
      learned.offset[f]! += shifts[f]! * unit(f)
      learned.up[f] = 0
      learned.down[f] = 0
      learned.reason = anchor.reason
      learned.reasonAt = item.to
      clearContrast(learned.contrast)
    }
  }
  if (anchor.rows.every((rows) => rows >= ANCHOR_ROWS)) learned.anchor = null
}

/** Rows on either side of a step; how far it jumps at least and at most, and how still all else must stay (z). */
const SIDE_ROWS = 4
const LEAST_STEP = 1.4
const STILL = 1
/** No firmware rescales a channel by more than this; what changes more is a change of the appliance. */
const MOST_RESCALED = 0.13
/** Share of a mode's weight on one channel from which a step of it is how that fault looks: then one is forgiven, and of a gain alone. */
const OWN_CHANNEL = 0.6

/**
 * A channel that was rescaled: all that is made of it steps from one row to the next and then stays, by no more than a
 * gain explains, while nothing else moves. Such a step is a reason to find those levels anew. A fault moves partners too, or
 * goes on; where one alone shows in a single channel, that channel is left alone.
 */
export function findStep(
  plan: WatchPlan,
  signatures: Signatures,
  learned: Learned,
  item: RowItem,
  row: JudgedRow,
): void {
  let stepped = false
  for (let f = 0; f < plan.features.length; f++) {
    const feature = plan.features[f]!
    if (feature.scale !== item.scale || Number.isNaN(row.z[f]!) || learned.frozen[f] === 0) continue
    const list = learned.recent[f]!
    list.push(row.z[f]!)
    if (list.length > 2 * SIDE_ROWS) list.shift()
    // Nothing to look at unless the middle of the list jumps: almost never.
    stepped ||= list.length === 2 * SIDE_ROWS && Math.abs(list[SIDE_ROWS]! - list[SIDE_ROWS - 1]!) > LEAST_STEP / 2
  }
  if (!stepped || learned.anchor) return
  const jumps = learned.recent.map((list) => {
    if (list.length < 2 * SIDE_ROWS) return NaN
    return median(list.slice(SIDE_ROWS)) - median(list.slice(0, SIDE_ROWS))
  })
  const channels = new Set<number>()
  for (const [f, jump] of jumps.entries()) {
    if (plan.features[f]!.scale === item.scale && isStep(learned.recent[f]!, jump))
      for (const metric of plan.features[f]!.madeOf) channels.add(metric)
  }
  for (const channel of channels) {
    const group = plan.features.map(({ madeOf }) => madeOf.includes(channel))
    const own = isOwnChannel(signatures, group)
    if (own && (learned.rescaled[channel] === 1 || !isGain(plan, group))) continue
    const alone = jumps.every((jump, f) => group[f] || Number.isNaN(jump) || Math.abs(jump) < STILL)
    const small = jumps.every((jump, f) => !group[f] || Number.isNaN(jump) || isRescaled(plan, learned, row, f, jump))
    if (!alone || !small) continue
    const which = Uint8Array.from(jumps, (jump, f) => (group[f] && Math.abs(jump) > LEAST_SHIFT ? 1 : 0))
    for (let f = 0; f < which.length; f++) {
      if (which[f] === 0) continue
      const list = learned.recent[f]!
      const unit = Math.hypot(learned.sigma[f]!, plan.features[f]!.floor)
      learned.offset[f]! += jumps[f]! * unit
      for (const sums of [learned.up, learned.down, learned.fast, learned.slow]) sums[f] = 0
      for (let i = SIDE_ROWS; i < list.length; i++) list[i]! -= jumps[f]!
    }
    learned.rescaled[channel] = 1
    learned.modes.fill(0)
    clearContrast(learned.contrast)
    learned.reason = plan.kind.metricNames[channel]!
    learned.reasonAt = item.to
    return
  }
}

function isStep(list: number[], jump: number): boolean {
  if (!(Math.abs(jump) > LEAST_STEP)) return false
  const [before, after] = [list.slice(0, SIDE_ROWS), list.slice(SIDE_ROWS)]
  const sign = Math.sign(jump)
  // Calm before, all of it at once, and no further.
  const goesOn = sign * ((after[2]! + after[3]!) / 2 - (after[0]! + after[1]!) / 2)
  const began = sign * ((before[2]! + before[3]!) / 2 - (before[0]! + before[1]!) / 2)
  return Math.abs(median(before)) < CALM && goesOn < 0.3 * Math.abs(jump) && began < 0.3 * Math.abs(jump)
}

function isRescaled(plan: WatchPlan, learned: Learned, row: JudgedRow, f: number, jump: number): boolean {
  const feature = plan.features[f]!
  const shift = Math.abs(jump) * Math.hypot(learned.sigma[f]!, feature.floor)
  if (feature.log) return shift < MOST_RESCALED
  // A difference of temperatures moves by the share of either of them.
  const level = feature.unit === 'K' || feature.unit === 'Cel' ? 30 : Math.abs(row.expected[f]!)
  return shift < MOST_RESCALED * level
}

/** Is all that is made of the channel taken by its logarithm, so that a gain is one step? */
const isGain = (plan: WatchPlan, group: boolean[]): boolean =>
  plan.features.every(({ log, scored }, f) => !group[f] || !scored || log)

function isOwnChannel({ weights }: Signatures, group: boolean[]): boolean {
  return weights.some((moves) => {
    let [own, all] = [0, 0]
    for (let f = 0; f < moves.length; f++) {
      all += Math.abs(moves[f]!)
      if (group[f]) own += Math.abs(moves[f]!)
    }
    return own > OWN_CHANNEL * all
  })
}
