import { quantile } from 'simple-statistics'

/** Lengths of the stretches that are compared with what was before them, in rows. */
const SPANS = [10, 20, 40]
const BEFORE_ROWS = 120
const LIMIT_SHARE = 0.99
const LEAST_LIMIT = 1e-9

/**
 * How far a sensor just moved, by row: its last rows against the two minutes before them; 1 is as far as 1 % of
 * commissioning moved. The mean over the spans. What drifts slowly moves little, so no drift is an alarm; what has moved
 * for good is forgotten after two minutes, so it says when, not whether. Causal.
 * @param column values by row, finite
 * @param commissioning rows at the start that are taken as normal
 * @param side −1 hears only falls, 1 only rises, 0 both
 */
export function changeScores(column: Float64Array, commissioning: number, side: -1 | 0 | 1): Float64Array {
  const sums = new Float64Array(column.length + 1)
  for (const [r, x] of column.entries()) sums[r + 1] = sums[r]! + x
  const mean = (from: number, to: number): number => (sums[to]! - sums[from]!) / (to - from)
  const scores = new Float64Array(column.length)
  for (const span of SPANS) {
    const moves = column.map((_, r) => {
      const from = r + 1 - span
      if (from < BEFORE_ROWS / 2) return 0
      const move = mean(from, r + 1) - mean(Math.max(0, from - BEFORE_ROWS), from)
      return side === 0 ? Math.abs(move) : Math.max(0, side * move)
    })
    const normal = Array.from(moves.subarray(span + BEFORE_ROWS / 2, commissioning))
    const limit = Math.max(LEAST_LIMIT, quantile(normal, LIMIT_SHARE))
    for (const [r, move] of moves.entries()) scores[r]! += move / limit / SPANS.length
  }
  return scores
}
