import type uPlot from 'uplot'
import { type Language, localeOf } from '../words/language.ts'

const HOUR = 3_600
const DAY = 86_400

/** Ticks at whole hours and days of the viewer's zone, 24 hours a day. */
export function timeAxis(lang: Language): Pick<uPlot.Axis, 'values' | 'space'> {
  const locale = localeOf(lang)
  const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const exact = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  return {
    space: 64,
    values: (_plot, ticks) => {
      const step = (ticks[1] ?? 0) - (ticks[0] ?? 0)
      return ticks.map((tick) => {
        const at = new Date(tick * 1000)
        const isMidnight = at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0
        if (step >= DAY || (step >= HOUR && isMidnight)) return date.format(at)
        return step < 60 ? exact.format(at) : clock.format(at)
      })
    },
  }
}
