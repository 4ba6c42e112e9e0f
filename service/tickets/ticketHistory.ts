import type { Generated } from 'kysely'
import {
  type ByName,
  byName,
  type Database,
  type DatabaseMigration,
  type Millis,
  type UnitOfWork,
} from '../../core/index.ts'
import type { StoredTicket } from './storedTicket.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** What each change of a ticket set and unset: all of them in order make the ticket of any moment. */
    ticketChange: { seq: Generated<number>; ticket: string; at: Millis; patch: string }
  }
}

export const historyMigrations: DatabaseMigration[] = [
  {
    name: '0031-ticket-history',
    async up(db, dialect) {
      await db.schema
        .createTable('ticketChange')
        .addColumn('seq', dialect === 'sqlite' ? 'integer' : 'bigserial', (c) => c.primaryKey())
        .addColumn('ticket', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('patch', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('ticketChangeOf').on('ticketChange').columns(['ticket', 'seq']).execute()
      await db.schema.createIndex('ticketChangeAt').on('ticketChange').columns(['at', 'seq']).execute()
    },
  },
]

interface Patch {
  set?: Record<string, unknown>
  unset?: string[]
}

/** Of a ticket, what is no fact of it: its key for the owner, and what is worked out anew whenever it is asked. */
const besides = new Set(['candidates', 'nobody'])

/** What changed between two states of a ticket; undefined when nothing did. Pure. */
export function diff(before: object, after: object): Patch | undefined {
  const was = before as Record<string, unknown>
  const is = after as Record<string, unknown>
  const set: ByName<unknown> = byName()
  for (const key of Object.keys(is)) {
    if (besides.has(key) || is[key] === undefined) continue
    if (JSON.stringify(was[key]) !== JSON.stringify(is[key])) set[key] = is[key]
  }
  const unset = Object.keys(was).filter((key) => !besides.has(key) && is[key] === undefined)
  return Object.keys(set).length + unset.length === 0 ? undefined : { set, ...(unset.length > 0 ? { unset } : {}) }
}

/** The patches of one ticket in order → the ticket. Pure. */
export function fold(patches: Patch[]): Record<string, unknown> {
  const ticket: ByName<unknown> = byName()
  for (const { set, unset = [] } of patches) {
    Object.assign(ticket, set)
    for (const key of unset) delete ticket[key]
  }
  return ticket
}

/** Writes down what changes, in the transaction that changes it. */
export async function recordChange(tx: UnitOfWork, ticket: StoredTicket, before: object, at: Millis): Promise<void> {
  const patch = diff(before, ticket)
  if (!patch) return
  await tx
    .insertInto('ticketChange')
    .values({ ticket: ticket.id, at, patch: JSON.stringify(patch) })
    .execute()
}

/** A former owner's words, name and contact leave what was written down, too. */
export async function forgetInHistory(tx: UnitOfWork, ticket: string, gone: readonly string[]): Promise<void> {
  const rows = await tx.selectFrom('ticketChange').select(['seq', 'patch']).where('ticket', '=', ticket).execute()
  for (const { seq, patch } of rows) {
    const { set = {}, unset } = JSON.parse(patch) as Patch
    if (!gone.some((key) => Object.hasOwn(set, key))) continue
    // How many stars it was stays: it is a figure of the work, and nobody's words.
    const { rating } = set as { rating?: object }
    for (const key of gone) delete set[key]
    if (rating) set.rating = { ...rating, text: '' }
    await tx
      .updateTable('ticketChange')
      .set({ patch: JSON.stringify({ set, ...(unset ? { unset } : {}) }) })
      .where('seq', '=', seq)
      .execute()
  }
}

export type TicketThen = Omit<StoredTicket, 'candidates'>

/** One ticket as it stood at a moment; undefined when it was not there yet. */
export async function ticketAsOf(database: Database, ticket: string, at: Millis): Promise<TicketThen | undefined> {
  const rows = await database.query
    .selectFrom('ticketChange')
    .select('patch')
    .where('ticket', '=', ticket)
    .where('at', '<=', at)
    .orderBy('seq')
    .execute()
  if (rows.length === 0) return undefined
  return fold(rows.map(({ patch }) => JSON.parse(patch) as Patch)) as unknown as TicketThen
}

const MOST_TICKETS = 20_000

/** Every ticket as it stood at a moment, in the order of their making. O(changes up to then). */
export async function ticketsAsOf(database: Database, at: Millis): Promise<TicketThen[]> {
  const rows = await database.query
    .selectFrom('ticketChange')
    .select(['ticket', 'patch'])
    .where('at', '<=', at)
    .orderBy('seq')
    .execute()
  const patches = new Map<string, Patch[]>()
  for (const { ticket, patch } of rows) {
    const known = patches.get(ticket)
    if (known) known.push(JSON.parse(patch))
    else if (patches.size < MOST_TICKETS) patches.set(ticket, [JSON.parse(patch)])
  }
  return [...patches.values()]
    .map((list) => fold(list) as unknown as TicketThen)
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
}

/** The desk as it stood at a moment: every ticket that lived then, by state, with the promises that were late. */
export async function dayAsOf(database: Database, at: Millis) {
  const states: ByName<number> = byName()
  const tickets = (await ticketsAsOf(database, at)).map((ticket) => {
    states[ticket.state] = (states[ticket.state] ?? 0) + 1
    const { id, number, appliance, state, engineer, priority, slot } = ticket
    const late = ticket.clocks.filter(({ dueAt, doneAt }) => (doneAt ?? at) > dueAt).map(({ name }) => name)
    return {
      id,
      number,
      appliance,
      state,
      priority,
      late,
      ...(engineer ? { engineer } : {}),
      ...(slot ? { slot } : {}),
    }
  })
  return { at, states, tickets }
}
