import { DAY, distanceKm, type Location, type Millis } from '../../core/index.ts'

const WEEK = 7 * DAY
/** A service level of about 95 %: this many standard deviations of a Poisson count lie in the safety stock. */
const SAFETY = 1.64

/** A fault that is foreseen: where, which parts with which probability, and when it wants them. */
export interface ForeseenNeed {
  location?: Location
  /** Part → probability that its repair needs it. */
  parts: ReadonlyMap<string, number>
  /** Remaining life, ms from now; absent: within the first week. */
  life?: { p10: Millis; p90: Millis }
}

export interface DemandOptions {
  now: Millis
  weeks: number
  needs: readonly ForeseenNeed[]
  /** Parts fitted so far: when, where their ticket's home was. `foreseen`: its ticket came from a prediction. */
  fitted: readonly { at: Millis; part: string; place: string; foreseen: boolean }[]
  places: readonly { id: string; type: 'depot' | 'outlet' | 'van'; location: Location }[]
  stock: ReadonlyMap<string, ReadonlyMap<string, number>>
}

/** One part at one depot: what is expected, what lies there, and what to add. Quantities; weeks from now on. */
export interface RestockLine {
  place: string
  part: string
  /** Expected demand of each week from the foreseen faults and the rate of those that nobody foresees. */
  forecast: number[]
  /** The same weeks of a year ago: what a planner without predictions would expect. */
  lastYear: number[]
  available: number
  /** Units to bring there now, so that the weeks ahead are covered in about 95 of 100 cases. */
  proposed: number
}

/**
 * Demand by depot, part and week: foreseen faults spread evenly over their 80 % interval of remaining life, plus the
 * recent rate of repairs that no prediction came before (last 13 weeks). Pure.
 */
export function forecastDemand({ now, weeks, needs, fitted, places, stock }: DemandOptions): RestockLine[] {
  const depots = places.filter(({ type }) => type !== 'van')
  const lines = new Map<string, RestockLine>()
  const line = (place: string, part: string): RestockLine => {
    const key = `${place}/${part}`
    let found = lines.get(key)
    if (!found) {
      found = {
        place,
        part,
        forecast: new Array<number>(weeks).fill(0),
        lastYear: new Array<number>(weeks).fill(0),
        available: stock.get(place)?.get(part) ?? 0,
        proposed: 0,
      }
      lines.set(key, found)
    }
    return found
  }
  for (const { location, parts, life } of needs) {
    const place = nearestId(depots, location)
    if (!place) continue
    const from = life ? life.p10 : 0
    const to = Math.max(life ? life.p90 : WEEK, from + DAY)
    for (const [part, probability] of parts) {
      const { forecast } = line(place, part)
      for (let week = 0; week < weeks; week++) {
        const within = Math.max(0, Math.min(to, (week + 1) * WEEK) - Math.max(from, week * WEEK)) / (to - from)
        forecast[week] = (forecast[week] ?? 0) + probability * within
      }
    }
  }
  const yearAgo = now - 364 * DAY
  for (const { at, part, place, foreseen } of fitted) {
    const week = Math.floor((at - yearAgo) / WEEK)
    if (week >= 0 && week < weeks) {
      const { lastYear } = line(place, part)
      lastYear[week] = (lastYear[week] ?? 0) + 1
    }
    if (!foreseen && at > now - 13 * WEEK && at <= now) {
      const { forecast } = line(place, part)
      for (let i = 0; i < weeks; i++) forecast[i] = (forecast[i] ?? 0) + 1 / 13
    }
  }
  for (const found of lines.values()) {
    const expected = found.forecast.reduce((sum, value) => sum + value, 0)
    found.proposed = Math.max(0, Math.ceil(expected + SAFETY * Math.sqrt(expected) - found.available - 1e-9))
  }
  return [...lines.values()].sort((a, b) => b.proposed - a.proposed || (a.place + a.part < b.place + b.part ? -1 : 1))
}

/** The place that serves a home: the nearest, or the first where the home is not known. */
export function nearestId(places: DemandOptions['places'], location?: Location): string | undefined {
  if (!location) return places[0]?.id
  let best: string | undefined
  let least = Infinity
  for (const place of places) {
    const km = distanceKm(place.location, location)
    if (km < least) {
      least = km
      best = place.id
    }
  }
  return best
}
