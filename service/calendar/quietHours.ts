import { localDay, localHour, type Millis, momentOf } from '../../core/index.ts'

/** From a moment on, until when nobody is disturbed: now outside the quiet hours of the local day. Pure. */
export function calmFrom(now: Millis, zone: string, [from, to]: readonly [number, number]): Millis {
  const hour = localHour(now, zone)
  const isQuiet = from > to ? hour >= from || hour < to : hour >= from && hour < to
  if (!isQuiet) return now
  const today = localDay(now, zone)
  return momentOf(hour < to ? today : today + 1, to, zone)
}
