import { sql } from 'kysely'
import type { Alert, DatabaseMigration, UnitOfWork } from '../core/index.ts'

declare module '../core/database.ts' {
  interface Tables {
    alert: {
      id: string
      condition: string
      appliance: string
      failureMode: string
      state: string
      severity: string
      ticket: string | null
      openedAt: number | null
      clearedAt: number | null
      /** Newest first: opened, or first seen. */
      sortAt: number
      body: string
    }
  }
}

export const alertMigrations: DatabaseMigration[] = [
  {
    name: '0002-alerts',
    async up(db) {
      await db.schema
        .createTable('alert')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('condition', 'text', (c) => c.notNull().unique())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('failureMode', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('severity', 'text', (c) => c.notNull())
        .addColumn('ticket', 'text')
        .addColumn('openedAt', 'bigint')
        .addColumn('clearedAt', 'bigint')
        .addColumn('sortAt', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('alertNewest').on('alert').columns(['sortAt', 'id']).execute()
      await db.schema.createIndex('alertAppliance').on('alert').columns(['appliance', 'sortAt']).execute()
      await db.schema.createIndex('alertTicket').on('alert').column('ticket').execute()
      // The last guard of the rule: whatever happens, one standing alert for each appliance and failure mode.
      await sql`create unique index "alertOneStanding" on alert (appliance, "failureMode")
        where state in ('open', 'acknowledged')`.execute(db)
    },
  },
]

export const toAlert = (row: { body: string }): Alert => JSON.parse(row.body) as Alert

export async function saveAlert(tx: UnitOfWork, alert: Alert, condition?: string): Promise<void> {
  const row = {
    appliance: alert.appliance,
    failureMode: alert.failureMode,
    state: alert.state,
    severity: alert.severity,
    ticket: alert.ticket ?? null,
    openedAt: alert.openedAt ?? null,
    clearedAt: alert.clearedAt ?? null,
    sortAt: alert.openedAt ?? alert.firstSeenAt,
    body: JSON.stringify(alert),
  }
  if (condition === undefined) await tx.updateTable('alert').set(row).where('id', '=', alert.id).execute()
  else
    await tx
      .insertInto('alert')
      .values({ id: alert.id, condition, ...row })
      .execute()
}
