// Money and times as people read them, for pages that load nothing else.
import type { Slot } from '../api.ts'
import { type Language, localeOf, zoneStyleOf } from '../words/language.ts'

/** `currency`: ISO 4217. */
export const money = (cents: number, lang: Language, currency = 'EUR'): string =>
  (cents / 100).toLocaleString(lang, { style: 'currency', currency })

export const exactTime = (at: number, lang: Language): string =>
  new Date(at).toLocaleString(localeOf(lang), { dateStyle: 'medium', timeStyle: 'short' })

/** `Tue 3 Dec, 09:00–11:00`, by the clocks of a zone (the viewer's, unless one is given); another one than theirs is named. */
export function slotText({ from, to }: Slot, lang: Language, timeZone?: string): string {
  const locale = localeOf(lang)
  const zone = timeZone ? { timeZone } : {}
  const day = new Date(from).toLocaleDateString(locale, { weekday: 'short', day: 'numeric', month: 'short', ...zone })
  const hour = (at: number) =>
    new Date(at).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone })
  return `${day}, ${hour(from)}–${hour(to)}${timeZone ? zoneName(from, lang, timeZone) : ''}`
}

/** Of a zone whose clocks show another time than the viewer's. */
function zoneName(at: number, lang: Language, timeZone: string): string {
  const shown = (zone?: string) => new Date(at).toLocaleString('en-GB', zone ? { timeZone: zone } : {})
  if (shown(timeZone) === shown()) return ''
  const parts = new Intl.DateTimeFormat(localeOf(lang), { timeZone, timeZoneName: zoneStyleOf(lang) }).formatToParts(at)
  return ` ${parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone}`
}

/** `14:30`, by the clocks of a zone. */
export const clockTime = (at: number, lang: Language, timeZone: string): string =>
  new Date(at).toLocaleTimeString(localeOf(lang), {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  })
