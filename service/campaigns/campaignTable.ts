import type { DatabaseMigration, Millis } from '../../core/index.ts'
import { jsonColumn } from '../../database/index.ts'
import { campaignSchema } from './campaign.ts'

declare module '../../core/database.ts' {
  interface Tables {
    campaign: { id: string; state: string; by: string; changedAt: Millis; body: string }
    /**
     * Who was told, or belongs to the group that is told nothing: once an appliance and season. `person` is no name, and says
     * nothing of one.
     */
    campaignSend: {
      campaign: string
      appliance: string
      season: string
      person: string
      purpose: string
      at: Millis
      /** 1: it belongs to the control group. */
      control: number
    }
  }
}

/** What a campaign is. */
export const campaignBody = jsonColumn('campaign', 'body', campaignSchema)

export const campaignMigrations: DatabaseMigration[] = [
  {
    name: '0222-campaigns',
    async up(db) {
      await db.schema
        .createTable('campaign')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('by', 'text', (c) => c.notNull())
        .addColumn('changedAt', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema
        .createTable('campaignSend')
        .addColumn('campaign', 'text', (c) => c.notNull())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('season', 'text', (c) => c.notNull())
        .addColumn('person', 'text', (c) => c.notNull())
        .addColumn('purpose', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('control', 'integer', (c) => c.notNull())
        .addPrimaryKeyConstraint('campaignSendKey', ['campaign', 'appliance', 'season'])
        .execute()
      await db.schema.createIndex('campaignSendOf').on('campaignSend').columns(['person', 'at']).execute()
    },
  },
]
