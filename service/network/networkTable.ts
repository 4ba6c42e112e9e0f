import type { DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** Places of service, with what their tickets say of them. */
    outlet: { id: string; body: string; score: number; visits: number; scoredAt: Millis | null }
    /** The score of each engineer's outlet, as dispatch reads it. */
    engineerOutlet: { engineer: string; outlet: string; score: number }
  }
}

export const networkMigrations: DatabaseMigration[] = [
  {
    name: '0242-network',
    async up(db) {
      await db.schema
        .createTable('outlet')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('body', 'text', (c) => c.notNull())
        .addColumn('score', 'double precision', (c) => c.notNull())
        .addColumn('visits', 'integer', (c) => c.notNull())
        .addColumn('scoredAt', 'bigint')
        .execute()
      await db.schema
        .createTable('engineerOutlet')
        .addColumn('engineer', 'text', (c) => c.primaryKey())
        .addColumn('outlet', 'text', (c) => c.notNull())
        .addColumn('score', 'double precision', (c) => c.notNull())
        .execute()
    },
  },
]
