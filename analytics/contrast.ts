import type { Learned } from './learned.ts'
import type { JudgedRow } from './learnRow.ts'
import type { Signatures } from './signatures.ts'

/**
 * An appliance against its own last weeks, along each failure mode. A line that commissioning drew bends slowly with the
 * season, so an anchored sum must forgive much; what an appliance did last month is near what it does today, and its own
 * scatter is often a tenth of what a fleet must be forgiven. So a change is measured in its own scatter, and the weeks
 * before stand still while there is one: a fault is never learned.
 */
export interface Contrast {
  /** By mode: short average now, then level and scatter (as standard deviations) of the weeks before. */
  recent: Float64Array
  level: Float64Array
  scatter: Float64Array
  /** Rows that the level was made of. */
  rows: Uint16Array
  /** The latest rows by mode, oldest first, which are not yet of the weeks before; NaN where there is none. */
  queue: Float64Array
  /** Share of its threshold. */
  share: Float64Array
}

/** A change takes so many rows to be told from the weeks before. */
const LAG = 4
const RECENT = 0.5
/** Rows that a level is made of: at least, and in its memory. */
const LEAST_ROWS = 10
const MEMORY = 20
/** No appliance is believed to be steadier than this (in standard deviations of its band), nor a smaller shift to be a fault. */
const LEAST_SCATTER = 0.3
const FIRST_SCATTER = 0.4
const LEAST_SHIFT = 1
/** Own standard deviations at which a change is one. */
const THRESHOLD = 5
/** Share of the threshold from which the weeks before stand still. */
const HOLDS = 0.5
const BOUND = 8
/** Mean absolute deviation as a standard deviation. */
const NORMAL = 1.25

export const newContrast = (modes: number): Contrast => ({
  recent: new Float64Array(modes).fill(NaN),
  level: new Float64Array(modes),
  scatter: new Float64Array(modes).fill(FIRST_SCATTER),
  rows: new Uint16Array(modes),
  queue: new Float64Array(LAG * modes).fill(NaN),
  share: new Float64Array(modes),
})

/** Levels were found anew: what was before is of another appliance. */
export function clearContrast(contrast: Contrast): void {
  contrast.recent.fill(NaN)
  contrast.scatter.fill(FIRST_SCATTER)
  contrast.rows.fill(0)
  contrast.queue.fill(NaN)
  contrast.share.fill(0)
}

/** Takes one row in. @param z standardized features of the row, NaN for what is not yet, or not now, to be judged */
export function followContrast(signatures: Signatures, { contrast }: Learned, row: JudgedRow, z: Float64Array): void {
  for (let m = 0; m < signatures.modes.length; m++) {
    const projected = signatures.project(m, z)
    if (!Number.isNaN(projected)) step(contrast, m, Math.max(-BOUND, Math.min(BOUND, projected)))
    row.contrast[m] = contrast.share[m]!
  }
}

function step(contrast: Contrast, m: number, along: number): void {
  const { recent, level, scatter, rows, queue, share } = contrast
  recent[m] = Number.isNaN(recent[m]!) ? along : recent[m]! + RECENT * (along - recent[m]!)
  const before = queue[LAG * m]!
  queue.copyWithin(LAG * m, LAG * m + 1, LAG * m + LAG)
  queue[LAG * m + LAG - 1] = along
  if (!Number.isNaN(before) && (share[m]! < HOLDS || rows[m]! < LEAST_ROWS)) settle(contrast, m, before)
  share[m] =
    rows[m]! < LEAST_ROWS
      ? 0
      : Math.max(
          0,
          Math.min(
            2,
            (recent[m]! - level[m]!) / (THRESHOLD * Math.max(scatter[m]!, LEAST_SCATTER)),
            recent[m]! / LEAST_SHIFT,
          ),
        )
}

/** One more row of the weeks before. What is far out moves them no further than 3 standard deviations do. */
function settle({ level, scatter, rows }: Contrast, m: number, value: number): void {
  const n = rows[m]!
  const most = 3 * Math.max(scatter[m]!, LEAST_SCATTER)
  const deviation = n === 0 ? 0 : value - level[m]!
  const bounded = n < LEAST_ROWS ? deviation : Math.max(-most, Math.min(most, deviation))
  if (n === 0) level[m] = value
  else {
    level[m] = level[m]! + bounded / Math.min(MEMORY, n + 1)
    scatter[m] = scatter[m]! + (NORMAL * Math.abs(bounded) - scatter[m]!) / Math.min(MEMORY, n + 3)
  }
  rows[m] = Math.min(MEMORY, n + 1)
}
