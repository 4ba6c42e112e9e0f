import type { Generated } from 'kysely'
import {
  type Database,
  type DatabaseMigration,
  type EngineerId,
  type Millis,
  notFound,
  type Text,
  type TicketId,
  ticketIdSchema,
  type UnitOfWork,
} from '../../core/index.ts'
import { loadTicket, type Reading, tickets } from '../tickets/store/ticketRepository.ts'
import type { TicketServiceOptions } from '../tickets/ticketServiceOptions.ts'
import { type Earned, earningsOf } from './earnings.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** What a person put right in an engineer's earnings: entries alone, never edited, never removed. */
    earningEntry: {
      seq: Generated<number>
      engineer: string
      at: Millis
      by: string
      cents: number
      why: string
      ticket: string | null
    }
  }
}

export const earningMigrations: DatabaseMigration[] = [
  {
    name: '0200-earnings',
    async up(db, dialect) {
      await db.schema
        .createTable('earningEntry')
        .addColumn('seq', dialect === 'sqlite' ? 'integer' : 'bigserial', (c) => c.primaryKey())
        .addColumn('engineer', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('cents', 'bigint', (c) => c.notNull())
        .addColumn('why', 'text', (c) => c.notNull())
        .addColumn('ticket', 'text')
        .execute()
      await db.schema.createIndex('earningOf').on('earningEntry').columns(['engineer', 'at']).execute()
    },
  },
]

/** What an engineer earned in a time, each line explained. */
export interface Earnings {
  from: Millis
  to: Millis
  cents: number
  lines: (Omit<Earned, 'why'> & { text: Text })[]
}

export interface EarningBook {
  /** @throws Problem `not-found` of an unknown engineer */
  earnings(engineer: EngineerId, from: Millis, to: Millis): Promise<Earnings>
  /** One entry more. @throws Problem `not-found` of an unknown engineer or ticket */
  correctEarnings(
    engineer: EngineerId,
    by: string,
    entry: { cents: number; why: string; ticket?: TicketId | undefined },
  ): Promise<void>
}

/** Lines are worked out of tickets and ratings whenever they are asked for; only corrections are kept. */
export function earningBook({ database, clock, policies, render }: TicketServiceOptions): EarningBook {
  return {
    async earnings(engineer, from, to) {
      await known(database.query, engineer)
      const facts = await read(database.query, engineer, from, to)
      const lines = earningsOf({ ...facts, rulesOf: (ticket) => policies.rulesOf(ticket) }, engineer)
        .filter(({ at }) => at >= from && at < to)
        .map(({ why, ...line }) => ({ ...line, text: render(why) }))
      return { from, to, cents: lines.reduce((sum, line) => sum + line.cents, 0), lines: lines.reverse() }
    },
    correctEarnings: (engineer, by, { cents, why, ticket }) =>
      database.transaction(async (tx) => {
        await known(tx, engineer)
        if (ticket !== undefined) await loadTicket(tx, ticket)
        const entry = { engineer, at: clock.now(), by, cents, why, ticket: ticket ?? null }
        await tx.insertInto('earningEntry').values(entry).execute()
      }),
  }
}

async function known(db: Pick<UnitOfWork, 'selectFrom'>, engineer: string): Promise<void> {
  const row = await db.selectFrom('engineer').select('id').where('id', '=', engineer).executeTakeFirst()
  if (!row) throw notFound('engineer', engineer)
}

async function read(db: Database['query'] & Reading, engineer: string, from: Millis, to: Millis) {
  const ratings = await db
    .selectFrom('rating')
    .select(['ticket', 'visit', 'stars', 'at'])
    .where('engineer', '=', engineer)
    .where('at', '>=', from)
    .where('at', '<', to)
    .execute()
  const corrections = await db
    .selectFrom('earningEntry')
    .select(['at', 'by', 'cents', 'why', 'ticket'])
    .where('engineer', '=', engineer)
    .where('at', '>=', from)
    .where('at', '<', to)
    .orderBy('seq')
    .execute()
  const closed = await tickets(db, { engineer, isClosed: true, closedSince: from })
  const more = [
    ...ratings.map(({ ticket }) => ticket),
    ...closed.flatMap(({ closure }) => (closure.recallOf ? [closure.recallOf] : [])),
  ].filter((id) => !closed.some((ticket) => ticket.id === id))
  const others = more.length > 0 ? await tickets(db, { ids: [...new Set(more)] }) : []
  const numbers = corrections.map((entry) => ({ ...entry, cents: Number(entry.cents), at: Number(entry.at) }))
  const rated = ratings.map(({ ticket, ...rating }) => ({ ...rating, ticket: ticketIdSchema.parse(ticket) }))
  return { tickets: [...closed, ...others], ratings: rated, corrections: numbers }
}
