import { cell, nth } from '../../core/index.ts'
import { clearRecentChange } from '../detectors/recentChangeState.ts'
import type { Signatures } from '../detectors/signatures.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { RowItem } from '../features/item.ts'
import type { Baseline } from './baseline.ts'
import { median } from './bayesLine.ts'
import { CALM, LEAST_SHIFT } from './rebaseline.ts'
import type { ScoredRow } from './scoredRow.ts'

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
 * goes on; where one alone shows in a single channel, that channel is forgiven once, and a gain alone.
 */
export function findStep(
  plan: DetectionPlan,
  signatures: Signatures,
  learned: Baseline,
  item: RowItem,
  row: ScoredRow,
): void {
  let stepped = false
  let steps = false
  for (let f = 0; f < plan.features.length; f++) {
    const feature = nth(plan.features, f)
    if (feature.scale !== item.scale || Number.isNaN(cell(row.z, f)) || learned.frozen[f] === 0) continue
    const list = nth(learned.recent, f)
    list.push(cell(row.z, f))
    if (list.length > 2 * SIDE_ROWS) list.shift()
    // Nothing to look at unless the middle of the list jumps: almost never.
    for (let back = 1; back < SIDE_ROWS && back < list.length; back++)
      steps ||= Math.abs(nth(list, list.length - back) - nth(list, list.length - back - 1)) > LEAST_STEP / 2
    stepped ||=
      list.length === 2 * SIDE_ROWS && Math.abs(nth(list, SIDE_ROWS) - nth(list, SIDE_ROWS - 1)) > LEAST_STEP / 2
  }
  if (learned.anchor) return
  // What is awaited stays so over rows of other cycles, until a row of its own tells.
  if (row.z.some((z) => !Number.isNaN(z))) {
    for (let f = 0; f < plan.features.length; f++)
      if (nth(plan.features, f).scale === item.scale) learned.awaited[f] = 0
    learned.modesAwaited.fill(0)
    if (steps) awaitStep(plan, signatures, learned, item, row)
  }
  if (!stepped) return
  const jumps = learned.recent.map((list) => {
    if (list.length < 2 * SIDE_ROWS) return NaN
    return median(list.slice(SIDE_ROWS)) - median(list.slice(0, SIDE_ROWS))
  })
  const channels = new Set<number>()
  for (const [f, jump] of jumps.entries()) {
    if (nth(plan.features, f).scale === item.scale && isStep(nth(learned.recent, f), jump))
      for (const metric of nth(plan.features, f).madeOf) channels.add(metric)
  }
  for (const channel of channels) {
    const group = plan.features.map(({ madeOf }) => madeOf.includes(channel))
    const own = signatures.weights.some((moves) => restsOn(moves, group))
    if (own && (learned.rescaled[channel] === 1 || !isGain(plan, group))) continue
    if (!isRescaling(plan, learned, row, jumps, group)) continue
    const which = Uint8Array.from(jumps, (jump, f) => (group[f] && Math.abs(jump) > LEAST_SHIFT ? 1 : 0))
    for (let f = 0; f < which.length; f++) {
      if (which[f] === 0) continue
      const list = nth(learned.recent, f)
      const unit = Math.hypot(cell(learned.sigma, f), nth(plan.features, f).floor)
      learned.offset[f] = cell(learned.offset, f) + nth(jumps, f) * unit
      for (const sums of [learned.up, learned.down, learned.fast, learned.slow]) sums[f] = 0
      for (let i = SIDE_ROWS; i < list.length; i++) list[i] = nth(list, i) - nth(jumps, f)
    }
    learned.rescaled[channel] = 1
    learned.modes.fill(0)
    clearRecentChange(learned.contrast)
    learned.reason = nth(plan.kind.metricNames, channel)
    learned.reasonAt = item.to
    return
  }
}

/**
 * What may yet turn out to be a rescaled channel says nothing until it can be told: its features, and modes that rest on
 * it, for SIDE_ROWS - 1 rows.
 */
function awaitStep(
  plan: DetectionPlan,
  signatures: Signatures,
  learned: Baseline,
  item: RowItem,
  row: ScoredRow,
): void {
  const here = (f: number): boolean => nth(plan.features, f).scale === item.scale && !Number.isNaN(cell(row.z, f))
  for (let after = 1; after < SIDE_ROWS; after++) {
    const jumps = learned.recent.map((list, f) =>
      here(f) && list.length >= after + SIDE_ROWS
        ? median(list.slice(-after)) - median(list.slice(-after - SIDE_ROWS, -after))
        : NaN,
    )
    const f = jumps.findIndex((jump) => Math.abs(jump) > LEAST_STEP)
    if (f < 0) continue
    for (const channel of nth(plan.features, f).madeOf) {
      const group = plan.features.map(({ madeOf }) => madeOf.includes(channel))
      if (learned.rescaled[channel] === 1 || !isGain(plan, group)) continue
      if (!isRescaling(plan, learned, row, jumps, group)) continue
      for (let g = 0; g < group.length; g++) if (group[g]) learned.awaited[g] = 1
      for (const [m, moves] of signatures.weights.entries()) if (restsOn(moves, group)) learned.modesAwaited[m] = 1
      return
    }
  }
}

function isStep(list: number[], jump: number): boolean {
  if (!(Math.abs(jump) > LEAST_STEP)) return false
  const [before, after] = [list.slice(0, SIDE_ROWS), list.slice(SIDE_ROWS)]
  const sign = Math.sign(jump)
  // Calm before, all of it at once, and no further.
  const goesOn = sign * ((nth(after, 2) + nth(after, 3)) / 2 - (nth(after, 0) + nth(after, 1)) / 2)
  const began = sign * ((nth(before, 2) + nth(before, 3)) / 2 - (nth(before, 0) + nth(before, 1)) / 2)
  return Math.abs(median(before)) < CALM && goesOn < 0.3 * Math.abs(jump) && began < 0.3 * Math.abs(jump)
}

/** Does the channel move by no more than firmware rescales, and everything else stay where it is? */
const isRescaling = (
  plan: DetectionPlan,
  learned: Baseline,
  row: ScoredRow,
  jumps: number[],
  group: boolean[],
): boolean =>
  jumps.every(
    (jump, f) => Number.isNaN(jump) || (group[f] ? isRescaled(plan, learned, row, f, jump) : Math.abs(jump) < STILL),
  )

function isRescaled(plan: DetectionPlan, learned: Baseline, row: ScoredRow, f: number, jump: number): boolean {
  const feature = nth(plan.features, f)
  const shift = Math.abs(jump) * Math.hypot(cell(learned.sigma, f), feature.floor)
  if (feature.log) return shift < MOST_RESCALED
  // A difference of temperatures moves by the share of either of them.
  const level = feature.unit === 'K' || feature.unit === 'Cel' ? 30 : Math.abs(cell(row.expected, f))
  return shift < MOST_RESCALED * level
}

/** Is all that is made of the channel taken by its logarithm, so that a gain is one step? */
const isGain = (plan: DetectionPlan, group: boolean[]): boolean =>
  plan.features.every(({ log, scored }, f) => !group[f] || !scored || log)

function restsOn(moves: Float64Array, group: boolean[]): boolean {
  let [own, all] = [0, 0]
  for (let f = 0; f < moves.length; f++) {
    all += Math.abs(cell(moves, f))
    if (group[f]) own += Math.abs(cell(moves, f))
  }
  return own > OWN_CHANNEL * all
}
