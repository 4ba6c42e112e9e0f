/** One stream of NAB: its windows as [first, last] row, and the rows at which a detector alarms. */
export interface NabStream {
  rows: number
  windows: [first: number, last: number][]
  alarms: number[]
}

export interface NabProfile {
  tpWeight: number
  fnWeight: number
  fpWeight: number
}

/** Nothing is scored in this share of a stream, 750 rows at most. */
const PROBATION = 0.15
const PROBATION_OF_AT_MOST = 5_000

export const probationOf = (rows: number): number => Math.floor(PROBATION * Math.min(rows, PROBATION_OF_AT_MOST))

/** 1 far before, 0 at, −1 far past a window's right edge; x in widths of the window. */
const sigmoid = (x: number): number => (x > 3 ? -1 : 2 / (1 + Math.exp(5 * x)) - 1)

/**
 * NAB's score over streams: 100 finds every window at its first row and alarms nowhere else, 0 says nothing. The earliest
 * alarm in a window counts, every alarm outside costs, less just after a window.
 * Source: Lavin and Ahmad, Evaluating Real-time Anomaly Detection Algorithms (2015).
 */
export function nabScore(streams: NabStream[], profile: NabProfile): number {
  let score = 0
  let windows = 0
  for (const stream of streams) {
    score += rawScore(stream, profile)
    windows += stream.windows.length
  }
  const none = -profile.fnWeight * windows
  return (100 * (score - none)) / (profile.tpWeight * windows - none)
}

function rawScore({ rows, windows, alarms }: NabStream, { tpWeight, fnWeight, fpWeight }: NabProfile): number {
  const found = new Map<number, number>()
  let score = 0
  const probation = probationOf(rows)
  for (const row of alarms) {
    if (row < probation) continue
    const within = windows.findIndex(([first, last]) => row >= first && row <= last)
    if (within >= 0) {
      const [first, last] = windows[within]!
      const value = (tpWeight * sigmoid(-(last - row + 1) / (last - first + 1))) / sigmoid(-1)
      found.set(within, Math.max(found.get(within) ?? -Infinity, value))
      continue
    }
    const past = windows.findLast(([, last]) => last < row)
    score += fpWeight * (past ? sigmoid((row - past[1]) / (past[1] - past[0])) : -1)
  }
  for (const value of found.values()) score += value
  return score - fnWeight * (windows.length - found.size)
}
