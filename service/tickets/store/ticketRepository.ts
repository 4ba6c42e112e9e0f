import { type SelectQueryBuilder, sql } from 'kysely'
import {
  type ByName,
  byName,
  type Database,
  keptReason,
  type Millis,
  markPersonal,
  notFound,
  personOf,
  type Tables,
  type TicketId,
  type TicketState,
  ticketIdSchema,
  type UnitOfWork,
} from '../../../core/index.ts'
import { jsonColumn, readable } from '../../../database/index.ts'
import { nextDue, nextPromise } from '../deadlines.ts'
import { type Ticket, toStored, toTicket } from '../ticket.ts'
import type { TicketEvent } from '../ticketCommand.ts'
import { markTicket } from './markTicket.ts'
import { diff, fold, readPatch } from './patches.ts'
import { readLean, readStored } from './readTicket.ts'
import type { LeanTicket, StoredTicket, TicketThen } from './storedTicket.ts'

/** Whatever may be asked: the database, or an open transaction. */
export type Reading = Pick<UnitOfWork, 'selectFrom'>

/** Exact values of what tickets are counted by; `undecided` for one without a verdict. */
export const ticketFilters = ['source', 'kind', 'model', 'version', 'failureMode', 'verdict'] as const

/** Which tickets; everything that is given must hold. */
export interface TicketFilter {
  readonly ids?: readonly string[]
  readonly appliance?: string
  readonly kind?: string
  readonly engineer?: string
  readonly states?: readonly TicketState[]
  readonly notSource?: string
  readonly isClosed?: true
  readonly isUndecided?: true
  readonly closedSince?: Millis
  /** Not closed, or closed since. */
  readonly openSince?: Millis
  readonly createdFrom?: Millis
  readonly createdBefore?: Millis
  readonly slotFrom?: Millis
  readonly slotUntil?: Millis
  readonly dueBy?: Millis
  /** The first promise that is owed ends within this time. */
  readonly promisedFrom?: Millis
  readonly promisedUntil?: Millis
  readonly changedSince?: Millis
  readonly but?: readonly string[]
  readonly afterId?: string
  readonly exact?: Partial<Record<(typeof ticketFilters)[number], string>>
  readonly cursor?: { readonly createdAt: Millis; readonly id: string }
  readonly order?: readonly ('id' | 'createdAt' | 'closedAt' | 'slotFrom' | 'nextDueAt')[]
  readonly newestFirst?: true
  readonly limit?: number
}

type Query = SelectQueryBuilder<Tables, 'ticket', object>

function narrowed(db: Reading, filter: TicketFilter): Query {
  const { states, but, ids, exact = {}, cursor, changedSince, openSince } = filter
  let query: Query = db.selectFrom('ticket')
  if (ids) query = query.where('id', 'in', ids)
  if (filter.appliance !== undefined) query = query.where('appliance', '=', filter.appliance)
  if (filter.engineer !== undefined) query = query.where('engineer', '=', filter.engineer)
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind)
  if (states) query = query.where('state', 'in', states)
  if (filter.notSource !== undefined) query = query.where('source', '!=', filter.notSource)
  if (filter.isClosed) query = query.where('closedAt', 'is not', null)
  if (filter.isUndecided) query = query.where('verdict', 'is', null)
  if (filter.closedSince !== undefined) query = query.where('closedAt', '>=', filter.closedSince)
  if (openSince !== undefined)
    query = query.where((eb) => eb.or([eb('closedAt', 'is', null), eb('closedAt', '>=', openSince)]))
  if (filter.createdFrom !== undefined) query = query.where('createdAt', '>=', filter.createdFrom)
  if (filter.createdBefore !== undefined) query = query.where('createdAt', '<', filter.createdBefore)
  if (filter.slotFrom !== undefined) query = query.where('slotFrom', '>=', filter.slotFrom)
  if (filter.slotUntil !== undefined) query = query.where('slotFrom', '<=', filter.slotUntil)
  if (filter.dueBy !== undefined) query = query.where('nextDueAt', '<=', filter.dueBy)
  if (filter.promisedFrom !== undefined) query = query.where('promisedAt', '>=', filter.promisedFrom)
  if (filter.promisedUntil !== undefined) query = query.where('promisedAt', '<=', filter.promisedUntil)
  if (but && but.length > 0) query = query.where('id', 'not in', but)
  if (filter.afterId !== undefined) query = query.where('id', '>', filter.afterId)
  for (const name of ticketFilters) {
    const value = exact[name]
    if (value === undefined) continue
    query = name === 'verdict' && value === 'undecided' ? query.where(name, 'is', null) : query.where(name, '=', value)
  }
  if (changedSince !== undefined)
    query = query.where('id', 'in', db.selectFrom('ticketChange').select('ticket').where('at', '>=', changedSince))
  if (cursor) {
    const { createdAt, id } = cursor
    query = query.where((eb) =>
      eb.or([eb('createdAt', '<', createdAt), eb.and([eb('createdAt', '=', createdAt), eb('id', '<', id)])]),
    )
  }
  for (const column of filter.order ?? []) query = query.orderBy(column, filter.newestFirst ? 'desc' : 'asc')
  return filter.limit === undefined ? query : query.limit(filter.limit)
}

/** As they are kept. */
export const storedTickets = async (db: Reading, filter: TicketFilter): Promise<StoredTicket[]> =>
  readable(await narrowed(db, filter).select(['id', 'body', 'candidates']).execute(), readStored)

/** Without who was considered for each: quick, and nothing that may be saved. */
export const leanTickets = async (db: Reading, filter: TicketFilter): Promise<LeanTicket[]> =>
  readable(await narrowed(db, filter).select(['id', 'body']).execute(), readLean)

/** Each to be read by itself, so that one that cannot be read stands in nobody's way. */
export const ticketRows = async (db: Reading, filter: TicketFilter): Promise<{ id: string; read: () => Ticket }[]> =>
  (await narrowed(db, filter).select(['id', 'body', 'candidates']).execute()).map((row) => ({
    id: row.id,
    read: () => toTicket(readStored(row)),
  }))

export const tickets = async (db: Reading, filter: TicketFilter): Promise<Ticket[]> =>
  (await storedTickets(db, filter)).map(toTicket)

/** @throws Problem `not-found`, `row-unreadable` */
export async function loadTicket(db: Reading, id: string): Promise<Ticket> {
  const [found] = await ticketRows(db, { ids: [id] })
  if (!found) throw notFound('ticket', id)
  return found.read()
}

/** Ids of appliance and ticket, of those in these states; the newest first. */
export async function ticketIds(
  db: Reading,
  of: { states: readonly TicketState[]; appliances?: readonly string[] | undefined },
): Promise<{ id: TicketId; appliance: string }[]> {
  const query = db.selectFrom('ticket').select(['id', 'appliance']).where('state', 'in', of.states)
  const narrow = of.appliances ? query.where('appliance', 'in', of.appliances) : query
  const rows = await narrow.orderBy('createdAt', 'desc').orderBy('id').execute()
  return rows.map(({ id, appliance }) => ({ id: ticketIdSchema.parse(id), appliance }))
}

/** How a ticket is called, whose it is, and where it stands. */
export type TicketFate = Pick<Ticket, 'appliance' | 'number' | 'state'>
/** By id; what is not there is left out. */
export async function ticketFates(db: Reading, ids: readonly TicketId[]): Promise<ReadonlyMap<TicketId, TicketFate>> {
  if (ids.length === 0) return new Map()
  const columns = ['id', 'appliance', 'number', 'state'] as const
  const rows = await db.selectFrom('ticket').select(columns).where('id', 'in', ids).execute()
  return new Map(
    rows.map(({ id, state, ...row }) => [ticketIdSchema.parse(id), { ...row, state: state as TicketState }]),
  )
}

/** Whose number has this text, or whose appliance is one of these or has it in its id; the newest first. */
export async function findTickets(
  db: Reading,
  text: string,
  appliances: readonly string[],
  limit: number,
): Promise<{ id: TicketId; number: string; appliance: string; state: TicketState }[]> {
  const like = `%${text.toLowerCase().replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const rows = await db
    .selectFrom('ticket')
    .select(['id', 'number', 'appliance', 'state'])
    .where((eb) =>
      eb.or([
        sql<boolean>`lower(number) like ${like} escape '\\'`,
        sql<boolean>`lower(appliance) like ${like} escape '\\'`,
        ...(appliances.length > 0 ? [eb('appliance', 'in', appliances)] : []),
      ]),
    )
    .orderBy('createdAt', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...row, id: ticketIdSchema.parse(row.id), state: row.state as TicketState }))
}

/** How many tickets an appliance ever had. */
export async function countOf(db: Reading, appliance: string): Promise<number> {
  const counted = db.selectFrom('ticket').select((eb) => eb.fn.countAll<number>().as('count'))
  return Number((await counted.where('appliance', '=', appliance).executeTakeFirstOrThrow()).count)
}

const whys = jsonColumn('ticketEvent', 'why', keptReason)

/** The steps of each, the oldest first. */
export async function historyOf(db: Reading, ids: readonly string[]): Promise<Map<string, TicketEvent[]>> {
  const histories = new Map<string, TicketEvent[]>(ids.map((id) => [id, []]))
  if (ids.length === 0) return histories
  const rows = await db.selectFrom('ticketEvent').selectAll().where('ticket', 'in', ids).orderBy('seq').execute()
  const steps = readable(rows, ({ seq, why, ...row }) => ({ ...row, why: whys.read(why, seq) }))
  for (const { ticket, at, by, from, to, why } of steps)
    histories.get(ticket)?.push({ at, by, from: from as TicketState | null, to: to as TicketState, why })
  return histories
}

const columns = ({ candidates, ...ticket }: StoredTicket) => ({
  appliance: ticket.appliance,
  kind: ticket.kind,
  state: ticket.state,
  source: ticket.source,
  engineer: ticket.engineer ?? null,
  failureMode: ticket.failureMode ?? null,
  verdict: ticket.closure?.verdict ?? (ticket.dismissed ? 'refuted' : null),
  model: ticket.model,
  version: ticket.said?.version ?? null,
  probability: ticket.said?.probability ?? null,
  lifeHours: ticket.said?.lifeHours ?? null,
  priority: ticket.priority,
  createdAt: ticket.createdAt,
  closedAt: ticket.closure?.at ?? null,
  nextDueAt: nextDue(ticket),
  promisedAt: nextPromise(ticket),
  slotFrom: ticket.slot?.from ?? null,
  body: JSON.stringify(markTicket(personOf(ticket.appliance, ticket.owner), ticket.source, ticket)),
  candidates: JSON.stringify(candidates),
})

/** Writes a ticket as it is now, what happened, and what changed since `before`; undefined: it is new. */
export async function saveTicket(
  tx: UnitOfWork,
  before: Ticket | undefined,
  after: Ticket,
  events: readonly TicketEvent[],
  at: Millis,
): Promise<void> {
  const stored = toStored(after)
  const of = personOf(stored.appliance, stored.owner)
  if (before === undefined) {
    const row = { id: stored.id, number: stored.number, secret: stored.id, ...columns(stored) }
    await tx.insertInto('ticket').values(row).execute()
  } else await tx.updateTable('ticket').set(columns(stored)).where('id', '=', stored.id).execute()
  if (events.length > 0) {
    const rows = events.map((event) => ({ ticket: stored.id, ...markPersonal(of, event) }))
    await tx
      .insertInto('ticketEvent')
      .values(rows.map(({ why, ...row }) => ({ ...row, why: JSON.stringify(why) })))
      .execute()
  }
  const patch = diff(before ? toStored(before) : {}, stored)
  if (!patch) return
  await tx
    .insertInto('ticketChange')
    .values({
      ticket: stored.id,
      at,
      patch: JSON.stringify({ ...patch, set: markTicket(of, stored.source, patch.set ?? {}) }),
    })
    .execute()
}

/** The next number of all tickets, from 1. */
export async function nextNumber(tx: UnitOfWork): Promise<number> {
  const { last } = await tx
    .updateTable('ticketSequence')
    .set((eb) => ({ last: eb('last', '+', 1) }))
    .where('name', '=', 'number')
    .returning('last')
    .executeTakeFirstOrThrow()
  return last
}

/** Tickets whose changes are read together. */
const READ_AT_ONCE = 500

/** Each ticket as it stood at a moment; in no order. O(changes up to then), never more of them in memory than of a few hundred tickets. */
async function* eachAsOf(db: Database['query'], at: Millis): AsyncGenerator<TicketThen> {
  for (let afterId = ''; ; ) {
    const some = await narrowed(db, { afterId, order: ['id'], limit: READ_AT_ONCE })
      .select('id')
      .execute()
    const last = some.at(-1)
    if (last === undefined) return
    const changes = await db
      .selectFrom('ticketChange')
      .select(['seq', 'ticket', 'patch'])
      .where(
        'ticket',
        'in',
        some.map(({ id }) => id),
      )
      .where('at', '<=', at)
      .orderBy('seq')
      .execute()
    // One that lacks a change is not as it was then: it is left out, and told.
    yield* readable([...Map.groupBy(changes, ({ ticket }) => ticket).values()], (rows) => fold(rows.map(readPatch)))
    afterId = last.id
  }
}

const byMaking = (a: Pick<TicketThen, 'createdAt' | 'id'>, b: Pick<TicketThen, 'createdAt' | 'id'>): number =>
  a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)

/** Those of them that are asked for, in the order of their making. @param isAsked by how it stood then: the answer is the same whenever it is asked */
export async function ticketsAsOf(
  db: Database['query'],
  at: Millis,
  isAsked: (ticket: TicketThen) => boolean,
): Promise<TicketThen[]> {
  const asked: TicketThen[] = []
  for await (const ticket of eachAsOf(db, at)) if (isAsked(ticket)) asked.push(ticket)
  return asked.sort(byMaking)
}

/** One as it stood. @throws Problem `row-unreadable` */
export async function ticketAsOf(db: Database['query'], at: Millis, ticket: string): Promise<TicketThen | undefined> {
  const changes = await db
    .selectFrom('ticketChange')
    .select(['seq', 'patch'])
    .where('ticket', '=', ticket)
    .where('at', '<=', at)
    .orderBy('seq')
    .execute()
  return changes.length === 0 ? undefined : fold(changes.map(readPatch))
}

/** The desk as it stood at a moment: every ticket that lived then, by state, with the promises that were late. */
export async function dayAsOf(db: Database['query'], at: Millis) {
  const states: ByName<number> = byName()
  const all = []
  for await (const ticket of eachAsOf(db, at)) {
    states[ticket.state] = (states[ticket.state] ?? 0) + 1
    const { id, number, appliance, state, engineer, priority, slot } = ticket
    const late = ticket.clocks.filter(({ dueAt, doneAt }) => (doneAt ?? at) > dueAt).map(({ name }) => name)
    const more = { ...(engineer ? { engineer } : {}), ...(slot ? { slot } : {}) }
    all.push({ createdAt: ticket.createdAt, id, row: { id, number, appliance, state, priority, late, ...more } })
  }
  return { at, states, tickets: all.sort(byMaking).map(({ row }) => row) }
}
