export interface Episodes {
  /** Onsets that an episode found. */
  found: number
  /** Episodes that opened on a normal row. */
  false: number
  /** Rows at which episodes opened. */
  starts: number[]
}

/** An episode is over after so many rows below half of the threshold. */
const CALM_ROWS = 60
const END_SHARE = 0.5

/**
 * Episodes of a score, with hysteresis. An episode that is already open at an onset does not find it.
 * @param within rows after an onset in which an episode must open to find it
 */
export function episodesOf(scores: Float64Array, truth: boolean[], threshold: number, within: number): Episodes {
  const starts: number[] = []
  let isOpen = false
  let calm = 0
  for (const [row, score] of scores.entries()) {
    if (!isOpen && score >= threshold) {
      isOpen = true
      starts.push(row)
    }
    calm = score < END_SHARE * threshold ? calm + 1 : 0
    if (calm >= CALM_ROWS) isOpen = false
  }
  const onsets = [...truth.keys()].filter((row) => truth[row] && !truth[row - 1])
  return {
    found: onsets.filter((onset) => starts.some((row) => row >= onset && row <= onset + within)).length,
    false: starts.filter((row) => !truth[row]).length,
    starts,
  }
}
