import { type DatabaseMigration, type Millis, ruleBodySchema, rulePreviewSchema } from '../../core/index.ts'
import { jsonColumn } from '../../database/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** A rule that somebody wrote: how it stands, and which of its versions runs. */
    rule: {
      id: string
      kind: string
      state: string
      /** The newest, and the one that runs or ran last; null: none ever did. */
      version: number
      armed: number | null
      owner: string
      changedAt: Millis
    }
    /** What it said at each version, who wrote it, and what a preview made of it. */
    ruleVersion: { rule: string; version: number; at: Millis; by: string; body: string; preview: string | null }
    /** What was done to it. */
    ruleStep: { rule: string; step: number; at: Millis; by: string; what: string; version: number; why: string }
  }
}

/** What a version says, and what a preview made of it. */
export const ruleBody = jsonColumn('ruleVersion', 'body', ruleBodySchema)
export const rulePreview = jsonColumn('ruleVersion', 'preview', rulePreviewSchema)

export const ruleMigrations: DatabaseMigration[] = [
  {
    name: '0220-rules',
    async up(db) {
      await db.schema
        .createTable('rule')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull())
        .addColumn('armed', 'integer')
        .addColumn('owner', 'text', (c) => c.notNull())
        .addColumn('changedAt', 'bigint', (c) => c.notNull())
        .execute()
      await db.schema
        .createTable('ruleVersion')
        .addColumn('rule', 'text', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .addColumn('preview', 'text')
        .addPrimaryKeyConstraint('ruleVersionKey', ['rule', 'version'])
        .execute()
      await db.schema
        .createTable('ruleStep')
        .addColumn('rule', 'text', (c) => c.notNull())
        .addColumn('step', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('what', 'text', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull())
        .addColumn('why', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('ruleStepKey', ['rule', 'step'])
        .execute()
    },
  },
]
