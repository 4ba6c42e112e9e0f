import { type Millis, notFound, Problem, type TicketId, type TicketState, ticketStatesWhere } from '../../core/index.ts'
import { refuseErased } from '../access/refuseErased.ts'
import { type Placed, zoneOf } from '../calendar/workCalendar.ts'
import type { StoredTicket } from './store/storedTicket.ts'
import {
  findTickets,
  historyOf,
  leanTickets,
  loadTicket,
  storedTickets,
  ticketAsOf,
  ticketFates,
  type ticketFilters,
  ticketIds,
  tickets,
} from './store/ticketRepository.ts'
import { type Ticket, toStored } from './ticket.ts'
import type { TicketEvent } from './ticketCommand.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'
import { factsInWords, inWords, type TicketView } from './ticketView.ts'

export interface TicketQuery extends Partial<Record<(typeof ticketFilters)[number], string>> {
  state?: string
  appliance?: string
  /** Only those that changed at that moment or later. */
  changedSince?: Millis
  limit: number
  cursor?: string
}

/** Everything that is asked of tickets without changing them. */
export function ticketQueries({
  database,
  publicUrl,
  links,
  render,
  appliance: applianceOf,
  policies,
}: TicketServiceOptions) {
  const db = database.query
  const view = (ticket: StoredTicket, history: readonly TicketEvent[] = []): TicketView =>
    inWords(
      ticket,
      history,
      {
        ownerLink: publicUrl() + links.path('t', ticket.id, ticket.appliance),
        timeZone: zoneNameOf(ticket.appliance),
      },
      render,
    )
  /** One that another program registered is nowhere that is known here; its ticket is shown all the same. */
  const placeOf = (appliance: string): Placed => {
    try {
      return applianceOf(appliance)
    } catch (error) {
      if (error instanceof Problem) return {}
      throw error
    }
  }
  const zoneNameOf = (appliance: string): string => zoneOf(placeOf(appliance), policies.live)
  /** A ticket that is known already, with its history. */
  const viewOf = async (ticket: Ticket): Promise<TicketView> =>
    view(toStored(ticket), (await historyOf(db, [ticket.id])).get(ticket.id))
  return {
    viewOf,
    /** As it stood. Who was considered, and the link, are worked out anew whenever they are asked: of then they are not told. */
    async asOf(id: TicketId, at: number): Promise<Omit<TicketView, 'history'> | undefined> {
      const then = await ticketAsOf(db, at, id)
      if (!then) return undefined
      return { ...factsInWords(then, render), candidates: [], ownerLink: '', timeZone: zoneNameOf(then.appliance) }
    },
    get: async (id: TicketId): Promise<TicketView> => viewOf(await loadTicket(db, id)),
    /** @throws Problem `not-found` */
    async bySecret(secret: string): Promise<Ticket & { history: readonly TicketEvent[] }> {
      const [ticket] = await tickets(db, { ids: [links.idOf(secret)] })
      if (!ticket || !links.opens('t', ticket.id, ticket.appliance, secret)) {
        if (ticket) await refuseErased(database, links, 't', ticket.id, ticket.appliance, secret)
        throw notFound('ticket', 'of this link')
      }
      return { ...ticket, history: (await historyOf(db, [ticket.id])).get(ticket.id) ?? [] }
    },
    async list({ state, appliance, changedSince, limit, cursor, ...exact }: TicketQuery) {
      const [at = '', after = ''] = cursor?.split('.') ?? []
      const found = await storedTickets(db, {
        ...(state ? { states: state.split(',') as TicketState[] } : {}),
        ...(appliance ? { appliance } : {}),
        ...(changedSince === undefined ? {} : { changedSince }),
        ...(cursor ? { cursor: { createdAt: Number(at), id: after } } : {}),
        exact,
        order: ['createdAt', 'id'],
        newestFirst: true,
        limit: limit + 1,
      })
      const page = found.slice(0, limit)
      const histories = await historyOf(
        db,
        page.map(({ id }) => id),
      )
      const items = page.map((ticket) => view(ticket, histories.get(ticket.id)))
      const last = page[limit - 1]
      return found.length > limit && last ? { items, next: `${last.createdAt}.${last.id}` } : { items }
    },
    find: (text: string, appliances: readonly string[], limit: number) => findTickets(db, text, appliances, limit),
    fates: (ids: readonly TicketId[]) => ticketFates(db, ids),
    async people(ids: readonly TicketId[]) {
      const found = ids.length === 0 ? [] : await leanTickets(db, { ids })
      return new Map(
        found.map(({ id, appliance, number, state, owner }) => [
          id,
          { appliance, number, state, ...(owner ? { owner } : {}) },
        ]),
      )
    },
    async living(appliances?: string[]): Promise<Map<string, TicketId[]>> {
      const ids = new Map<string, TicketId[]>()
      for (const { id, appliance } of await ticketIds(db, { states: ticketStatesWhere('living'), appliances }))
        ids.set(appliance, [...(ids.get(appliance) ?? []), id])
      return ids
    },
  }
}
