import type { DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** Rules that were ever in force; a row is never changed. Of those that apply, the newest wins. */
    policyRow: {
      seq: number
      rule: string
      /** `everyone`, `zone:ID` or `segment:ID`. */
      scope: string
      value: string
      validFrom: Millis
      validUntil: Millis | null
      by: string
      why: string
      at: Millis
    }
  }
}

export const policyMigrations: DatabaseMigration[] = [
  {
    name: '0030-policy',
    async up(db) {
      await db.schema
        .createTable('policyRow')
        .addColumn('seq', 'integer', (c) => c.primaryKey())
        .addColumn('rule', 'text', (c) => c.notNull())
        .addColumn('scope', 'text', (c) => c.notNull())
        .addColumn('value', 'text', (c) => c.notNull())
        .addColumn('validFrom', 'bigint', (c) => c.notNull())
        .addColumn('validUntil', 'bigint')
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('why', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute()
    },
  },
]
