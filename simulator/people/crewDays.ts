import { distanceKm, HOUR, type Location, type Millis } from '../../core/index.ts'
import { sunHour } from './sunTime.ts'

const DRIVES_KM_PER_HOUR = 25
/** Nobody begins a visit outside of these hours of the sun. */
const WORKS = [8, 19] as const
/** A visit that was called off meanwhile keeps nobody. */
const LONGEST = 6 * HOUR

export interface CrewDaysOptions {
  engineers: readonly { id: string; location: Location }[]
  placeOf: (appliance: string) => Location | undefined
  /** Until when somebody is not to be had, of a moment. */
  awayUntil: (engineer: string, at: Millis) => Millis | undefined
}

/** Engineers are at one place at a time: whoever is still with somebody else, on the way, or away comes later. */
export class CrewDays {
  readonly #options: CrewDaysOptions
  readonly #homes: ReadonlyMap<string, Location>
  /** Since when an engineer is with somebody. */
  #at = new Map<string, Millis>()
  /** Where they were last, and since when they are free. */
  #free = new Map<string, { place: Location; since: Millis }>()
  constructor(options: CrewDaysOptions) {
    this.#options = options
    this.#homes = new Map(options.engineers.map(({ id, location }) => [id, location]))
  }

  /** Whether an engineer could be there by now. */
  isThere(engineer: string, appliance: string, now: Millis): boolean {
    const home = this.#homes.get(engineer)
    const began = this.#at.get(engineer)
    const isBusy = began !== undefined && now < began + LONGEST
    if (!home || isBusy || this.#options.awayUntil(engineer, now) !== undefined) return false
    const hour = sunHour(now, home.lon)
    if (hour < WORKS[0] || hour >= WORKS[1]) return false
    const place = this.#options.placeOf(appliance)
    const free = this.#free.get(engineer)
    if (!place || !free) return true
    return now >= free.since + (distanceKm(free.place, place) / DRIVES_KM_PER_HOUR) * HOUR
  }
  arrived(engineer: string, now: Millis): void {
    this.#at.set(engineer, now)
  }
  left(engineer: string, appliance: string, now: Millis): void {
    this.#at.delete(engineer)
    const place = this.#options.placeOf(appliance)
    if (place) this.#free.set(engineer, { place, since: now })
  }
}
