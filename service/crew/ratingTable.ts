import type { Generated } from 'kysely'
import type { DatabaseMigration, Millis } from '../../core/index.ts'

/** What was done about an engineer's standing. */
export const standingChanges = ['isolated', 'lifted', 'retraining', 'passed', 'bonus', 'rated'] as const
export type StandingChange = (typeof standingChanges)[number]

declare module '../../core/database.ts' {
  interface Tables {
    /** Every rating of a visit: what star levels are worked out from. */
    rating: { ticket: string; visit: number; engineer: string; stars: number; at: Millis }
    /** Everything that was done about an engineer's standing, with who and why. */
    standing: { seq: Generated<number>; engineer: string; at: Millis; by: string; what: StandingChange; why: string }
    /** Whose engineer goes to a home, when they can. */
    binding: { home: string; engineer: string; at: Millis; by: string }
  }
}

export const crewMigrations: DatabaseMigration[] = [
  {
    name: '0034-crew',
    async up(db, dialect) {
      await db.schema
        .createTable('rating')
        .addColumn('ticket', 'text', (c) => c.notNull())
        .addColumn('visit', 'integer', (c) => c.notNull())
        .addColumn('engineer', 'text', (c) => c.notNull())
        .addColumn('stars', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('ratingOf', ['ticket', 'visit'])
        .execute()
      await db.schema.createIndex('ratingEngineer').on('rating').columns(['engineer', 'at']).execute()
      await db.schema
        .createTable('standing')
        .addColumn('seq', dialect === 'sqlite' ? 'integer' : 'bigserial', (c) => c.primaryKey())
        .addColumn('engineer', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('what', 'text', (c) => c.notNull())
        .addColumn('why', 'text', (c) => c.notNull())
        .execute()
      await db.schema
        .createTable('binding')
        .addColumn('home', 'text', (c) => c.primaryKey())
        .addColumn('engineer', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .execute()
    },
  },
]
