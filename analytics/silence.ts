import { HOUR, MINUTE, type Millis } from '../core/index.ts'
import type { Sense } from './sense.ts'

/** Readings nearer to the clock than this are live: their own time says when they were heard, whatever the order. */
const LIVE_MS = HOUR
const AHEAD_MS = 10 * MINUTE

/** Notes that an appliance was heard. @returns whether that ends a silence */
export function hear(sense: Sense, ts: Millis, now: Millis, down: Millis): boolean {
  // A world whose clock has not begun has no silence.
  if (now === 0) return false
  const live = now - ts < LIVE_MS && ts - now < AHEAD_MS
  const at = live ? ts : now
  if (!(at <= sense.heardAt)) {
    sense.heardAt = at
    sense.downAtHeard = down
  }
  const was = sense.silent
  sense.silent = false
  return was
}

/**
 * When an appliance becomes silent: so many hours of the clock after it was heard, time off on purpose and time that the
 * product was down aside. Infinity for one that was never heard.
 */
export function silentAt(sense: Sense, silentAfterHours: number, down: Millis): Millis {
  if (Number.isNaN(sense.heardAt)) return Infinity
  return Math.max(sense.heardAt, sense.offUntil) + silentAfterHours * HOUR + (down - sense.downAtHeard)
}
