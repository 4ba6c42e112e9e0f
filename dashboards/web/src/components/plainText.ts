// Money and times as people read them, for pages that load nothing else.
import type { Slot } from '../api.ts'

/** `currency`: ISO 4217. */
export const money = (cents: number, lang: string, currency = 'EUR'): string =>
  (cents / 100).toLocaleString(lang, { style: 'currency', currency })

export const exactTime = (at: number, lang: string): string =>
  new Date(at).toLocaleString(lang === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** `Tue 3 Dec, 09:00–11:00`, by the clocks of a zone (the viewer's, unless one is given); another one than theirs is named. */
export function slotText({ from, to }: Slot, lang: string, timeZone?: string): string {
  const locale = lang === 'zh' ? 'zh-CN' : 'en-GB'
  const zone = timeZone ? { timeZone } : {}
  const day = new Date(from).toLocaleDateString(locale, { weekday: 'short', day: 'numeric', month: 'short', ...zone })
  const hour = (at: number) =>
    new Date(at).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone })
  return `${day}, ${hour(from)}–${hour(to)}${timeZone ? zoneName(from, locale, timeZone) : ''}`
}

/** Of a zone whose clocks show another time than the viewer's. */
function zoneName(at: number, locale: string, timeZone: string): string {
  const shown = (zone?: string) => new Date(at).toLocaleString('en-GB', zone ? { timeZone: zone } : {})
  if (shown(timeZone) === shown()) return ''
  const style = locale === 'zh-CN' ? 'longGeneric' : 'short'
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: style }).formatToParts(at)
  return ` ${parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone}`
}

/** `14:30`, by the clocks of a zone. */
export const clockTime = (at: number, lang: string, timeZone: string): string =>
  new Date(at).toLocaleTimeString(lang === 'zh' ? 'zh-CN' : 'en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  })
