/**
 * Times as people are told them: by the clocks of a zone, which is named. `name`: how zones are called in that language.
 */
export function timesIn(locale: string, name: 'short' | 'longGeneric'): (at: number, zone?: string) => string {
  const formats = new Map<string, { time: Intl.DateTimeFormat; zone: Intl.DateTimeFormat }>()
  return (at, zone = 'UTC') => {
    let format = formats.get(zone)
    if (!format) {
      const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone })
      format = { time, zone: new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: name }) }
      formats.set(zone, format)
    }
    const said =
      zone === 'UTC' ? 'UTC' : format.zone.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value
    return `${format.time.format(at)} ${said ?? zone}`
  }
}
