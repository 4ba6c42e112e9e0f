import type { DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    onCallPerson: { id: string; body: string }
    onCallRota: { id: string; body: string }
    onCallOverride: { id: string; rota: string; until: Millis; madeAt: Millis; body: string }
    /** What stood unanswered, and how far its chain has come. */
    escalation: {
      id: string
      cause: string
      since: Millis
      nextAt: Millis | null
      endedAt: Millis | null
      body: string
    }
    /** Who was told what of it, at which step. */
    escalationStep: { escalation: string; step: number; at: Millis; rota: string; person: string | null; key: string }
  }
}

export const escalationMigrations: DatabaseMigration[] = [
  {
    name: '0142-escalations',
    async up(db) {
      for (const table of ['onCallPerson', 'onCallRota'] as const)
        await db.schema
          .createTable(table)
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('body', 'text', (c) => c.notNull())
          .execute()
      await db.schema
        .createTable('onCallOverride')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('rota', 'text', (c) => c.notNull())
        .addColumn('until', 'bigint', (c) => c.notNull())
        .addColumn('madeAt', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema
        .createTable('escalation')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('cause', 'text', (c) => c.notNull())
        .addColumn('since', 'bigint', (c) => c.notNull())
        .addColumn('nextAt', 'bigint')
        .addColumn('endedAt', 'bigint')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('escalationRunning').on('escalation').columns(['endedAt', 'nextAt']).execute()
      await db.schema
        .createTable('escalationStep')
        .addColumn('escalation', 'text', (c) => c.notNull())
        .addColumn('step', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('rota', 'text', (c) => c.notNull())
        .addColumn('person', 'text')
        .addColumn('key', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('escalationStepKey', ['escalation', 'step'])
        .execute()
    },
  },
]
