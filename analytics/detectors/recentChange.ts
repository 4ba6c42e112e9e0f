import { nth } from '../../core/index.ts'
import type { Baseline } from '../baseline/baseline.ts'
import type { ScoredRow } from '../baseline/scoredRow.ts'
import { FAST } from './cumulativeSums.ts'
import { LAG, type RecentChange } from './recentChangeState.ts'
import type { Signatures } from './signatures.ts'

/** Rows that a level is made of: at least, and in its memory. */
const LEAST_ROWS = 10
const MEMORY = 20
/** No appliance is believed to be steadier than this (in standard deviations of its band), nor a smaller shift to be a fault. */
const LEAST_SCATTER = 0.15
const LEAST_SHIFT = 0.6
/** Own standard deviations at which a change is one. */
const THRESHOLD = 5
/**
 * What scatters so much by itself (a washer's imbalance, with every load) shows a lasting change in a sum alone: what it
 * forgives a row, where it ends, and the shift that must stand behind it.
 */
const SCATTERED = 0.5
const ALLOWANCE = 1
const SUM_THRESHOLD = 8
const SUM_STEP = 4
const SUM_SHIFT = 1.5
/** Share of the threshold from which the weeks before stand still. */
const HOLDS = 0.5
const BOUND = 8
/** A larger share says nothing more. */
const MOST_SHARE = 4
/** Mean absolute deviation as a standard deviation. */
const NORMAL = 1.25

/** Takes one row in. @param z standardized features of the row, NaN for what is not yet, or not now, to be judged */
export function updateRecentChange(
  signatures: Signatures,
  { contrast }: Baseline,
  row: ScoredRow,
  z: Float64Array,
): void {
  for (let m = 0; m < signatures.modes.length; m++) {
    const projected = signatures.project(m, z)
    if (!Number.isNaN(projected)) step(contrast, m, Math.max(-BOUND, Math.min(BOUND, projected)))
    row.contrast[m] = nth(contrast.share, m)
  }
}

function step(contrast: RecentChange, m: number, along: number): void {
  const { level, scatter, rows, queue, sum, fast, share } = contrast
  const before = nth(queue, LAG * m)
  queue.copyWithin(LAG * m, LAG * m + 1, LAG * m + LAG)
  queue[LAG * m + LAG - 1] = along
  if (!Number.isNaN(before) && (nth(share, m) < HOLDS || nth(rows, m) < LEAST_ROWS)) settle(contrast, m, before)
  if (nth(rows, m) < LEAST_ROWS) {
    share[m] = 0
    return
  }
  const own = Math.max(nth(scatter, m), LEAST_SCATTER)
  // The least of the last three rows: what lasts for two (a defrost cut short, guests) is no change.
  const now = Math.min(along, nth(queue, LAG * m + LAG - 2), nth(queue, LAG * m + LAG - 3))
  const change = Math.max(-SUM_STEP, Math.min(SUM_STEP, (along - nth(level, m)) / own))
  sum[m] = Math.max(0, Math.min(2 * SUM_THRESHOLD, nth(sum, m) + change - ALLOWANCE))
  fast[m] = nth(fast, m) + FAST * (along - nth(fast, m))
  const lasting = nth(scatter, m) < SCATTERED ? 0 : Math.min(nth(sum, m) / SUM_THRESHOLD, nth(fast, m) / SUM_SHIFT)
  share[m] = Math.max(
    0,
    Math.min(MOST_SHARE, Math.max(lasting, Math.min((now - nth(level, m)) / (THRESHOLD * own), now / LEAST_SHIFT))),
  )
}

/** One more row of the weeks before. What is far out moves them no further than 3 standard deviations do. */
function settle({ level, scatter, rows }: RecentChange, m: number, value: number): void {
  const n = nth(rows, m)
  const most = 3 * Math.max(nth(scatter, m), LEAST_SCATTER)
  const deviation = value - nth(level, m)
  const bounded = n < LEAST_ROWS ? deviation : Math.max(-most, Math.min(most, deviation))
  level[m] = nth(level, m) + bounded / Math.min(MEMORY, n + 1)
  scatter[m] = nth(scatter, m) + (NORMAL * Math.abs(bounded) - nth(scatter, m)) / Math.min(MEMORY, n + 3)
  rows[m] = Math.min(MEMORY, n + 1)
}
