import { z } from 'zod'
import { type DatabaseMigration, type Millis, textOf } from '../../core/index.ts'
import { jsonColumn } from '../../database/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** What use or time brought about, each once: by appliance, what it is counted by, and the how-many-eth time. */
    careDue: {
      appliance: string
      plan: string
      number: number
      at: Millis
      dueAt: Millis | null
      /** `reminded`, `guide`, `visit`, or `needless`. */
      what: string
      counted: number
      ticket: string | null
      body: string
    }
  }
}

/** What it was called. */
export const careText = jsonColumn('careDue', 'body', textOf(z.string()))

export const careMigrations: DatabaseMigration[] = [
  {
    name: '0221-care',
    async up(db) {
      await db.schema
        .createTable('careDue')
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('plan', 'text', (c) => c.notNull())
        .addColumn('number', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('dueAt', 'bigint')
        .addColumn('what', 'text', (c) => c.notNull())
        .addColumn('counted', 'double precision', (c) => c.notNull())
        .addColumn('ticket', 'text')
        .addColumn('body', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('careDueKey', ['appliance', 'plan', 'number'])
        .execute()
      await db.schema.createIndex('careDueNewest').on('careDue').column('at').execute()
    },
  },
]
