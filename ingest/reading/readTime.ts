import { DAY, EARLIEST, LATEST, MINUTE, type Millis } from '../../core/index.ts'

/** What is said of a time that is no whole number. */
export function faultOfTs(ts: unknown): string | undefined {
  if (typeof ts === 'number' && Number.isInteger(ts)) return undefined
  const must = 'ts must be a whole number, milliseconds since the epoch'
  if (ts === undefined) return `${must}; it is missing`
  if (typeof ts === 'string') {
    const shown = JSON.stringify(ts.slice(0, 40))
    return /^\d+$/.test(ts) ? `${must}: send ${shown} without quotes` : `${must}: ${shown} is a text`
  }
  if (typeof ts === 'number' && Number.isFinite(ts)) {
    const hint = looksLike(Math.trunc(ts), Number.POSITIVE_INFINITY)
    return hint ? `${must}: ${ts} ${hint}` : `${must}: round ${ts}`
  }
  return `${must}, not ${ts === null ? 'null' : Array.isArray(ts) ? 'a list' : typeof ts}`
}

/**
 * What is wrong with when a reading says that it was made.
 * @param aheadMs how far past its arrival it may lie
 */
export function wrongTime(
  ts: Millis,
  arrivedAt: Millis,
  aheadMs: number,
): { reason: 'too-old' | 'in-future'; detail: string; isNoClock: boolean } | undefined {
  if (ts >= EARLIEST && ts <= arrivedAt + aheadMs) return undefined
  const hint = looksLike(ts, arrivedAt + aheadMs)
  // Another unit, or a number that no clock shows, says nothing of how far a clock is off.
  const isNoClock = hint !== undefined || ts < 0 || ts > LATEST
  if (ts < EARLIEST) return { reason: 'too-old', detail: `ts is before 2015${hint ? `: ${hint}` : ''}`, isNoClock }
  const minutes = Math.round((ts - arrivedAt) / MINUTE)
  const ahead = `ts is ${minutes} minutes past the clock at its arrival`
  return { reason: 'in-future', detail: hint ? `${ahead}: ${hint}` : ahead, isNoClock }
}

const UNTIL_MS = 366 * DAY

/** What is wrong with until when an appliance says that it is off. @param latest the newest moment that may be now */
export function faultOfUntil(until: Millis, latest: Millis): string | undefined {
  if (Number.isInteger(until) && until >= EARLIEST && until <= latest + UNTIL_MS) return undefined
  const hint = looksLike(until, latest + UNTIL_MS)
  return `until must be milliseconds since the epoch, at most a year ahead${hint ? `: ${until} ${hint}` : ''}`
}

/** The same moment in another unit would be a time that readings have. */
function looksLike(ts: number, latest: Millis): string | undefined {
  const fits = (millis: number): boolean => millis >= EARLIEST && millis <= latest
  if (fits(ts)) return undefined
  if (fits(ts * 1_000)) return 'looks like seconds: multiply by 1000'
  if (fits(ts / 1_000)) return 'looks like microseconds: divide by 1000'
  if (fits(ts / 1_000_000)) return 'looks like nanoseconds: divide by 1000000'
  return undefined
}
