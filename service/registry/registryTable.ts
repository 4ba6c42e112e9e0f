import {
  type Appliance,
  type DatabaseMigration,
  type Location,
  markPersonal,
  personal,
  personOf,
} from '../../core/index.ts'

declare module '../../core/database.ts' {
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
  {
    // Detection hears of gateways since; of those that are there it has not.
    name: '0085-gateways-told',
    async up(db) {
      const rows = await db.selectFrom('device').selectAll().where('speaksFor', 'is not', null).execute()
      for (const { id, speaksFor } of rows) {
        const control = { type: 'gateway', appliance: id, appliances: JSON.parse(speaksFor ?? '[]') as string[] }
        await db
          .insertInto('control')
          .values({ body: JSON.stringify(control), doneAt: null })
          .execute()
      }
    },
  },
]

/** As it is kept: whose it is and where it stands are its owner's. */
export function bodyOf(appliance: Appliance): string {
  const { location, ...rest } = appliance
  const of = personOf(appliance.id, appliance.owner)
  return JSON.stringify({
    ...markPersonal(of, rest),
    ...(location ? { location: personal(of, JSON.stringify(location)) } : {}),
  })
}

export function toAppliance(row: { body: string }): Appliance {
  const { location, owner, ...rest } = JSON.parse(row.body) as Omit<Appliance, 'location'> & {
    location?: Location | string
  }
  const place = typeof location === 'string' ? (location ? (JSON.parse(location) as Location) : undefined) : location
  // Of an owner who was erased after this was copied, nothing is left.
  const isKnown = owner && (owner.name || owner.contact)
  return { ...rest, ...(isKnown ? { owner } : {}), ...(place ? { location: place } : {}) }
}
