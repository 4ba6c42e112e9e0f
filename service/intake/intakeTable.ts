import type { DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** What is pinned to a ticket for ever: the day of telemetry before a report. */
    ticketAttachment: { ticket: string; at: Millis; kind: string; body: string }
  }
}

export const intakeMigrations: DatabaseMigration[] = [
  {
    name: '0032-intake',
    async up(db) {
      await db.schema
        .createTable('ticketAttachment')
        .addColumn('ticket', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('ticketAttachmentOf').on('ticketAttachment').columns(['ticket', 'at']).execute()
      await db.schema
        .createTable('applianceLink')
        .addColumn('appliance', 'text', (c) => c.primaryKey())
        .addColumn('secret', 'text', (c) => c.notNull().unique())
        .execute()
    },
  },
]
