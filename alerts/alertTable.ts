import { sql } from 'kysely'
import type { Alert, DatabaseMigration, Shares, UnitOfWork } from '../core/index.ts'
import { jsonColumn, readable } from '../database/index.ts'
import { alertSchema } from './alertSchema.ts'
import { maintenanceMigrations } from './maintenance/maintenanceTable.ts'
import { markMigrations } from './marks/markTable.ts'

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
      /** What it shares with others, as of its first word; null before that was kept. */
      kind: string | null
      region: string | null
      home: string | null
      firmware: string | null
      batch: string | null
      /** The notice that it is part of. */
      cohort: string | null
      heldUntil: number | null
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
  {
    // What nobody has acted on is looked for every minute.
    name: '0143-alerts-unanswered',
    async up(db) {
      await db.schema.createIndex('alertUnanswered').on('alert').columns(['state', 'severity', 'openedAt']).execute()
    },
  },
  ...markMigrations,
  ...maintenanceMigrations,
]

const body = jsonColumn('alert', 'body', alertSchema)
/** @throws Problem `row-unreadable` */
export const toAlert = (row: { id: string; body: string }): Alert => body.read(row.body, row.id)
/** Without those that cannot be read. */
export const toAlerts = (rows: readonly { id: string; body: string }[]): Alert[] => readable(rows, toAlert)

/** @param fresh of one that was not there before */
export async function saveAlert(
  tx: UnitOfWork,
  alert: Alert,
  fresh?: { condition: string; shares: Shares },
): Promise<void> {
  const row = {
    appliance: alert.appliance,
    failureMode: alert.failureMode,
    state: alert.state,
    severity: alert.severity,
    ticket: alert.ticket ?? null,
    openedAt: alert.openedAt ?? null,
    clearedAt: alert.clearedAt ?? null,
    sortAt: alert.openedAt ?? alert.firstSeenAt,
    cohort: alert.cohort ?? null,
    heldUntil: alert.heldUntil ?? null,
    body: JSON.stringify(alert),
  }
  if (fresh === undefined) await tx.updateTable('alert').set(row).where('id', '=', alert.id).execute()
  else
    await tx
      .insertInto('alert')
      .values({
        id: alert.id,
        condition: fresh.condition,
        kind: alert.kind,
        region: fresh.shares.region ?? null,
        home: fresh.shares.home,
        firmware: fresh.shares.firmware ?? null,
        batch: fresh.shares.batch ?? null,
        ...row,
      })
      .execute()
}

/** The id of one that stands and says the same of the same appliance. */
export async function standingLike(
  tx: UnitOfWork,
  { appliance, failureMode }: Pick<Alert, 'appliance' | 'failureMode'>,
): Promise<string | undefined> {
  const row = await tx
    .selectFrom('alert')
    .select('id')
    .where('appliance', '=', appliance)
    .where('failureMode', '=', failureMode)
    .where('state', 'in', ['open', 'acknowledged'])
    .executeTakeFirst()
  return row?.id
}
