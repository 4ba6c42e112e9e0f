import type { DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** What becomes of a notice to an owner. No name, number or address stands in it: those are in the notice. */
    delivery: {
      /** The notice's key. */
      key: string
      ticket: string | null
      appliance: string | null
      at: Millis
      state: string
      /** JSON. */
      ways: string
    }
    /** What a carrier calls a message that it took, until it says what became of it. */
    deliveryReceipt: {
      /** The account, a slash, and its name there. */
      id: string
      delivery: string
      way: string
      at: Millis
    }
  }
}

export const deliveryMigrations: DatabaseMigration[] = [
  {
    name: '0141-deliveries',
    async up(db) {
      await db.schema
        .createTable('delivery')
        .addColumn('key', 'text', (c) => c.primaryKey())
        .addColumn('ticket', 'text')
        .addColumn('appliance', 'text')
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('ways', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('deliveryOfTicket').on('delivery').columns(['ticket', 'at']).execute()
      await db.schema.createIndex('deliveryOfAppliance').on('delivery').column('appliance').execute()
      await db.schema
        .createTable('deliveryReceipt')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('delivery', 'text', (c) => c.notNull())
        .addColumn('way', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('deliveryReceiptOf').on('deliveryReceipt').column('delivery').execute()
    },
  },
]
