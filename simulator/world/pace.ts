import { HOUR, MINUTE, type Millis } from '../../core/index.ts'

/** What the world's time depends on. */
export interface Pace {
  now: Millis
  /** The time-lapse ends here: the machine's now when the world was made. */
  lapseTo: Millis
  /** Simulated seconds per second. */
  speed: number
  paused: boolean
  /** Runs as fast as it can up to here, and pauses. */
  until?: Millis | 'next-event'
}

export type Step =
  | { kind: 'rest' }
  /** `lag`: bytes that the product may still have to score before the next step; null: no need to ask. */
  | { kind: 'run'; to: Millis; lag: number | null; fast: boolean }

/** All appliances advance together by this at most, so that no clock that the readings tell is far ahead. */
const BLOCK = HOUR
/** Shorter where something may happen that ends the run. */
const WATCHED_BLOCK = 10 * MINUTE
const MOST_LAG_BYTES = 6 << 20
/** Above this many times real time the product is asked whether it keeps up. */
const FAST_SPEED = 600
/** A machine that slept does not have to catch up. */
const MOST_PASSED_MS = 5_000

/** How far the world goes next, after `passedMs` of real time. Pure. */
export function nextStep(pace: Pace, passedMs: number): Step {
  const { now, lapseTo, speed, paused, until } = pace
  if (typeof until === 'number')
    return { kind: 'run', to: Math.max(now, Math.min(until, now + BLOCK)), lag: 0, fast: true }
  if (until === 'next-event') return { kind: 'run', to: now + WATCHED_BLOCK, lag: 0, fast: true }
  if (paused) return { kind: 'rest' }
  if (now < lapseTo) return { kind: 'run', to: Math.min(lapseTo, now + BLOCK), lag: MOST_LAG_BYTES, fast: true }
  const due = Math.round(Math.min(MOST_PASSED_MS, passedMs) * speed)
  if (due <= 0) return { kind: 'rest' }
  // Faster than blocks can be asked for: a block now, and no rest; in between the people act.
  if (due >= BLOCK) return { kind: 'run', to: now + BLOCK, lag: MOST_LAG_BYTES, fast: true }
  return { kind: 'run', to: now + due, lag: speed > FAST_SPEED ? MOST_LAG_BYTES : null, fast: false }
}

/** A long step in pieces that all appliances take together. */
export function* blocks(from: Millis, to: Millis): Generator<Millis> {
  for (let at = from; at < to; ) {
    at = Math.min(to, at + BLOCK)
    yield at
  }
}
