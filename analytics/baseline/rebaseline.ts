import { cell, type Millis, nth } from '../../core/index.ts'
import { clearRecentChange } from '../detectors/recentChangeState.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { RowItem } from '../features/item.ts'
import type { Baseline } from './baseline.ts'
import { median } from './bayesLine.ts'
import type { ScoredRow } from './scoredRow.ts'

/** Rows after a named reason from which a level is found anew. */
const ANCHOR_ROWS = 5
/** Only what was in its band before is moved: a fault under way is never one. */
export const CALM = 1.5
/** Smaller shifts are luck. */
export const LEAST_SHIFT = 0.4

/** Something changed on purpose: levels that step with it are found anew, slopes and spreads stay. */
export function openRebaseline(
  plan: DetectionPlan,
  learned: Baseline,
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
export function updateRebaseline(
  plan: DetectionPlan,
  learned: Baseline,
  item: RowItem,
  row: ScoredRow,
  residuals: Float64Array,
): void {
  const { anchors } = nth(plan.scales, 0)
  for (let i = 0; item.scale === 0 && i < anchors.length; i++) {
    const { place, change, name } = nth(anchors, i)
    const value = cell(item.x, place)
    if (!Number.isFinite(value)) continue
    const known = cell(learned.anchorValues, i)
    if (Number.isNaN(known)) learned.anchorValues[i] = value
    else if (Math.abs(value - known) > change) {
      learned.anchorValues[i] = value
      openRebaseline(plan, learned, name, item.from)
    }
  }
  const { anchor } = learned
  if (!anchor || item.to <= anchor.since || !(nth(anchor.rows, item.scale) < ANCHOR_ROWS)) return
  // The row of the change is of two kinds: it teaches nothing.
  anchor.rows[item.scale] = nth(anchor.rows, item.scale) + 1
  for (let f = 0; f < residuals.length; f++) {
    if (anchor.which[f] === 0 || nth(plan.features, f).scale !== item.scale) continue
    if (!Number.isNaN(cell(residuals, f)) && nth(anchor.rows, item.scale) > 0)
      nth(anchor.residuals, f).push(cell(residuals, f))
    row.z[f] = NaN
  }
  if (nth(anchor.rows, item.scale) < ANCHOR_ROWS) return
  const unit = (f: number): number => Math.hypot(cell(learned.sigma, f), nth(plan.features, f).floor)
  const shifts = anchor.residuals.map((list, f) =>
    nth(plan.features, f).scale === item.scale && list.length >= 3 ? median(list) / unit(f) : NaN,
  )
  const moved = shifts.filter((shift) => Math.abs(shift) > CALM).length
  const known = shifts.filter((shift) => !Number.isNaN(shift)).length
  if (anchor.reason !== 'firmware' || moved <= known / 2) {
    for (let f = 0; f < shifts.length; f++) {
      if (!(Math.abs(nth(shifts, f)) > LEAST_SHIFT) || Math.abs(cell(anchor.before, f)) > CALM) continue
      learned.offset[f] = cell(learned.offset, f) + nth(shifts, f) * unit(f)
      learned.up[f] = 0
      learned.down[f] = 0
      learned.reason = anchor.reason
      learned.reasonAt = item.to
      clearRecentChange(learned.contrast)
    }
  }
  if (anchor.rows.every((rows) => rows >= ANCHOR_ROWS)) learned.anchor = null
}
