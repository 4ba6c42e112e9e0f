/**
 * How new is the latest stretch of a single stream? Its distance to the k-th most similar stretch before it, ranked among
 * the stream's own earlier distances: no model, no period to know, and every threshold is a share of its own past. For
 * what has no declared features, such as a metric of an unknown kind. Causal: an answer never changes.
 * Sources: left matrix profile (Yeh et al. 2016), k-th neighbour and own quantiles (Burnaev and Ishimtsev 2016).
 */
export interface Novelty {
  /**
   * @param x the next value of an even cadence, finite, any unit
   * @returns −log10 of the share of earlier distances at least as large, 0 to log10(values so far); 0 while warming up.
   * O(history) time.
   */
  update(x: number): number
}

export interface NoveltyOptions {
  /** Values that make a stretch. */
  stretch: number
  /** The distance is to this many-th nearest: one earlier anomaly of the same shape does not make a second one normal. */
  neighbours: number
  /** Values remembered. */
  history: number
  /** Distances seen before the first answer. */
  warmUp: number
}

/** Distances below this share of the largest are equal to zero: sums over a moving stretch round. */
const ROUNDING = 1e-6

/** Memory: 32 bytes per value of history. */
export function createNovelty({ stretch, neighbours, history, warmUp }: NoveltyOptions): Novelty {
  const values = new Float64Array(history)
  /** By lag: squared distance of the latest stretch to the one so much earlier. */
  const squares = new Float64Array(history)
  const nearest = new Float64Array(neighbours)
  /** Earlier distances as they came, and ascending. */
  const distances = new Float64Array(history)
  const earlier: number[] = []
  let count = 0
  let known = 0
  const valueAt = (i: number): number => values[i % history]!

  /** NaN while there are too few earlier stretches. */
  function distance(x: number): number {
    const i = count++
    const leaving = i - stretch
    nearest.fill(Infinity)
    // The value that leaves the stretch needs partners as old as the lag: so far back memory reaches.
    const most = Math.min(i, history - stretch - 1)
    for (let lag = stretch; lag <= most; lag++) {
      let square = squares[lag]! + (x - valueAt(i - lag)) ** 2
      if (leaving >= lag) square -= (valueAt(leaving) - valueAt(leaving - lag)) ** 2
      squares[lag] = square
      if (i - lag < stretch - 1 || square >= nearest[neighbours - 1]!) continue
      let place = neighbours - 1
      while (place > 0 && nearest[place - 1]! > square) {
        nearest[place] = nearest[place - 1]!
        place--
      }
      nearest[place] = square
    }
    values[i % history] = x
    const kth = nearest[neighbours - 1]!
    return kth === Infinity ? NaN : Math.sqrt(Math.max(0, kth))
  }

  return {
    update(x) {
      const exact = distance(x)
      if (Number.isNaN(exact)) return 0
      const now = exact > ROUNDING * (earlier.at(-1) ?? 0) ? exact : 0
      if (earlier.length === history) earlier.splice(lowerBound(earlier, distances[known % history]!), 1)
      const below = lowerBound(earlier, now)
      const score = earlier.length < warmUp ? 0 : Math.log10((1 + earlier.length) / (1 + earlier.length - below))
      earlier.splice(below, 0, now)
      distances[known++ % history] = now
      return score
    },
  }
}

/** How many of an ascending list are smaller. */
function lowerBound(ascending: number[], x: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! < x) low = middle + 1
    else high = middle
  }
  return low
}
