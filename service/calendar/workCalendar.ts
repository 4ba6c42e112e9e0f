import { createRequire } from 'node:module'
import { DAY, type LocalDay, type Location, localDay, localHour, type Millis, momentOf } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import { dayOf, weekdayOf, yearOff } from './holidays.ts'
import { regionOf } from './regionOf.ts'

/** What says when it is day somewhere. */
export interface Placed {
  readonly timeZone?: string | undefined
  readonly location?: Location | undefined
}
export type CalendarRules = Pick<Policy, 'timeZone' | 'workdays' | 'holidays'>

/** When people work at a place, by its own clocks. */
export interface WorkCalendar {
  /** By IANA name. */
  readonly zone: string
  isWorkday(day: LocalDay): boolean
}

// The map of zones is one table of some 100 KB: read when the first place is asked for.
const load = createRequire(import.meta.url)
type Lookup = typeof import('@photostructure/tz-lookup')
let lookup: Lookup | undefined

/** Where two times are used side by side, services keep the official one: Xinjiang's is Beijing's. */
const official = new Map([
  ['Asia/Urumqi', 'Asia/Shanghai'],
  ['Asia/Kashgar', 'Asia/Shanghai'],
])

// Asked when it is needed: what says it costs a start milliseconds.
let machineZone: string | undefined

/** The time zone of a place: as it was registered, else by where it stands, else the organisation's, else the machine's. */
export function zoneOf({ timeZone, location }: Placed, rules: Pick<Policy, 'timeZone'>): string {
  if (timeZone) return timeZone
  if (location) {
    lookup ??= load('@photostructure/tz-lookup') as Lookup
    const zone = lookup(location.lat, location.lon)
    return official.get(zone) ?? zone
  }
  if (rules.timeZone) return rules.timeZone
  machineZone ??= new Intl.DateTimeFormat().resolvedOptions().timeZone
  return machineZone
}

/**
 * Working days where something stands: the policy's days of the week, less the holidays of its country and the policy's own
 * days off, with the days that are worked in their place.
 */
export function calendarOf(placed: Placed, rules: CalendarRules): WorkCalendar {
  const zone = zoneOf(placed, rules)
  const { workdays, holidays } = rules
  const region = holidays.region ?? regionOf(zone)
  const ownOff = new Set(holidays.daysOff.map(dayOf))
  const ownWorked = new Set(holidays.extraWorkdays.map(dayOf))
  return {
    zone,
    isWorkday(day) {
      if (ownWorked.has(day)) return true
      if (ownOff.has(day)) return false
      const year = region ? yearOff(region, new Date(day * DAY).getUTCFullYear()) : undefined
      if (year?.worked.has(day)) return true
      return workdays.includes(weekdayOf(day)) && !year?.off.has(day)
    },
  }
}

/** Whether a stretch of time lies within these hours of one working day. */
export function isWorkingTime(
  { from, to }: { from: Millis; to: Millis },
  calendar: WorkCalendar,
  [first, last]: readonly [number, number],
): boolean {
  const day = localDay(from, calendar.zone)
  const within = from >= momentOf(day, first, calendar.zone) && to <= momentOf(day, last, calendar.zone)
  return within && calendar.isWorkday(day)
}

/** The same time of day so many calendar years later; of 29 February the 1st of March. */
export function yearsLater(at: Millis, years: number, zone: string): Millis {
  const date = new Date(localDay(at, zone) * DAY)
  const whole = Math.floor(years)
  const day = Date.UTC(date.getUTCFullYear() + whole, date.getUTCMonth(), date.getUTCDate()) / DAY
  return momentOf(day + Math.round((years - whole) * 365), localHour(at, zone), zone)
}
