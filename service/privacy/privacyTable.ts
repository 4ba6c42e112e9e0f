import type { Generated } from 'kysely'
import type { DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** What somebody agreed to or refused, each time: rows are added and stay, as the proof. `person` is no name, and says nothing of one. */
    consent: {
      seq: Generated<number>
      person: string
      appliance: string
      purpose: string
      /** 1: agreed. */
      given: number
      at: Millis
      by: string
      /** Which text they were shown. */
      terms: string
    }
    /** Who was erased, when: a report without any string of theirs. */
    erasure: { id: string; person: string; at: Millis; by: string; report: string }
    /** The links to an appliance's pages that ended with an erasure, by their generation. */
    erasedLink: { appliance: string; generation: number; at: Millis }
    /** What an owner lets somebody else see of one appliance, until when. */
    share: { id: string; appliance: string; scope: string; createdAt: Millis; endsAt: Millis; revokedAt: Millis | null }
    /** When a share was looked at. */
    shareUse: { seq: Generated<number>; share: string; at: Millis; what: string; address: string }
  }
}

export const privacyMigrations: DatabaseMigration[] = [
  {
    name: '0113-privacy',
    async up(db, dialect) {
      const seq = dialect === 'sqlite' ? 'integer' : 'bigserial'
      await db.schema
        .createTable('consent')
        .addColumn('seq', seq, (c) => c.primaryKey())
        .addColumn('person', 'text', (c) => c.notNull())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('purpose', 'text', (c) => c.notNull())
        .addColumn('given', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('terms', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('consentOf').on('consent').columns(['person', 'purpose', 'seq']).execute()
      await db.schema
        .createTable('erasure')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('person', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('report', 'text', (c) => c.notNull())
        .execute()
      await db.schema
        .createTable('erasedLink')
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('generation', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('erasedLinkOf', ['appliance', 'generation'])
        .execute()
      await db.schema
        .createTable('share')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('scope', 'text', (c) => c.notNull())
        .addColumn('createdAt', 'bigint', (c) => c.notNull())
        .addColumn('endsAt', 'bigint', (c) => c.notNull())
        .addColumn('revokedAt', 'bigint')
        .execute()
      await db.schema.createIndex('shareOf').on('share').columns(['appliance', 'createdAt']).execute()
      await db.schema
        .createTable('shareUse')
        .addColumn('seq', seq, (c) => c.primaryKey())
        .addColumn('share', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('what', 'text', (c) => c.notNull())
        .addColumn('address', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('shareUseOf').on('shareUse').columns(['share', 'seq']).execute()
    },
  },
]
