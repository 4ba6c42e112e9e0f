import type { Millis } from '../../core/index.ts'
import type { CareEvery } from '../policy/careRules.ts'

/** Something that is due: the how-many-eth time, and since when, where that is a day of the calendar. */
export interface Due {
  /** Rises; the same due is the same number for ever. */
  readonly number: number
  /** What was counted. */
  readonly counted: number
  readonly dueAt?: Millis
}

/** What was missed for longer than this is not made up for. */
const GRACE_MS = 14 * 86_400_000

/** By use: the last multiple that was passed. Pure. */
export function dueByUse(every: number, used: number): Due | undefined {
  const number = Math.floor(used / every)
  return number > 0 ? { number, counted: number * every } : undefined
}

/** By the calendar: the last day that has come, of those every so many months after the first. Pure. */
export function dueByTime(months: number, from: Millis, now: Millis): Due | undefined {
  let due: Due | undefined
  for (let number = 1; ; number++) {
    const dueAt = monthsLater(from, number * months)
    if (dueAt > now) return due && now - (due.dueAt ?? 0) <= GRACE_MS ? due : undefined
    due = { number, counted: number * months, dueAt }
  }
}

/** The same day of a later month, in UTC; where that month is shorter, its last day. */
export function monthsLater(at: Millis, months: number): Millis {
  const date = new Date(at)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months]
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Date.UTC(year, month, Math.min(date.getUTCDate(), last)) + (at - Math.floor(at / 86_400_000) * 86_400_000)
}

/** What of it makes two of them different: who changes how often it is due begins to count anew. */
export const countedBy = (every: CareEvery): string =>
  'months' in every
    ? `${every.months} months`
    : 'count' in every
      ? `${every.count} ${every.cycle}`
      : 'hours' in every
        ? `${every.hours} h ${every.cycle}`
        : `${every.amount} ${every.feature}`
