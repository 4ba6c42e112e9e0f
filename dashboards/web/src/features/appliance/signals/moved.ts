import type { Span } from '../../../components/Plot.tsx'

export type Move = 'back' | 'on' | 'in' | 'out'
/** Nothing is seen in less, and nothing is older. */
const [LEAST_MS, MOST_MS] = [60_000, 3 * 366 * 86_400_000]

/**
 * A stretch moved by half of itself, or made half or twice as long around its middle.
 * @param newest nothing is later: what would reach beyond it ends there
 * @returns `isLive` when it ends with the newest reading
 */
export function moved({ from, to }: Span, move: Move, newest: number): Span & { isLive: boolean } {
  const length = to - from
  const next = Math.min(MOST_MS, Math.max(LEAST_MS, length * (move === 'in' ? 0.5 : move === 'out' ? 2 : 1)))
  const middle = (from + to) / 2 + (move === 'back' ? -length / 2 : move === 'on' ? length / 2 : 0)
  const end = middle + next / 2
  const isLive = end >= newest
  const last = Math.round(isLive ? newest : end)
  return { from: Math.round(last - next), to: last, isLive }
}
