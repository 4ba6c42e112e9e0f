import { DAY, type Millis, type TicketSource, type TicketState, ticketIs, ticketStatesWhere } from '../../core/index.ts'
import type { ApiClient } from './apiClient.ts'

/** As much of a ticket as people look at. */
export interface TicketSeen {
  id: string
  appliance: string
  kind?: string
  state: TicketState
  failureMode?: string
  source: TicketSource
  job?: string
  priority?: number
  engineer?: string
  heldBy?: string
  ownerLink: string
  owner?: unknown
  slot?: { from: Millis; to: Millis }
  clocks?: { name: string; doneAt?: Millis }[]
  visit?: { startedAt: Millis; endedAt?: Millis }
  closure?: { at: Millis; cause: string; parts: string[] }
  rating?: unknown
  guide?: { triedAt?: Millis }
  check?: { questions: string[]; askedAt: Millis; answeredAt?: Millis }
  checklist?: { at: Millis; answers: Record<string, unknown> }
  ownerTicks?: unknown
  history: { at: Millis; from: string | null; to: string }[]
}

/** One that is being prepared may ask its owner something. */
const isWatched = (state: TicketState): boolean =>
  ticketIs(state, 'awaitsPeople') || (ticketIs(state, 'undecided') && !ticketIs(state, 'lost'))
const ended = ticketStatesWhere('mended')
const unended = ticketStatesWhere('living').filter(isWatched)
/** Nobody comes back to a ticket that ended so long ago. */
const FORGOTTEN_AFTER = 4 * DAY
const PAGE = 1_000

export const isOpen = ({ state }: TicketSeen): boolean => !ticketIs(state, 'mended')

/** Tickets that somebody may still have to do with, as they last were: read in full once, then what changed. */
export class TicketWatch {
  #api: ApiClient
  #seen = new Map<string, TicketSeen>()
  /** Their newest change, by the product's clock. */
  #lookedAt: Millis = 0
  constructor(api: ApiClient) {
    this.#api = api
  }

  /** Reads what changed since the last look; the first time, everything that lives and what ended lately. */
  async look(now: Millis): Promise<TicketSeen[]> {
    for (const ticket of await this.#list()) {
      this.#lookedAt = Math.max(this.#lookedAt, ticket.history.at(-1)?.at ?? 0)
      if (isWatched(ticket.state)) this.#seen.set(ticket.id, ticket)
      else this.#seen.delete(ticket.id)
    }
    for (const [id, { closure, state }] of this.#seen) {
      if (closure && ticketIs(state, 'mended') && closure.at < now - FORGOTTEN_AFTER) this.#seen.delete(id)
    }
    return [...this.#seen.values()]
  }

  async #list(): Promise<TicketSeen[]> {
    const api = this.#api
    if (this.#lookedAt === 0) {
      const pages = await Promise.all([
        api.call<{ items: TicketSeen[] }>('GET', `/api/tickets?state=${unended.join()}&limit=${PAGE}`),
        api.call<{ items: TicketSeen[] }>('GET', `/api/tickets?state=${ended.join()}&limit=200`),
      ])
      return pages.flatMap(({ items }) => items)
    }
    const found: TicketSeen[] = []
    for (let cursor = ''; ; ) {
      const page = await api.call<{ items: TicketSeen[]; next?: string }>(
        'GET',
        `/api/tickets?changedSince=${this.#lookedAt}&limit=${PAGE}${cursor}`,
      )
      found.push(...page.items)
      if (page.next === undefined) return found
      cursor = `&cursor=${page.next}`
    }
  }
}
