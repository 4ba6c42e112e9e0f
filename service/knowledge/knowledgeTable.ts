import { type Generated, sql } from 'kysely'
import type { DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** Each article by what it is about; its words are in its versions. */
    article: {
      id: string
      kind: string
      models: string
      modes: string
      audience: string
      state: string
      origin: string
      ticket: string | null
      version: number
      published: number | null
      createdAt: Millis
      updatedAt: Millis
    }
    /** Every writing of it; appended and never changed, but for who reviewed it. */
    articleVersion: {
      article: string
      version: number
      at: Millis
      by: string
      title: string
      text: string
      reviewedBy: string | null
      reviewedAt: Millis | null
    }
    /** By which words each article is found. */
    articleTerms: { article: string; terms: string }
    /** Who tried it, and whether it helped. */
    articleUse: {
      seq: Generated<number>
      article: string
      appliance: string
      ticket: string | null
      at: Millis
      by: string
      helped: number
    }
    /** A guided diagnosis: the questions of one call. */
    diagnosis: {
      id: string
      appliance: string
      kind: string
      node: string
      by: string
      startedAt: Millis
      endedAt: Millis | null
      outcome: string | null
      ticket: string | null
    }
    /** What was asked in it, and answered; codes of its tree, nobody's words. */
    diagnosisStep: { diagnosis: string; step: number; at: Millis; node: string; answer: string }
  }
}

export const knowledgeMigrations: DatabaseMigration[] = [
  {
    name: '0240-knowledge',
    async up(db, dialect) {
      await db.schema
        .createTable('article')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('models', 'text', (c) => c.notNull())
        .addColumn('modes', 'text', (c) => c.notNull())
        .addColumn('audience', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('origin', 'text', (c) => c.notNull())
        .addColumn('ticket', 'text', (c) => c.unique())
        .addColumn('version', 'integer', (c) => c.notNull())
        .addColumn('published', 'integer')
        .addColumn('createdAt', 'bigint', (c) => c.notNull())
        .addColumn('updatedAt', 'bigint', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('articleOf').on('article').columns(['kind', 'state']).execute()
      await db.schema
        .createTable('articleVersion')
        .addColumn('article', 'text', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('title', 'text', (c) => c.notNull())
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('reviewedBy', 'text')
        .addColumn('reviewedAt', 'bigint')
        .addPrimaryKeyConstraint('articleVersionKey', ['article', 'version'])
        .execute()
      if (dialect === 'sqlite')
        await sql`create virtual table "articleTerms" using fts5("article" unindexed, "terms", tokenize = 'ascii')`.execute(
          db,
        )
      else {
        await sql`create table "articleTerms" ("article" text primary key, "terms" tsvector not null)`.execute(db)
        await sql`create index "articleTermsIn" on "articleTerms" using gin ("terms")`.execute(db)
      }
      await db.schema
        .createTable('articleUse')
        .addColumn('seq', dialect === 'sqlite' ? 'integer' : 'bigserial', (c) => c.primaryKey())
        .addColumn('article', 'text', (c) => c.notNull())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('ticket', 'text')
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('helped', 'integer', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('articleUseOf').on('articleUse').columns(['article', 'at']).execute()
    },
  },
  {
    name: '0241-diagnosis',
    async up(db) {
      await db.schema
        .createTable('diagnosis')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('node', 'text', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('startedAt', 'bigint', (c) => c.notNull())
        .addColumn('endedAt', 'bigint')
        .addColumn('outcome', 'text')
        .addColumn('ticket', 'text')
        .execute()
      await db.schema.createIndex('diagnosisOf').on('diagnosis').columns(['appliance', 'startedAt']).execute()
      await db.schema.createIndex('diagnosisFor').on('diagnosis').column('ticket').execute()
      await db.schema
        .createTable('diagnosisStep')
        .addColumn('diagnosis', 'text', (c) => c.notNull())
        .addColumn('step', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('node', 'text', (c) => c.notNull())
        .addColumn('answer', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('diagnosisStepKey', ['diagnosis', 'step'])
        .execute()
    },
  },
]
