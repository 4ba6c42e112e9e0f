import { DAY, HOUR } from '../../core/index.ts'

/** From a moment on, until when nobody is disturbed: now outside the quiet hours. Hours of the local day. Pure. */
export function calmFrom(now: number, offsetMs: number, [from, to]: readonly [number, number]): number {
  const local = now + offsetMs
  const midnight = local - (((local % DAY) + DAY) % DAY)
  const hour = (local - midnight) / HOUR
  const isQuiet = from > to ? hour >= from || hour < to : hour >= from && hour < to
  if (!isQuiet) return now
  const end = midnight + to * HOUR
  return (end > local ? end : end + DAY) - offsetMs
}
