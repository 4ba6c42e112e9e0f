/** A column of numbers, absent where nothing was measured. */
export type Column = readonly (number | null | undefined)[]

/**
 * Columns for a chart, with an absent row put into each gap, so that the line breaks there instead of inventing what
 * was not heard.
 * @param ts ms, rising
 * @param largestGapMs two rows further apart than this are not joined
 */
export function withGaps(
  ts: readonly number[],
  columns: Column[],
  largestGapMs: number,
): { x: number[]; columns: Column[] } {
  const x: number[] = []
  const out = columns.map((): (number | null)[] => [])
  for (let i = 0; i < ts.length; i++) {
    const at = ts[i] as number
    const before = ts[i - 1]
    if (before !== undefined && at - before > largestGapMs) {
      x.push((before + 1) / 1000)
      for (const column of out) column.push(null)
    }
    x.push(at / 1000)
    for (const [c, column] of columns.entries()) out[c]?.push(column[i] ?? null)
  }
  return { x, columns: out }
}

/** The distance that most neighbours keep; 0 for fewer than two rows. */
export function usualStep(ts: readonly number[]): number {
  const steps = ts
    .slice(1)
    .map((at, i) => at - (ts[i] as number))
    .sort((a, b) => a - b)
  return steps[steps.length >> 1] ?? 0
}
