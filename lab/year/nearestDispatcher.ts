import { distanceKm, type Engineer, type Location, type Millis, ticketStatesWhere } from '../../core/index.ts'
import type { ApiClient } from '../../simulator/index.ts'

interface Waiting {
  id: string
  appliance: string
  state: string
  engineer?: string
  assignedByHand?: boolean
  candidates: { engineer: string; rejectedBecause?: string }[]
}

/** Why somebody could not go though they may: the calendar, at which this desk does not look. */
const OFF = 'has the day off'

/**
 * The dispatcher that others are measured by: each agreed job goes to the nearest engineer who may do it, whatever they
 * have to do that day, and whatever their van holds. Through the product's own calls, by hand.
 */
export class NearestDispatcher {
  readonly #api: ApiClient
  readonly #engineers: readonly Engineer[]
  readonly #placeOf: (appliance: string) => Location | undefined
  #lookedAt: Millis = 0
  constructor(api: ApiClient, engineers: readonly Engineer[], placeOf: (appliance: string) => Location | undefined) {
    this.#api = api
    this.#engineers = engineers
    this.#placeOf = placeOf
  }

  async act(now: Millis): Promise<void> {
    const { items } = await this.#api.call<{ items: Waiting[] }>(
      'GET',
      `/api/tickets?state=${ticketStatesWhere('plan').join()}&changedSince=${this.#lookedAt}&limit=1000`,
    )
    this.#lookedAt = now
    for (const ticket of items) if (!ticket.assignedByHand) await this.#give(ticket)
  }

  async #give({ id, appliance, candidates }: Waiting): Promise<void> {
    const place = this.#placeOf(appliance)
    const may = new Set(
      candidates.flatMap(({ engineer, rejectedBecause: no }) => (no === undefined || no === OFF ? [engineer] : [])),
    )
    const nearest = this.#engineers
      .filter((engineer) => may.has(engineer.id))
      .map((engineer) => ({ engineer: engineer.id, km: place ? distanceKm(engineer.location, place) : 0 }))
      .toSorted((a, b) => a.km - b.km)
    for (const { engineer } of nearest) {
      try {
        await this.#api.call('POST', `/api/tickets/${id}/assign`, { engineer, why: 'lives nearest' })
        return
      } catch {
        // Isolated, or not of the grade since: the next one.
      }
    }
  }
}
