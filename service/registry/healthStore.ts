import type { Database, DatabaseMigration, HealthRow, HealthStatus, Millis, UnitOfWork } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** The health of each appliance: what detection last said of it. */
    fare: { appliance: string; firstHeardAt: number; body: string }
  }
}

export const healthMigrations: DatabaseMigration[] = [
  {
    name: '0006-fare',
    async up(db) {
      await db.schema
        .createTable('fare')
        .addColumn('appliance', 'text', (c) => c.primaryKey())
        .addColumn('firstHeardAt', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
    },
  },
]

/** The health of the fleet, in memory for the pages, in the database for the next start. */
export interface HealthStore {
  /** @returns shows them, after the commit */
  save(tx: UnitOfWork, rows: HealthRow[]): Promise<() => void>
  of(appliance: string): HealthRow | undefined
  firstHeard(appliance: string): Millis | undefined
}

export async function openHealthStore(database: Database): Promise<HealthStore> {
  const rows = new Map<string, { firstHeardAt: Millis; row: HealthRow }>()
  for (const { appliance, firstHeardAt, body } of await database.query.selectFrom('fare').selectAll().execute()) {
    rows.set(appliance, { firstHeardAt, row: JSON.parse(body) as HealthRow })
  }
  return {
    async save(tx, changed) {
      const saved: { firstHeardAt: Millis; row: HealthRow }[] = []
      for (const row of changed) {
        const firstHeardAt = rows.get(row.appliance)?.firstHeardAt ?? row.at
        const body = JSON.stringify(row)
        await tx
          .insertInto('fare')
          .values({ appliance: row.appliance, firstHeardAt, body })
          .onConflict((conflict) => conflict.column('appliance').doUpdateSet({ body }))
          .execute()
        saved.push({ firstHeardAt, row })
      }
      return () => {
        for (const one of saved) rows.set(one.row.appliance, one)
      }
    },
    of: (appliance) => rows.get(appliance)?.row,
    firstHeard: (appliance) => rows.get(appliance)?.firstHeardAt,
  }
}

/**
 * How an appliance stands, for people. A ticket that is not done makes it a matter of a visit, whatever the score says;
 * of what is silent nobody knows. Pure.
 */
export const statusOf = (health: HealthRow | undefined, hasTicket: boolean): HealthStatus | 'visit' => {
  const status = health?.status ?? 'learning'
  return hasTicket && status !== 'silent' ? 'visit' : status
}
