import { DAY, type Engineer, HOUR, type Millis, type Slot } from '../../core/index.ts'
import type { ApiClient } from './apiClient.ts'
import type { Hardships } from './hardships.ts'
import { sunDay, sunHour, sunMidnight } from './sunTime.ts'

/** The desk knows so far ahead when its engineers are not to be had, and hears of it once a week. */
const KNOWN_DAYS = 28
const WEEK = 7 * DAY
/** Whoever is ill calls at this hour of the sun. */
const CALLS_AT = 6

/** When engineers are not to be had: what the desk is told of it, through the product's own calls, and how it is. */
export class Roster {
  readonly #api: ApiClient
  readonly #engineers: readonly Engineer[]
  readonly #hardships: Hardships
  #planned = new Map<string, Slot[]>()
  #until: Millis = 0
  #ill = new Map<string, number>()
  constructor(api: ApiClient, engineers: readonly Engineer[], hardships: Hardships) {
    this.#api = api
    this.#engineers = engineers
    this.#hardships = hardships
  }

  async act(now: Millis): Promise<void> {
    const isNew = now >= this.#until
    if (isNew) {
      this.#until = now + WEEK
      for (const { id, location } of this.#engineers)
        this.#planned.set(id, this.#hardships.planned(id, location.lon, now - DAY, now + KNOWN_DAYS * DAY))
    }
    const told = this.#engineers.filter((engineer) => this.#callsIn(engineer, now) || isNew)
    if (told.length === 0) return
    await this.#api.call(
      'POST',
      '/api/engineers',
      told.map((engineer) => ({ ...engineer, daysOff: this.#daysOff(engineer, now) })),
    )
  }

  /** Until when an engineer is not to be had, of this moment; undefined: they are. */
  awayUntil(engineer: string, at: Millis): Millis | undefined {
    const planned = this.#planned.get(engineer)?.find(({ from, to }) => at >= from && at < to)
    if (planned) return planned.to
    const own = this.#engineers.find(({ id }) => id === engineer)
    return own && this.#ill.get(engineer) === sunDay(at, own.location.lon) ? at + HOUR : undefined
  }

  /** Ill today, and the desk has not heard of it. */
  #callsIn({ id, location: { lon } }: Engineer, now: Millis): boolean {
    const today = sunDay(now, lon)
    if (sunHour(now, lon) < CALLS_AT || this.#ill.get(id) === today || !this.#hardships.isIll(id, now)) return false
    this.#ill.set(id, today)
    return true
  }
  #daysOff({ id, location: { lon } }: Engineer, now: Millis): Slot[] {
    const planned = this.#planned.get(id) ?? []
    const today = sunDay(now, lon)
    if (this.#ill.get(id) !== today) return planned
    const midnight = sunMidnight(today, lon)
    return [...planned, { from: midnight, to: midnight + DAY }]
  }
}
