import { DAY, HOUR, type Millis } from '../../core/index.ts'
import type { FeatureState } from '../features/featureState.ts'
import {
  HIGHEST,
  HOLD,
  LONGEST,
  LOWEST,
  MISSED,
  MISSED_RUN,
  newHolds,
  REST,
  REST_HELD,
  REST_VALUE,
  RUN,
  SINCE,
  STEP,
  STUCK,
} from '../features/holds.ts'

/** Holds are learned for so long before any is odd. */
const LEARN_MS = 14 * DAY
const LEAST_MS = 4 * HOUR
/** So many expected changes in a row are not missed by luck; nor so many times the most that were ever missed. */
const LEAST_MISSED = 40
const MOST_TIMES = 3
/** Some of them while it runs: where nothing happens nothing moves. */
const LEAST_RUN = 8
/** A state in which it moves in a smaller share of its readings says nothing; nor, where it stands at its value of rest, one below the second. */
const LEAST_SHARE = 0.02
const LIVELY_SHARE = 0.25
/** Missed changes from which a whole cycle or day of standing still is no evidence. */
const STOOD_STILL = 12
const LEAST_READINGS = 200
/** Steps below this are arithmetic. */
const LEAST_STEP = 1e-6

export interface HoldFound {
  what: 'stuck' | 'moves-again'
  observed: number
  low: number
  high: number
  from: Millis
  /** What it stands at, where `observed` is how many hours it has. */
  value?: number
}

/**
 * A sensor is stuck when it stands still through what has always moved it: through so many changes that were to be expected,
 * by how often it changes at rest and while the appliance runs. So a coarse sensor may stand for days, one that is read
 * every quarter of an hour needs no more readings than one of every minute, and rest is no sign of anything.
 * Takes one reading of one metric, which is not a count. @returns null almost always. ≈ 10 ns.
 */
export function updateHold(
  sense: FeatureState,
  metric: number,
  x: number,
  ts: Millis,
  running: boolean,
): HoldFound | null {
  const h = sense.holds
  const at = HOLD * metric
  const lane = at + (running ? RUN : REST)
  const value = h[at]!
  h[lane + 1]! += 1
  if (x === value) return stillHolds(sense, at, lane, running, ts)
  if (x < h[at + LOWEST]! && x !== 0) h[at + LOWEST] = x
  if (x > h[at + HIGHEST]!) h[at + HIGHEST] = x
  if (Number.isNaN(value)) {
    h[at] = x
    h[at + SINCE] = ts
    return null
  }
  h[lane]! += 1
  const step = Math.abs(x - value)
  if (step > LEAST_STEP && !(step >= h[at + STEP]!)) h[at + STEP] = step
  const wasStuck = h[at + STUCK] === 1
  const held = ts - h[at + SINCE]!
  if (!wasStuck) {
    h[at + LONGEST] = Math.max(h[at + LONGEST]!, h[at + MISSED]!)
    if (held > h[at + REST_HELD]!) {
      h[at + REST_HELD] = held
      h[at + REST_VALUE] = value
    }
  }
  h[at] = x
  h[at + SINCE] = ts
  h[at + MISSED] = 0
  h[at + MISSED_RUN] = 0
  h[at + STUCK] = 0
  return wasStuck ? { what: 'moves-again', observed: x, low: value, high: x, from: ts } : null
}

function stillHolds(sense: FeatureState, at: number, lane: number, running: boolean, ts: Millis): HoldFound | null {
  const h = sense.holds
  const value = h[at]!
  // At the end of its range it may stay for as long as it likes: a compressor at its slowest, air that is full of water.
  if (value !== 0 && (value <= h[at + LOWEST]! || value >= h[at + HIGHEST]!)) return null
  const share = h[lane]! / h[lane + 1]!
  if (share < (value === h[at + REST_VALUE]! ? (running ? LIVELY_SHARE : Infinity) : LEAST_SHARE)) return null
  h[at + MISSED]! += share
  if (running) h[at + MISSED_RUN]! += share
  if (h[at + STUCK] === 1 || !isOdd(sense, at, ts)) return null
  const held = ts - h[at + SINCE]!
  if (held < LEAST_MS) return null
  h[at + STUCK] = 1
  const usual = (held * Math.max(LEAST_MISSED, MOST_TIMES * h[at + LONGEST]!)) / h[at + MISSED]!
  return { what: 'stuck', observed: held / HOUR, low: 0, high: usual / HOUR, from: h[at + SINCE]!, value }
}

/** Nothing may be the truth: a fan that died stands at zero. */
const isOdd = ({ holds, firstTs }: FeatureState, at: number, ts: Millis): boolean =>
  holds[at] !== 0 &&
  ts - firstTs >= LEARN_MS &&
  holds[at + MISSED_RUN]! > LEAST_RUN &&
  holds[at + MISSED]! > Math.max(LEAST_MISSED, MOST_TIMES * holds[at + LONGEST]!)

/** Has the metric missed more changes than it ever did? Then what is made of it is no evidence. */
export function isHeldTooLong(sense: FeatureState, metric: number, ts: Millis): boolean {
  // What speaks on change stands still between its words.
  return !sense.onChange && (sense.holds[HOLD * metric + STUCK] === 1 || isOdd(sense, HOLD * metric, ts))
}

/**
 * Has a sensor that otherwise moves stood still for all of a cycle or day that began at `from`? A zero for a whole day may
 * be the truth (a dead fan); a zero for a whole cycle is not.
 */
export function stoodStill({ holds, onChange }: FeatureState, metric: number, from: Millis, byDay: boolean): boolean {
  const at = HOLD * metric
  if (byDay && holds[at] === 0) return false
  const readings = holds[at + REST + 1]! + holds[at + RUN + 1]!
  return !onChange && readings > LEAST_READINGS && holds[at + SINCE]! <= from && holds[at + MISSED]! > STOOD_STILL
}

/** After a hole nobody knows how long it stood. */
export function clearHolds({ holds }: FeatureState, ts: Millis): void {
  for (let at = 0; at < holds.length; at += HOLD) {
    holds[at + SINCE] = ts
    holds[at + MISSED] = 0
    holds[at + MISSED_RUN] = 0
  }
}

/** What an earlier program knew of holds: by time, in one state. @param seconds ten numbers a metric */
export function translateHolds(seconds: Float64Array, ageMs: Millis): Float64Array {
  const holds = newHolds(seconds.length / 10)
  for (let m = 0; m < seconds.length / 10; m++) {
    const [value, , , , since, longestMs, changes, count, , flag] = seconds.subarray(10 * m, 10 * m + 10)
    if (!(count! > 0)) continue
    const at = HOLD * m
    holds[at] = value!
    holds[at + SINCE] = since!
    holds[at + LONGEST] = ((longestMs! * count!) / Math.max(1, ageMs)) * (changes! / count!)
    for (const lane of [REST, RUN]) {
      holds[at + lane] = changes! / 2
      holds[at + lane + 1] = count! / 2
    }
    holds[at + STUCK] = flag === -1 ? 1 : 0
  }
  return holds
}
