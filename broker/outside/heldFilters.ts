import type { Database, DatabaseMigration } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** What a session of ours at somebody else's broker subscribes to, as far as is known. */
    outsideFilter: { broker: string; filter: string }
  }
}

export const outsideMigrations: DatabaseMigration[] = [
  {
    name: '0260-outside-filters',
    async up(db) {
      await db.schema
        .createTable('outsideFilter')
        .addColumn('broker', 'text', (c) => c.notNull())
        .addColumn('filter', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('outsideFilterKey', ['broker', 'filter'])
        .execute()
    },
  },
]

/** What a session elsewhere holds, over restarts: its broker goes on sending for what nobody takes back. */
export interface HeldFilters {
  of(broker: string): Promise<string[]>
  /** Resolves when it is durable. */
  keep(broker: string, filters: readonly string[]): Promise<void>
}

export const openHeldFilters = (database: Database): HeldFilters => ({
  async of(broker) {
    const rows = await database.query
      .selectFrom('outsideFilter')
      .select('filter')
      .where('broker', '=', broker)
      .orderBy('filter')
      .execute()
    return rows.map(({ filter }) => filter)
  },
  async keep(broker, filters) {
    await database.transaction(async (tx) => {
      await tx.deleteFrom('outsideFilter').where('broker', '=', broker).execute()
      const rows = filters.map((filter) => ({ broker, filter }))
      if (rows.length > 0) await tx.insertInto('outsideFilter').values(rows).execute()
    })
  },
})
