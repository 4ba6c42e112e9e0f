import { DAY, HOUR, type Millis } from '../../core/index.ts'
import { type FeatureState, SECONDS } from './featureState.ts'

/**
 * The fastest scale: each metric against its own last minutes, constant memory. Per metric: [x1, x2 (last two values),
 * typical |residual|, largest commissioned |residual|, held since, longest commissioned hold ms, changes, count,
 * refractory until, out of range since | 0 or flagged as stuck (−1)].
 * The residual is to the median of the last two and the present value, its spread a running median of |residual|, moved
 * by a share of itself up or down. Source: frugal streaming (Ma, Muthukrishnan, Sandler 2013); limits by the metric's own
 * commissioned extremes, because a compressor's start is no spike.
 */
export type Moment = 'spike' | 'stuck' | 'moves-again' | 'range' | 'in-range'

const STEP = 0.02
/** Commissioned extremes are learned for this long. */
const LEARN_MS = 14 * DAY
const REFRACTORY_MS = DAY
/** A sensor that moves in at least this share of its readings is stuck when it stops. */
const MOVING_SHARE = 0.25
const LEAST_STUCK_MS = 4 * HOUR
const LEAST_STUCK_READINGS = 100
const OUT_OF_RANGE_MS = HOUR / 2

export interface MomentFound {
  what: Moment
  observed: number
  low: number
  high: number
  from: Millis
  /** What it stands at, where `observed` is how many hours it has. */
  value?: number
}

/** @returns null almost always. ≈ 15 ns. */
export function updateMetricRange(
  sense: FeatureState,
  metric: number,
  x: number,
  ts: Millis,
  resolution: number,
): MomentFound | null {
  const s = sense.seconds
  const at = SECONDS * metric
  const learning = ts - sense.firstTs < LEARN_MS
  const count = s[at + 7]!
  if (count === 0) {
    s[at] = x
    s[at + 1] = x
    s[at + 2] = resolution
    s[at + 4] = ts
    s[at + 7] = 1
    return null
  }
  s[at + 7] = count + 1
  const x1 = s[at]!
  const x2 = s[at + 1]!
  let found: MomentFound | null = null
  if (x === x1) {
    const held = ts - s[at + 4]!
    if (learning && held > s[at + 5]!) s[at + 5] = held
    else if (!learning && s[at + 9] !== -1 && held > LEAST_STUCK_MS && isStuck(s, at, held, ts - sense.firstTs)) {
      s[at + 9] = -1
      const longest = Math.max(LEAST_STUCK_MS, 3 * s[at + 5]!)
      found = { what: 'stuck', observed: held / HOUR, low: 0, high: longest / HOUR, from: s[at + 4]!, value: x }
    }
  } else {
    s[at + 4] = ts
    s[at + 6]! += 1
    if (s[at + 9] === -1) {
      s[at + 9] = 0
      found = { what: 'moves-again', observed: x, low: x1, high: x, from: ts }
    }
  }
  // Median of three is the causal local level: one wild value never moves it.
  const level = Math.max(Math.min(x1, x2), Math.min(Math.max(x1, x2), x))
  const residual = Math.abs(x - level)
  const spread = s[at + 2]!
  s[at + 2] = residual > spread ? spread * (1 + STEP) : Math.max(resolution / 2, spread * (1 - STEP))
  if (learning) {
    if (residual > s[at + 3]!) s[at + 3] = residual
  } else if (residual > 2 * s[at + 3]! && residual > 12 * 1.4826 * spread && ts >= s[at + 8]! && found === null) {
    s[at + 8] = ts + REFRACTORY_MS
    const band = Math.max(s[at + 3]!, 6 * spread)
    found = { what: 'spike', observed: x, low: level - band, high: level + band, from: ts }
  }
  s[at + 1] = x1
  s[at] = x
  return found
}

/** Is the hold beyond anything commissioned, on a sensor that otherwise moves? */
function isStuck(s: Float64Array, at: number, held: Millis, ageMs: Millis): boolean {
  const count = s[at + 7]!
  const perReading = ageMs / Math.max(1, count)
  return s[at + 6]! / count > MOVING_SHARE && held > 3 * s[at + 5]! && held > LEAST_STUCK_READINGS * perReading
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

/** Has the metric not moved for longer than it ever did? Then what is made of it is no evidence. */
export function isHeldTooLong(sense: FeatureState, metric: number, ts: Millis): boolean {
  const s = sense.seconds
  const at = SECONDS * metric
  // What speaks on change stands still between its words.
  if (sense.onChange) return false
  if (s[at + 9] === -1) return true
  const count = s[at + 7]!
  if (count < 200 || ts - sense.firstTs < LEARN_MS) return false
  return isStuck(s, at, ts - s[at + 4]!, ts - sense.firstTs)
}

/** Least share of readings in which a sensor moves, to wonder when it does not move at all. */
const LIVELY_SHARE = 0.08

/**
 * Has a sensor that otherwise moves stood still for all of a cycle or day that began at `from`? A zero for a whole day may
 * be the truth (a dead fan); a zero for a whole cycle is not.
 */
export function stoodStill(sense: FeatureState, metric: number, from: Millis, byDay: boolean): boolean {
  const s = sense.seconds
  const at = SECONDS * metric
  const count = s[at + 7]!
  return (
    !sense.onChange &&
    count > 2000 &&
    s[at + 6]! / count > LIVELY_SHARE &&
    s[at + 4]! <= from &&
    !(byDay && s[at] === 0)
  )
}
