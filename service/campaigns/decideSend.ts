import { DAY, everyText, hash64, localDay, type Millis, say, type Text } from '../../core/index.ts'
import type { Campaign } from './campaign.ts'

/** Days after a birthday on which it is still one. */
const BIRTHDAY_DAYS = 3

/** One appliance and its owner, as far as a campaign asks. */
export interface Addressee {
  readonly appliance: string
  readonly kind: string
  readonly model: string
  readonly region: string
  readonly customer: string
  readonly installedAt?: Millis | undefined
  /** 0 to 100; undefined: not known yet. */
  readonly health?: number | undefined
  readonly zone: string
  /** North of the equator, as far as it is known. */
  readonly isSouth: boolean
  /** Means of the feature of its tip: its own, and what is usual of its model; undefined: nobody can say. */
  readonly shown?: { readonly own: number; readonly usual: number } | undefined
}

/** What must be known of the person at the moment of sending. */
export interface PersonNow {
  /** Whose several appliances are one's. */
  readonly person: string
  readonly agrees: boolean
  /** Messages of campaigns that they were sent within the days of the cap. */
  readonly sentLately: number
}
export interface Caps {
  readonly mostPerOwner: number
}

/** Why nobody is told, as far as it is no matter of the segment. */
export type LeftOut = 'no-consent' | 'cap' | 'control'
export type SendDecision = { do: 'tell'; title: Text; body: Text } | { do: 'leave'; because: LeftOut }

/** Is it one of those? And in which of its seasons; undefined: not now. Pure. */
export function seasonFor(
  { segment, season, tip, from, to }: Campaign,
  one: Addressee,
  now: Millis,
): string | undefined {
  const date = new Date(localDay(now, one.zone) * DAY)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1]
  if ((from !== undefined && now < from) || (to !== undefined && now >= to)) return undefined
  if (!holds(segment.kinds, one.kind) || !holds(segment.models, one.model)) return undefined
  if (!holds(segment.regions, one.region) || !holds(segment.customers, one.customer)) return undefined
  if (segment.months.length > 0 && !segment.months.includes(month)) return undefined
  const age = one.installedAt === undefined ? undefined : (now - one.installedAt) / (365.25 * DAY)
  if (!within(age, segment.leastAgeYears, segment.mostAgeYears)) return undefined
  if (!within(one.health, segment.leastHealth, segment.mostHealth)) return undefined
  if (tip && !(one.shown && one.shown.usual > 0 && one.shown.own >= tip.times * one.shown.usual)) return undefined
  switch (season) {
    case 'once':
      return 'once'
    case 'year':
      return String(year)
    case 'season':
      return seasonName(year, month, one.isSouth)
    case 'birthday':
      return birthday(one, date)
  }
}

const holds = (wanted: readonly string[], is: string): boolean => wanted.length === 0 || wanted.includes(is)
/** What is not known is not within a bound. */
const within = (value: number | undefined, least: number | undefined, most: number | undefined): boolean =>
  (least === undefined && most === undefined) ||
  (value !== undefined && value >= (least ?? -Infinity) && value <= (most ?? Infinity))

/** December belongs to the winter of the year that follows. */
function seasonName(year: number, month: number, isSouth: boolean): string {
  const place = Math.floor((month % 12) / 3)
  const names = ['winter', 'spring', 'summer', 'autumn']
  return `${month === 12 ? year + 1 : year} ${names[(place + (isSouth ? 2 : 0)) % 4]}`
}

/** Its years, on the days of its birthday; not in the year in which it came. */
function birthday({ installedAt, zone }: Addressee, today: Date): string | undefined {
  if (installedAt === undefined) return undefined
  const born = new Date(localDay(installedAt, zone) * DAY)
  const day = Date.UTC(today.getUTCFullYear(), born.getUTCMonth(), born.getUTCDate())
  const late = (today.getTime() - day) / DAY
  const years = today.getUTCFullYear() - born.getUTCFullYear()
  return years > 0 && late >= 0 && late < BIRTHDAY_DAYS ? `${years} years` : undefined
}

/** The same person is in the same group of the same campaign for ever. Pure. */
export const isControl = (campaign: string, person: string, share: number): boolean =>
  Number.parseInt(hash64(`${campaign}/${person}`).slice(0, 8), 16) / 2 ** 32 < share

/** What is sent to somebody who belongs to the segment, now. Pure. */
export function decideSend(
  id: string,
  { title, body, controlShare }: Campaign,
  { shown }: Addressee,
  { person, agrees, sentLately }: PersonNow,
  { mostPerOwner }: Caps,
): SendDecision {
  if (!agrees) return { do: 'leave', because: 'no-consent' }
  if (isControl(id, person, controlShare)) return { do: 'leave', because: 'control' }
  if (sentLately >= mostPerOwner) return { do: 'leave', because: 'cap' }
  return { do: 'tell', title, body: shown ? withData(body, shown) : body }
}

const figure = (value: number): string => (value >= 10 ? value.toFixed(0) : value.toPrecision(2))
const withData = (text: Text, { own, usual }: { own: number; usual: number }): Text =>
  everyText((language) => say(text, language).replaceAll('{own}', figure(own)).replaceAll('{usual}', figure(usual)))
