import { z } from 'zod'
import {
  type Appliance,
  type DatabaseMigration,
  type FormerSecret,
  type Gateway,
  hashSecret,
  languages,
  locationSchema,
  markPersonal,
  newSecret,
  personal,
  personOf,
  recordOf,
  type UnitOfWork,
} from '../../core/index.ts'
import { jsonColumn } from '../../database/index.ts'

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
      /** Of the secret before, and until when that is good besides. */
      formerHash: string | null
      formerUntil: number | null
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
  {
    name: '0315-secrets-overlap',
    async up(db) {
      await db.schema.alterTable('device').addColumn('formerHash', 'text').execute()
      await db.schema.alterTable('device').addColumn('formerUntil', 'bigint').execute()
    },
  },
]

/** As it is kept: whose it is and where it stands are its owner's. */
function bodyOf(appliance: Appliance): string {
  const { location, ...rest } = appliance
  const of = personOf(appliance.id, appliance.owner)
  return JSON.stringify({
    ...markPersonal(of, rest),
    ...(location ? { location: personal(of, JSON.stringify(location)) } : {}),
  })
}

/** Looser than what a registration may say: bounds may have been other ones when it was written. */
const body = jsonColumn(
  'appliance',
  'body',
  z.looseObject({
    id: z.string(),
    kind: z.string(),
    model: z.string(),
    batch: z.string().optional(),
    firmware: z.string().optional(),
    installedAt: z.number().optional(),
    cadenceSeconds: z.number().optional(),
    units: recordOf(z.string(), z.string()).optional(),
    counters: z.array(z.string()).optional(),
    timeZone: z.string().optional(),
    reports: z.enum(['interval', 'on-change']).optional(),
    heartbeatSeconds: z.number().optional(),
    tests: z.array(z.string()).optional(),
    homeId: z.string().optional(),
    /** Sealed as a text; empty where its key was destroyed. */
    location: z.union([locationSchema, z.string()]).optional(),
    owner: z
      .looseObject({
        name: z.string(),
        contact: z.string(),
        phone: z.string().optional(),
        wechat: z.string().optional(),
        language: z.enum(languages).default('en'),
        segment: z.string().optional(),
      })
      .optional(),
    registeredAt: z.number(),
    retiredAt: z.number().optional(),
  }),
)
const sealedPlace = jsonColumn('appliance', 'body', locationSchema)
const gatewayOf = jsonColumn('device', 'speaksFor', z.array(z.string()))
/** The appliances that a gateway speaks for. @throws Problem `row-unreadable` */
export const speaksForOf = ({ id, speaksFor }: { id: string; speaksFor: string }): string[] =>
  gatewayOf.read(speaksFor, id)

/** @throws Problem `row-unreadable` */
export function toAppliance(row: { id: string; body: string }): Appliance {
  const { location, owner, ...rest } = body.read(row.body, row.id)
  const sealed = typeof location === 'string' ? location : undefined
  const place = sealed ? sealedPlace.read(sealed, row.id) : typeof location === 'string' ? undefined : location
  // Of an owner who was erased after this was copied, nothing is left.
  const isKnown = owner && (owner.name || owner.contact)
  return { ...rest, ...(isKnown ? { owner } : {}), ...(place ? { location: place } : {}) }
}

/** As it is from now on. */
export async function saveAppliance(tx: UnitOfWork, appliance: Appliance): Promise<void> {
  const row = {
    kind: appliance.kind,
    model: appliance.model,
    homeId: appliance.homeId ?? null,
    retiredAt: appliance.retiredAt ?? null,
    registeredAt: appliance.registeredAt,
    body: bodyOf(appliance),
  }
  await tx
    .insertInto('appliance')
    .values({ id: appliance.id, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

/** Whom a gateway speaks for from now on. */
export const saveBehind = async (tx: UnitOfWork, { id, appliances }: Gateway): Promise<void> =>
  void (await tx
    .updateTable('device')
    .set({ speaksFor: JSON.stringify(appliances) })
    .where('id', '=', id)
    .execute())

/** @returns a new secret for it, which is kept as its keyed hash alone @param of `speaksFor`: a gateway's */
export async function setSecret(
  tx: UnitOfWork,
  secretKey: Uint8Array,
  { id, speaksFor, former }: { id: string; speaksFor: string[] | null; former?: FormerSecret },
): Promise<string> {
  const secret = newSecret()
  const row = {
    secretHash: hashSecret(secretKey, secret).toString('base64'),
    type: speaksFor ? 'gateway' : 'appliance',
    speaksFor: speaksFor && JSON.stringify(speaksFor),
    ...formerColumns(former),
  }
  await tx
    .insertInto('device')
    .values({ id, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
  return secret
}
const formerColumns = (former: FormerSecret | undefined) => ({
  formerHash: former ? Buffer.from(former.secretHash).toString('base64') : null,
  formerUntil: former?.until ?? null,
})
export const formerOf = ({
  formerHash,
  formerUntil,
}: {
  formerHash: string | null
  formerUntil: number | null
}): FormerSecret | undefined =>
  formerHash === null || formerUntil === null
    ? undefined
    : { secretHash: Buffer.from(formerHash, 'base64'), until: Number(formerUntil) }

/** The former one is not asked for any more, if this is still the present one. */
export async function usedSecret(tx: UnitOfWork, id: string, secretHash: Uint8Array): Promise<void> {
  await tx
    .updateTable('device')
    .set(formerColumns(undefined))
    .where('id', '=', id)
    .where('secretHash', '=', Buffer.from(secretHash).toString('base64'))
    .execute()
}
