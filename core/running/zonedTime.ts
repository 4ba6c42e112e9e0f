import { DAY, HOUR, type Millis, SECOND } from './time.ts'

/** A local day at some place, counted from 1970-01-01. */
export type LocalDay = number

const formats = new Map<string, Intl.DateTimeFormat>()
/** Zone → UTC day → the offset that holds all that day. Days on which clocks change are not kept. */
const known = new Map<string, Map<number, Millis>>()
const MOST_DAYS = 4_000

/** How far the clocks of a zone are ahead of UTC at a moment, ms. `zone`: an IANA name. @throws RangeError of an unknown one */
export function zoneOffsetMs(at: Millis, zone: string): Millis {
  if (zone === 'UTC') return 0
  const day = Math.floor(at / DAY)
  const days = known.get(zone) ?? new Map<number, Millis>()
  known.set(zone, days)
  const kept = days.get(day)
  if (kept !== undefined) return kept
  const offset = offsetAt(day * DAY, zone)
  if (offset !== offsetAt((day + 1) * DAY, zone)) return offsetAt(at, zone)
  if (days.size >= MOST_DAYS) days.clear()
  days.set(day, offset)
  return offset
}

/** Does this runtime know the zone? Its list is IANA's. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name)
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}

/** The local day of a moment. */
export const localDay = (at: Millis, zone: string): LocalDay => Math.floor((at + zoneOffsetMs(at, zone)) / DAY)

/** Hours since midnight by the clocks of a zone; 9.5 is half past nine. */
export const localHour = (at: Millis, zone: string): number => {
  const local = at + zoneOffsetMs(at, zone)
  return (local - Math.floor(local / DAY) * DAY) / HOUR
}

/** The moment of an hour of a local day: 9.5 is when a clock of the zone shows half past nine. */
export const momentOf = (day: LocalDay, hour: number, zone: string): Millis =>
  fromLocal(day * DAY + Math.round(hour * HOUR), zone)

/**
 * When a clock of the zone shows this time, given as the milliseconds that it would be in UTC. A time that comes twice is
 * its first; one that summer time leaves out is as late as it would have been.
 */
export function fromLocal(local: Millis, zone: string): Millis {
  const before = local - zoneOffsetMs(local - DAY, zone)
  const after = local - zoneOffsetMs(local + DAY, zone)
  const shows = (at: Millis): boolean => at + zoneOffsetMs(at, zone) === local
  const [first, second] = before < after ? [before, after] : [after, before]
  return shows(first) ? first : shows(second) ? second : before
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric' } as const
    const clock = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, calendar: 'gregory', ...fields, ...clock })
    formats.set(zone, format)
  }
  return format
}

function offsetAt(at: Millis, zone: string): Millis {
  const part = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const [year = 0, month = 1, day = 1] = [part.get('year'), part.get('month'), part.get('day')]
  const local = Date.UTC(year, month - 1, day, part.get('hour'), part.get('minute'), part.get('second'))
  return local - Math.floor(at / SECOND) * SECOND
}
