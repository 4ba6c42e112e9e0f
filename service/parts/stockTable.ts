import { type Generated, sql } from 'kysely'
import type { DatabaseMigration, Depot, Millis } from '../../core/index.ts'

/** What a move of the ledger is. */
export const moveKinds = ['count', 'receive', 'reserve', 'release', 'send', 'arrive', 'consume'] as const
export type MoveKind = (typeof moveKinds)[number]

declare module '../../core/database.ts' {
  interface Tables {
    /** Balances: the sums of the ledger, kept so that the database itself refuses less than nothing. */
    stock: { place: string; part: string; onHand: number; reserved: number }
    /** The ledger: every change of a balance, for ever. `onHand` and `reserved` are the changes. */
    stockMove: {
      seq: Generated<number>
      at: Millis
      kind: MoveKind
      place: string
      part: string
      onHand: number
      reserved: number
      ticket: string | null
      by: string
      why: string
    }
    /** Parts on their way to a van, for a ticket. `from` is null where they are bought. */
    partOrder: {
      seq: Generated<number>
      ticket: string
      part: string
      quantity: number
      from: string | null
      to: string
      level: number
      orderedAt: Millis
      dueAt: Millis
      arrivedAt: Millis | null
    }
  }
}

export const stockMigrations: DatabaseMigration[] = [
  {
    name: '0040-stock',
    async up(db, dialect) {
      const serial = dialect === 'sqlite' ? 'integer' : 'bigserial'
      await db.schema
        .createTable('stock')
        .addColumn('place', 'text', (c) => c.notNull())
        .addColumn('part', 'text', (c) => c.notNull())
        .addColumn('onHand', 'integer', (c) => c.notNull())
        .addColumn('reserved', 'integer', (c) => c.notNull())
        .addPrimaryKeyConstraint('stockPlacePart', ['place', 'part'])
        .addCheckConstraint('stockNeverNegative', sql`"reserved" >= 0 and "onHand" >= "reserved"`)
        .execute()
      await db.schema
        .createTable('stockMove')
        .addColumn('seq', serial, (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('place', 'text', (c) => c.notNull())
        .addColumn('part', 'text', (c) => c.notNull())
        .addColumn('onHand', 'integer', (c) => c.notNull())
        .addColumn('reserved', 'integer', (c) => c.notNull())
        .addColumn('ticket', 'text')
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('why', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('stockMovePlace').on('stockMove').columns(['place', 'part', 'seq']).execute()
      await db.schema.createIndex('stockMoveTicket').on('stockMove').columns(['ticket']).execute()
      await db.schema
        .createTable('partOrder')
        .addColumn('seq', serial, (c) => c.primaryKey())
        .addColumn('ticket', 'text', (c) => c.notNull())
        .addColumn('part', 'text', (c) => c.notNull())
        .addColumn('quantity', 'integer', (c) => c.notNull())
        .addColumn('from', 'text')
        .addColumn('to', 'text', (c) => c.notNull())
        .addColumn('level', 'integer', (c) => c.notNull())
        .addColumn('orderedAt', 'bigint', (c) => c.notNull())
        .addColumn('dueAt', 'bigint', (c) => c.notNull())
        .addColumn('arrivedAt', 'bigint')
        .execute()
      await db.schema.createIndex('partOrderOpen').on('partOrder').columns(['arrivedAt', 'dueAt']).execute()
      await db.schema.createIndex('partOrderTicket').on('partOrder').columns(['ticket']).execute()
      // Stock stood in the places' own rows before.
      for (const { body } of await db.selectFrom('depot').select('body').execute()) {
        const { id, stock, ...rest } = JSON.parse(body) as Depot
        for (const { part, quantity } of stock ?? []) {
          const values = { place: id, part, onHand: quantity, reserved: 0 }
          await db.insertInto('stock').values(values).execute()
          await db
            .insertInto('stockMove')
            .values({
              ...values,
              at: 0,
              kind: 'count',
              ticket: null,
              by: 'hearthwatch',
              why: 'what stood in the depot',
            })
            .execute()
        }
        await db
          .updateTable('depot')
          .set({ body: JSON.stringify({ id, ...rest }) })
          .where('id', '=', id)
          .execute()
      }
    },
  },
]
