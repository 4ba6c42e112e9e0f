import type { Generated } from 'kysely'
import { z } from 'zod'
import { type DatabaseMigration, type Millis, ticketStatesWhere } from '../../../core/index.ts'
import { nextDue, nextPromise } from '../deadlines.ts'
import type { StoredTicket } from './storedTicket.ts'

declare module '../../../core/database.ts' {
  interface Tables {
    ticket: {
      id: string
      number: string
      /** Held the link to the owner's page once; now the id again. */
      secret: string
      appliance: string
      kind: string
      state: string
      source: string
      engineer: string | null
      failureMode: string | null
      verdict: string | null
      /** Of the appliance; of the model that predicted it, with the probability and the remaining life that it said. */
      model: string | null
      version: string | null
      probability: number | null
      lifeHours: number | null
      priority: number
      createdAt: number
      closedAt: number | null
      nextDueAt: number | null
      /** When the first promise ends that is owed still. */
      promisedAt: number | null
      slotFrom: number | null
      /** The ticket as JSON, without who was considered for it. */
      body: string
      /** Who was considered, as JSON: long, worked out anew whenever it is asked, and read where people look at it alone. */
      candidates: Generated<string>
    }
    ticketEvent: {
      seq: Generated<number>
      ticket: string
      at: number
      by: string
      from: string | null
      to: string
      /** A reason, as JSON. */
      why: string
    }
    /** What each change of a ticket set and unset: all of them in order make the ticket of any moment. */
    ticketChange: { seq: Generated<number>; ticket: string; at: Millis; patch: string }
    /** The last number that was given, by what it counts. */
    ticketSequence: { name: string; last: number }
    engineer: { id: string; body: string; isolated: string | null }
    depot: { id: string; body: string }
  }
}

export const ticketMigrations: DatabaseMigration[] = [
  {
    name: '0005-tickets',
    async up(db, dialect) {
      await db.schema
        .createTable('ticket')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('number', 'text', (c) => c.notNull().unique())
        .addColumn('secret', 'text', (c) => c.notNull().unique())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('source', 'text', (c) => c.notNull())
        .addColumn('engineer', 'text')
        .addColumn('failureMode', 'text')
        .addColumn('verdict', 'text')
        .addColumn('priority', 'integer', (c) => c.notNull())
        .addColumn('createdAt', 'bigint', (c) => c.notNull())
        .addColumn('closedAt', 'bigint')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('ticketNewest').on('ticket').columns(['createdAt', 'id']).execute()
      await db.schema.createIndex('ticketAppliance').on('ticket').columns(['appliance', 'createdAt']).execute()
      await db.schema.createIndex('ticketState').on('ticket').columns(['state', 'createdAt']).execute()
      await db.schema
        .createTable('ticketEvent')
        .addColumn('seq', dialect === 'sqlite' ? 'integer' : 'bigserial', (c) => c.primaryKey())
        .addColumn('ticket', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('from', 'text')
        .addColumn('to', 'text', (c) => c.notNull())
        .addColumn('why', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('ticketEventOf').on('ticketEvent').columns(['ticket', 'seq']).execute()
      await db.schema
        .createTable('engineer')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('body', 'text', (c) => c.notNull())
        .addColumn('isolated', 'text')
        .execute()
      await db.schema
        .createTable('depot')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
    },
  },
]

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

/** Later than the tables that the desk grew since. */
export const slotMigrations: DatabaseMigration[] = [
  {
    name: '0046-ticket-slot',
    async up(db) {
      await db.schema.alterTable('ticket').addColumn('slotFrom', 'bigint').execute()
      await db.schema.createIndex('ticketClosed').on('ticket').columns(['closedAt']).execute()
      await db.schema.createIndex('ticketSlot').on('ticket').columns(['state', 'slotFrom']).execute()
      const rows = await db
        .selectFrom('ticket')
        .select(['id', 'body'])
        .where('state', 'in', ticketStatesWhere('onADay'))
        .execute()
      for (const { id, body } of rows) {
        const slotFrom = old({ body }).slot?.from ?? null
        await db.updateTable('ticket').set({ slotFrom }).where('id', '=', id).execute()
      }
    },
  },
]
/** What the scoreboard is counted by, in columns: it reads an index, and no ticket. */
export const scoreMigrations: DatabaseMigration[] = [
  {
    name: '0071-ticket-score',
    async up(db) {
      await db.schema.alterTable('ticket').addColumn('model', 'text').execute()
      await db.schema.alterTable('ticket').addColumn('version', 'text').execute()
      await db.schema.alterTable('ticket').addColumn('probability', 'double precision').execute()
      await db.schema.alterTable('ticket').addColumn('lifeHours', 'double precision').execute()
      for (let after = ''; ; ) {
        const rows = await db
          .selectFrom('ticket')
          .innerJoin('appliance', 'appliance.id', 'ticket.appliance')
          .select(['ticket.id', 'ticket.body', 'appliance.model'])
          .where('ticket.id', '>', after)
          .orderBy('ticket.id')
          .limit(500)
          .execute()
        for (const row of rows) {
          const said = saidOf(old(row))
          const body = JSON.stringify({ ...old(row), model: row.model, ...(said ? { said } : {}) })
          const { version = null, probability = null, lifeHours = null } = said ?? {}
          await db
            .updateTable('ticket')
            .set({ model: row.model, version, probability, lifeHours, body })
            .where('id', '=', row.id)
            .execute()
        }
        const last = rows.at(-1)
        if (!last) break
        after = last.id
      }
      await db.schema
        .createIndex('ticketScore')
        .on('ticket')
        .columns(['source', 'verdict', 'kind', 'model', 'version', 'failureMode', 'probability', 'lifeHours'])
        .execute()
    },
  },
]

/** With the state: what was dismissed before anybody went is wrong as well, and cost no visit. */
export const dismissedMigrations: DatabaseMigration[] = [
  {
    name: '0072-ticket-dismissed',
    async up(db) {
      await db.schema.dropIndex('ticketScore').execute()
      await db.schema
        .createIndex('ticketScore')
        .on('ticket')
        .columns(['source', 'verdict', 'kind', 'model', 'version', 'failureMode', 'state', 'probability', 'lifeHours'])
        .execute()
    },
  },
]

/**
 * Tickets of a world from before deadlines were written down get theirs; and numbers are counted, not looked for: two
 * writers never give the same one, and it costs the same with a million tickets.
 */
export const sequenceMigrations: DatabaseMigration[] = [
  {
    name: '0090-ticket-sequence',
    async up(db) {
      await db.schema
        .createTable('ticketSequence')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('last', 'bigint', (c) => c.notNull())
        .execute()
      const numbers = await db.selectFrom('ticket').select('number').execute()
      const last = Math.max(0, ...numbers.map(({ number }) => Number(number.slice(number.lastIndexOf('-') + 1)) || 0))
      await db.insertInto('ticketSequence').values({ name: 'number', last }).execute()
      const rows = await db
        .selectFrom('ticket')
        .select(['id', 'body'])
        .where('nextDueAt', 'is', null)
        .where('state', 'in', [...ticketStatesWhere('living'), 'closed'])
        .execute()
      for (const row of rows) {
        const nextDueAt = nextDue(JSON.parse(row.body) as StoredTicket)
        if (nextDueAt !== null) await db.updateTable('ticket').set({ nextDueAt }).where('id', '=', row.id).execute()
      }
    },
  },
]

/** As much of an old ticket as migrations look at; the rest of it stays as it is. */
const oldTicket = z.looseObject({
  source: z.string(),
  hypotheses: z.array(z.looseObject({ failureMode: z.string(), probability: z.number() })),
  lifeHours: z.number().optional(),
  slot: z.looseObject({ from: z.number() }).optional(),
})
type OldTicket = z.infer<typeof oldTicket>
const old = ({ body }: { body: string }): OldTicket => oldTicket.parse(JSON.parse(body))

/** A ticket from before these were kept: what is known last stands for what was said, and the version is unknown. */
function saidOf({ source, hypotheses, lifeHours }: OldTicket): StoredTicket['said'] {
  if (source !== 'predicted') return undefined
  return { version: '', probability: hypotheses[0]?.probability ?? 0, ...(lifeHours ? { lifeHours } : {}) }
}

export const promiseMigrations: DatabaseMigration[] = [
  {
    name: '0144-ticket-promise',
    async up(db) {
      await db.schema.alterTable('ticket').addColumn('promisedAt', 'bigint').execute()
      await db.schema.createIndex('ticketPromised').on('ticket').column('promisedAt').execute()
      const living = ticketStatesWhere('living')
      for (const { id, body } of await db
        .selectFrom('ticket')
        .select(['id', 'body'])
        .where('state', 'in', living)
        .execute())
        await db
          .updateTable('ticket')
          .set({ promisedAt: nextPromise(JSON.parse(body) as StoredTicket) })
          .where('id', '=', id)
          .execute()
    },
  },
]
