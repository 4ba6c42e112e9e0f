import { createRequire } from 'node:module'
import { DAY, type LocalDay } from '../../core/index.ts'

/** What a year of a country has: days off beside weekends, and weekend days that are worked to make up for them (调休). */
export interface YearOff {
  readonly off: ReadonlySet<LocalDay>
  readonly worked: ReadonlySet<LocalDay>
}

const nothing: YearOff = { off: new Set(), worked: new Set() }
const known = new Map<string, YearOff>()
const MOST_KNOWN = 500

// Their tables are megabytes: they are loaded when the first day is asked for, and a fleet that stands nowhere needs none.
const load = createRequire(import.meta.url)
type Rules = typeof import('date-holidays')
type ChineseDays = typeof import('chinese-days')

/** Public holidays of a country in a year, local days. `region`: ISO 3166-1; of an unknown one there are none. */
export function yearOff(region: string, year: number): YearOff {
  const key = `${region}/${year}`
  const kept = known.get(key)
  if (kept) return kept
  if (known.size >= MOST_KNOWN) known.clear()
  const read = (region === 'CN' ? announced(year) : undefined) ?? byRule(region, year)
  known.set(key, read)
  return read
}

/** China's state council announces each year's holidays and the weekend days that are worked for them. */
function announced(year: number): YearOff | undefined {
  const days: ChineseDays = load('chinese-days')
  const dates = datesOf(year)
  const worked = new Set(dates.filter((date) => days.isWorkday(date) && isWeekend(dayOf(date))).map(dayOf))
  // A year that is not announced yet has no days to make up.
  if (worked.size === 0) return undefined
  return { off: new Set(dates.filter((date) => days.isHoliday(date)).map(dayOf)), worked }
}

function byRule(region: string, year: number): YearOff {
  const Holidays: Rules['default'] = load('date-holidays')
  const rules = new Holidays()
  if (!Object.hasOwn(rules.getCountries('en') ?? {}, region)) return nothing
  const off = new Set<LocalDay>()
  for (const { date, type, start, end } of new Holidays(region).getHolidays(year)) {
    if (type !== 'public') continue
    const first = dayOf(date.slice(0, 10))
    const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY))
    for (let day = first; day < first + days; day++) off.add(day)
  }
  return { off, worked: new Set() }
}

/** The local day of a date like 2026-12-24. */
export const dayOf = (date: string): LocalDay => Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY)
/** ISO weekday of a local day, 1 (Monday) to 7. 1970-01-01 was a Thursday. */
export const weekdayOf = (day: LocalDay): number => ((((day + 3) % 7) + 7) % 7) + 1
const isWeekend = (day: LocalDay): boolean => weekdayOf(day) > 5

function datesOf(year: number): string[] {
  const first = Math.floor(Date.UTC(year, 0, 1) / DAY)
  const last = Math.floor(Date.UTC(year, 11, 31) / DAY)
  return Array.from({ length: last - first + 1 }, (_, i) => new Date((first + i) * DAY).toISOString().slice(0, 10))
}
