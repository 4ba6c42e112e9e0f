import { DAY, HOUR, type Millis } from '../../core/index.ts'
import { type FeatureState, SECONDS } from './featureState.ts'

/**
 * The fastest scale: each metric against its own last minutes, constant memory. Per metric: [x1, x2 (last two values),
 * typical |residual|, largest commissioned |residual|, three that are free, count, refractory until, out of range since | 0].
 * The residual is to the median of the last two and the present value, its spread a running median of |residual|, moved
 * by a share of itself up or down. Source: frugal streaming (Ma, Muthukrishnan, Sandler 2013); limits by the metric's own
 * commissioned extremes, because a compressor's start is no spike.
 */
export type Moment = 'spike' | 'range' | 'in-range'

const STEP = 0.02
/** Commissioned extremes are learned for this long. */
export const RANGES_LEARNED_MS = 14 * DAY
const REFRACTORY_MS = DAY
const OUT_OF_RANGE_MS = HOUR / 2

export interface MomentFound {
  what: Moment
  observed: number
  low: number
  high: number
  from: Millis
}

/**
 * @param s numbers of all metrics, those of this one from `at` on
 * @returns null almost always. ≈ 15 ns.
 */
export function updateMetricRange(
  s: Float64Array,
  at: number,
  x: number,
  ts: Millis,
  resolution: number,
  learning: boolean,
): MomentFound | null {
  const count = s[at + 7]!
  if (count === 0) {
    s[at] = x
    s[at + 1] = x
    s[at + 2] = resolution
    s[at + 7] = 1
    return null
  }
  s[at + 7] = count + 1
  const x1 = s[at]!
  const x2 = s[at + 1]!
  let found: MomentFound | null = null
  // Median of three is the causal local level: one wild value never moves it.
  const level = Math.max(Math.min(x1, x2), Math.min(Math.max(x1, x2), x))
  const residual = Math.abs(x - level)
  const spread = s[at + 2]!
  s[at + 2] = residual > spread ? spread * (1 + STEP) : Math.max(resolution / 2, spread * (1 - STEP))
  if (learning) {
    if (residual > s[at + 3]!) s[at + 3] = residual
  } else if (residual > 2 * s[at + 3]! && residual > 12 * 1.4826 * spread && ts >= s[at + 8]!) {
    s[at + 8] = ts + REFRACTORY_MS
    const band = Math.max(s[at + 3]!, 6 * spread)
    found = { what: 'spike', observed: x, low: level - band, high: level + band, from: ts }
  }
  s[at + 1] = x1
  s[at] = x
  return found
}

/** A value outside the plausible range: found once it has lasted. `invalid` false ends it. */
export function updateRange(sense: FeatureState, metric: number, invalid: boolean, ts: Millis): Moment | null {
  const s = sense.seconds
  const at = SECONDS * metric + 9
  if (invalid) {
    if (s[at]! <= 0) s[at] = ts
    else if (s[at]! < Number.MAX_SAFE_INTEGER && ts - s[at]! >= OUT_OF_RANGE_MS) {
      s[at] = Infinity
      return 'range'
    }
  } else if (s[at]! > 0) {
    const said = s[at] === Infinity
    s[at] = 0
    return said ? 'in-range' : null
  }
  return null
}
