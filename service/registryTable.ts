import type { Appliance, DatabaseMigration } from '../core/index.ts'

declare module '../core/database.ts' {
  interface Tables {
    appliance: {
      id: string
      kind: string
      model: string
      homeId: string | null
      retiredAt: number | null
      registeredAt: number
      /** The whole Appliance, as JSON. */
      body: string
    }
    /** Appliances and gateways share one name space, as they share MQTT's client ids. */
    device: {
      id: string
      secretHash: string
      /** `appliance` or `gateway`. */
      type: string
      /** A gateway's appliances, as a JSON array. */
      speaksFor: string | null
    }
  }
}

export const registryMigrations: DatabaseMigration[] = [
  {
    name: '0004-registry',
    async up(db) {
      await db.schema
        .createTable('appliance')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('model', 'text', (c) => c.notNull())
        .addColumn('homeId', 'text')
        .addColumn('retiredAt', 'bigint')
        .addColumn('registeredAt', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('applianceNewest').on('appliance').columns(['registeredAt', 'id']).execute()
      await db.schema
        .createTable('device')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('secretHash', 'text', (c) => c.notNull())
        .addColumn('type', 'text', (c) => c.notNull())
        .addColumn('speaksFor', 'text')
        .execute()
    },
  },
]

export const toAppliance = (row: { body: string }): Appliance => JSON.parse(row.body) as Appliance
