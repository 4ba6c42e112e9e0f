import type { DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** Extended warranties, by appliance; each keeps the plan as it was when it was signed. */
    contract: {
      id: string
      appliance: string
      plan: string
      validFrom: Millis
      validUntil: Millis
      by: string
      body: string
    }
    /** A home whose earth is not safe: nothing is installed or repaired there until it is put right. */
    safetyLock: { home: string; ticket: string; openedAt: Millis; liftedAt: Millis | null }
  }
}

export const visitMigrations: DatabaseMigration[] = [
  {
    name: '0035-visits',
    async up(db) {
      await db.schema
        .createTable('contract')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('plan', 'text', (c) => c.notNull())
        .addColumn('validFrom', 'bigint', (c) => c.notNull())
        .addColumn('validUntil', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('contractOf').on('contract').columns(['appliance', 'validUntil']).execute()
      await db.schema
        .createTable('safetyLock')
        .addColumn('home', 'text', (c) => c.notNull())
        .addColumn('ticket', 'text', (c) => c.primaryKey())
        .addColumn('openedAt', 'bigint', (c) => c.notNull())
        .addColumn('liftedAt', 'bigint')
        .execute()
      await db.schema.createIndex('safetyLockOf').on('safetyLock').columns(['home', 'liftedAt']).execute()
      await db.schema.alterTable('ticket').addColumn('nextDueAt', 'bigint').execute()
      await db.schema.createIndex('ticketDue').on('ticket').columns(['nextDueAt']).execute()
    },
  },
]
