/**
 * An appliance against its own last weeks, along each failure mode. A line that commissioning drew bends slowly with the
 * season, so an anchored sum must forgive much; what an appliance did last month is near what it does today, and its own
 * scatter is often a tenth of what a fleet must be forgiven. So a change is measured in its own scatter, and the weeks
 * before stand still while there is one: a fault is never learned.
 */
export interface RecentChange {
  /** By mode: level and scatter (as standard deviations) of the weeks before. */
  level: Float32Array
  scatter: Float32Array
  /** Rows that the level was made of. */
  rows: Uint16Array
  /** The latest rows by mode, oldest first, which are not yet of the weeks before; NaN where there is none. */
  queue: Float32Array
  /** Cumulative sum of the change in own standard deviations (Page 1954), and its short average in those of the band. */
  sum: Float32Array
  fast: Float32Array
  /** Share of its threshold. */
  share: Float32Array
}

/** Rows that a change takes to be told from the weeks before. */
export const LAG = 4
/** What commissioning, whose mean is 0, counts for; and the scatter (in standard deviations of the band) that is believed first. */
export const COMMISSIONED_ROWS = 5
export const FIRST_SCATTER = 0.4

export const newRecentChange = (modes: number): RecentChange => ({
  level: new Float32Array(modes),
  scatter: new Float32Array(modes).fill(FIRST_SCATTER),
  rows: new Uint16Array(modes).fill(COMMISSIONED_ROWS),
  queue: new Float32Array(LAG * modes).fill(NaN),
  sum: new Float32Array(modes),
  fast: new Float32Array(modes),
  share: new Float32Array(modes),
})

/** Levels were found anew: what was before is of another appliance. */
export function clearRecentChange(contrast: RecentChange): void {
  contrast.level.fill(0)
  contrast.scatter.fill(FIRST_SCATTER)
  contrast.rows.fill(COMMISSIONED_ROWS)
  contrast.queue.fill(NaN)
  for (const list of [contrast.sum, contrast.fast, contrast.share]) list.fill(0)
}
