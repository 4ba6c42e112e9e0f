import type { Database, Millis, Render, TicketState, UnitOfWork } from '../../core/index.ts'
import { notFound, ticketStatesWhere } from '../../core/index.ts'
import type { OwnerLinks } from '../access/ownerLinks.ts'
import { toReason } from './storedReason.ts'
import type { StoredTicket } from './storedTicket.ts'
import { type TicketEvent, toStored } from './ticketTable.ts'
import { inWords, type TicketView } from './ticketView.ts'

/** Exact values of what tickets are counted by; `undecided` for one without a verdict. */
export const ticketFilters = ['source', 'kind', 'model', 'version', 'failureMode', 'verdict'] as const

export interface TicketQuery extends Partial<Record<(typeof ticketFilters)[number], string>> {
  state?: string
  appliance?: string
  /** Only those that changed at that moment or later. */
  changedSince?: Millis
  limit: number
  cursor?: string
}

export async function loadTicket(tx: Pick<UnitOfWork, 'selectFrom'>, id: string): Promise<StoredTicket> {
  const row = await tx.selectFrom('ticket').select('body').where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound('ticket', id)
  return toStored(row)
}

/** Everything that is asked of tickets without changing them. */
export function ticketQueries(database: Database, publicUrl: () => string, links: OwnerLinks, render: Render) {
  async function historyOf(ids: string[]): Promise<Map<string, TicketEvent[]>> {
    const histories = new Map<string, TicketEvent[]>(ids.map((id) => [id, []]))
    if (ids.length === 0) return histories
    const rows = await database.query
      .selectFrom('ticketEvent')
      .selectAll()
      .where('ticket', 'in', ids)
      .orderBy('seq')
      .execute()
    for (const { ticket, at, by, from, to, why } of rows) {
      const step = { at, by, from: from as TicketState | null, to: to as TicketState, why: toReason(why) }
      histories.get(ticket)?.push(step)
    }
    return histories
  }

  const view = (ticket: StoredTicket, history: TicketEvent[]): TicketView =>
    inWords(ticket, history, publicUrl() + links.path('t', ticket.id, ticket.appliance), render)
  const read = async (id: string): Promise<TicketView> => {
    const ticket = await loadTicket(database.query, id)
    return view(ticket, (await historyOf([id])).get(id) ?? [])
  }
  return {
    get: read,
    async bySecret(secret: string) {
      const row = await database.query
        .selectFrom('ticket')
        .select('body')
        .where('id', '=', links.idOf(secret))
        .executeTakeFirst()
      const ticket = row && toStored(row)
      if (!ticket || !links.opens('t', ticket.id, ticket.appliance, secret)) throw notFound('ticket', 'of this link')
      return { ...ticket, history: (await historyOf([ticket.id])).get(ticket.id) ?? [] }
    },
    async list({ state, appliance, changedSince, limit, cursor, ...filters }: TicketQuery) {
      let query = database.query.selectFrom('ticket').select(['id', 'createdAt', 'body'])
      if (state) query = query.where('state', 'in', state.split(','))
      if (appliance) query = query.where('appliance', '=', appliance)
      for (const name of ticketFilters) {
        const value = filters[name]
        if (value === undefined) continue
        query =
          name === 'verdict' && value === 'undecided' ? query.where(name, 'is', null) : query.where(name, '=', value)
      }
      if (changedSince !== undefined) {
        const changed = database.query.selectFrom('ticketChange').select('ticket').where('at', '>=', changedSince)
        query = query.where('id', 'in', changed)
      }
      if (cursor) {
        const [at, after] = cursor.split('.') as [string, string]
        query = query.where((eb) =>
          eb.or([eb('createdAt', '<', Number(at)), eb.and([eb('createdAt', '=', Number(at)), eb('id', '<', after)])]),
        )
      }
      const rows = await query
        .orderBy('createdAt', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const page = rows.slice(0, limit)
      const histories = await historyOf(page.map(({ id }) => id))
      const items = page.map((row) => view(toStored(row), histories.get(row.id) ?? []))
      const last = page[limit - 1]
      return rows.length > limit && last ? { items, next: `${last.createdAt}.${last.id}` } : { items }
    },
    async living(appliances?: string[]) {
      let query = database.query
        .selectFrom('ticket')
        .select(['id', 'appliance'])
        .where('state', 'in', ticketStatesWhere('living'))
      if (appliances) query = query.where('appliance', 'in', appliances)
      const found = new Map<string, string[]>()
      for (const { id, appliance } of await query.execute()) found.set(appliance, [...(found.get(appliance) ?? []), id])
      return found
    },
  }
}
