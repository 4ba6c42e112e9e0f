/** Country by ISO 3166-1 → the zones that the runtime's own data gives it; asked once. */
let byZone: ReadonlyMap<string, string> | undefined

/**
 * The country in which a time zone lies, by ISO 3166-1 (`CN`); undefined for zones of no country (`UTC`). Source: CLDR's
 * territories of time zones, as the runtime carries them.
 */
export function regionOf(zone: string): string | undefined {
  byZone ??= readZones()
  // Most names are the canonical ones; which another one stands for is dear to ask.
  return byZone.get(zone) ?? byZone.get(canonical(zone))
}

const canonical = (zone: string): string => new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone

function readZones(): Map<string, string> {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  // Most pairs of letters are no country: that is told sooner than their zones are looked up.
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const regions = letters.flatMap((one) => letters.map((two) => one + two)).filter((region) => names.of(region))
  const zones = new Map<string, string>()
  // Of two names of a country, a former one comes as today's; zones come by their canonical names.
  for (const region of regions)
    for (const zone of zonesOf(region)) if (!zones.has(zone)) zones.set(zone, current(region))
  return zones
}

/** A country that is called otherwise today (`DD`) by its name of today. */
const current = (region: string): string => new Intl.Locale(`und-${region}`).region ?? region

/** Not every code is a country; of those that are none the runtime knows no zone. */
function zonesOf(region: string): readonly string[] {
  const locale: Intl.Locale & { getTimeZones?: () => string[] | undefined } = new Intl.Locale(`und-${region}`)
  return locale.getTimeZones?.() ?? []
}
