import type { Millis } from '../core/index.ts'
import { median } from './bayesLine.ts'
import type { RowItem } from './item.ts'
import type { Learned } from './learned.ts'
import type { JudgedRow } from './learnRow.ts'
import type { WatchPlan } from './watchPlan.ts'

/** Rows after a named reason from which a level is found anew. */
const ANCHOR_ROWS = 4
/** Only what was in its band before is moved: a fault under way is never one. */
const CALM = 1.5
const LEAST_SHIFT = 1.5

/** Something changed on purpose: levels that step with it are found anew, slopes and spreads stay. */
export function openAnchor(learned: Learned, features: number, reason: string, at: Millis): void {
  if (learned.anchor || !learned.frozen.includes(1)) return
  learned.anchor = {
    reason,
    since: at,
    rows: -1,
    residuals: Array.from({ length: features }, () => []),
    before: Float64Array.from(learned.slow),
  }
}

/**
 * Follows a change of an anchor covariate (a set-point) or of the firmware. While levels are found, rows say nothing
 * (their z is absent). A rescaled channel moves alone: when more than half of the features step with new firmware,
 * nothing is absorbed.
 */
export function followAnchor(
  plan: WatchPlan,
  learned: Learned,
  item: RowItem,
  row: JudgedRow,
  residuals: Float64Array,
): void {
  for (const [i, { place, change, name }] of plan.scales[0]!.anchors.entries()) {
    const value = item.x[place]!
    if (!Number.isFinite(value)) continue
    const known = learned.anchorValues[i]!
    if (Number.isNaN(known)) learned.anchorValues[i] = value
    else if (Math.abs(value - known) > change) {
      learned.anchorValues[i] = value
      openAnchor(learned, plan.features.length, name, item.from)
    }
  }
  const anchor = learned.anchor
  if (!anchor || item.to <= anchor.since) return
  // The day of the change is of two kinds: it teaches nothing.
  anchor.rows++
  for (let f = 0; f < residuals.length; f++) {
    if (!Number.isNaN(residuals[f]!) && anchor.rows > 0) anchor.residuals[f]!.push(residuals[f]!)
    row.z[f] = NaN
  }
  if (anchor.rows < ANCHOR_ROWS) return
  const unit = (f: number): number => Math.hypot(learned.sigma[f]!, plan.features[f]!.floor)
  const shifts = anchor.residuals.map((list, f) => (list.length >= 3 ? median(list) / unit(f) : NaN))
  const moved = shifts.filter((shift) => Math.abs(shift) > LEAST_SHIFT).length
  const known = shifts.filter((shift) => !Number.isNaN(shift)).length
  if (anchor.reason !== 'firmware' || moved <= known / 2) {
    for (let f = 0; f < shifts.length; f++) {
      if (!(Math.abs(shifts[f]!) > LEAST_SHIFT) || Math.abs(anchor.before[f]!) > CALM) continue
      learned.offset[f]! += shifts[f]! * unit(f)
      learned.up[f] = 0
      learned.down[f] = 0
      learned.reason = anchor.reason
      learned.reasonAt = item.to
    }
  }
  learned.anchor = null
}
