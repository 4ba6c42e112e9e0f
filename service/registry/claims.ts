import { createHmac } from 'node:crypto'
import { z } from 'zod'
import {
  type Clock,
  type Cut,
  type Database,
  type DatabaseMigration,
  type Millis,
  Problem,
  type Registration,
  upTo,
} from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import type { Credentials } from './registration.ts'
import type { Registry } from './registryPort.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** What left the factory, each with the code on it (a keyed hash): it turns into credentials once. */
    claimCode: { hash: string; appliance: string; body: string; addedAt: Millis; claimedAt: Millis | null }
  }
}

export const claimMigrations: DatabaseMigration[] = [
  {
    name: '0114-claims',
    async up(db) {
      await db.schema
        .createTable('claimCode')
        .addColumn('hash', 'text', (c) => c.primaryKey())
        .addColumn('appliance', 'text', (c) => c.notNull().unique())
        .addColumn('body', 'text', (c) => c.notNull())
        .addColumn('addedAt', 'bigint', (c) => c.notNull())
        .addColumn('claimedAt', 'bigint')
        .execute()
      await db.schema.createIndex('claimAdded').on('claimCode').columns(['addedAt', 'appliance']).execute()
    },
  },
]

/** What the factory says of one appliance. */
export type FactoryRow = Pick<Registration, 'id' | 'kind' | 'model' | 'batch' | 'firmware'> & { code: string }
const factoryRow = jsonColumn<Omit<FactoryRow, 'code'>, 'claimCode'>(
  'claimCode',
  'body',
  z.object({
    id: z.string(),
    kind: z.string(),
    model: z.string(),
    batch: z.string().optional(),
    firmware: z.string().optional(),
  }),
)
export interface ClaimView {
  appliance: string
  kind: string
  model: string
  addedAt: Millis
  claimedAt?: Millis
}
export interface Claims {
  /** Takes a list in; a row that is there already takes another code, unless it was claimed. @returns what was taken */
  take(rows: FactoryRow[]): Promise<ClaimView[]>
  /** @throws Problem `no-such-code`, `code-claimed`, `id-taken` */
  claim(
    code: string,
    by: Pick<Registration, 'owner' | 'homeId' | 'location' | 'timeZone'>,
  ): Promise<{ id: string; kind: string; model: string; mqtt: Credentials }>
  list(limit: number): Promise<Cut<ClaimView>>
}

/** @param clock the wall clock @param key of a file beside the database */
export function openClaims(database: Database, registry: Registry, clock: Clock, key: Uint8Array): Claims {
  // As people type what stands on a label.
  const hashOf = (code: string): string =>
    createHmac('sha256', key).update(code.replace(/[\s-]/g, '').toUpperCase()).digest('base64url')
  const viewOf = (row: { appliance: string; body: string; addedAt: Millis; claimedAt: Millis | null }): ClaimView => {
    const { appliance, addedAt, claimedAt } = row
    const { kind, model } = factoryRow.read(row.body, appliance)
    return { appliance, kind, model, addedAt, ...(claimedAt === null ? {} : { claimedAt }) }
  }
  return {
    take: (rows) =>
      database.transaction(async (tx) => {
        const [taken, addedAt]: [ClaimView[], Millis] = [[], clock.now()]
        for (const { code, ...factory } of rows) {
          const row = { hash: hashOf(code), appliance: factory.id, body: JSON.stringify(factory), addedAt }
          await tx
            .insertInto('claimCode')
            .values({ ...row, claimedAt: null })
            .onConflict((conflict) =>
              conflict.column('appliance').doUpdateSet(row).where('claimCode.claimedAt', 'is', null),
            )
            .execute()
          taken.push(viewOf({ ...row, claimedAt: null }))
        }
        return taken
      }),
    async claim(code, by) {
      const hash = hashOf(code)
      const claimedAt = clock.now()
      const factory = await database.transaction(async (tx) => {
        const known = await tx.selectFrom('claimCode').selectAll().where('hash', '=', hash).executeTakeFirst()
        if (!known)
          throw refused(
            'no-such-code',
            404,
            'This code is on no appliance that is known here.',
            'Type it as it stands on the label.',
          )
        if (known.claimedAt !== null)
          throw refused(
            'code-claimed',
            409,
            'This code was used already.',
            'It works once; ask the service desk for new credentials of the appliance.',
          )
        const read = factoryRow.read(known.body, known.appliance)
        await tx.updateTable('claimCode').set({ claimedAt }).where('hash', '=', hash).execute()
        return read
      })
      try {
        const [made] = await registry.register([{ ...factory, ...by }])
        if (!made?.mqtt.password)
          throw refused(
            'id-taken',
            409,
            `${factory.id} is registered already.`,
            'Ask the service desk for new credentials of it.',
          )
        return { id: made.id, kind: made.kind, model: made.model, mqtt: made.mqtt }
      } catch (error) {
        // Nothing came of it: the code is good still.
        await database.transaction((tx) =>
          tx.updateTable('claimCode').set({ claimedAt: null }).where('hash', '=', hash).execute(),
        )
        throw error
      }
    },
    async list(limit) {
      const rows = await database.query
        .selectFrom('claimCode')
        .selectAll()
        .orderBy('addedAt', 'desc')
        .orderBy('appliance')
        .limit(limit + 1)
        .execute()
      const { items, ...more } = upTo(rows, limit)
      return { items: readable(items, viewOf), ...more }
    },
  }
}

const refused = (code: string, status: number, message: string, remedy: string): Problem =>
  new Problem({ code, message, remedy, status })
