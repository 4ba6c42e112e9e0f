import type { DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** An account with a company that carries messages. */
    messageChannel: {
      id: string
      kind: string
      isOn: number
      /** Its settings that anybody at the settings page may read, as JSON. */
      settings: string
      /** Those that nobody is shown, as JSON, closed under a key that lies in a file of its own. */
      secrets: string
      changedAt: Millis
      changedBy: string
    }
  }
}

export const channelMigrations: DatabaseMigration[] = [
  {
    name: '0140-message-channels',
    async up(db) {
      await db.schema
        .createTable('messageChannel')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('isOn', 'integer', (c) => c.notNull())
        .addColumn('settings', 'text', (c) => c.notNull())
        .addColumn('secrets', 'text', (c) => c.notNull())
        .addColumn('changedAt', 'bigint', (c) => c.notNull())
        .addColumn('changedBy', 'text', (c) => c.notNull())
        .execute()
    },
  },
]
