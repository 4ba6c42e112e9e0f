import { z } from 'zod'
import {
  type AlertId,
  type DatabaseMigration,
  type Maintenance,
  type Millis,
  maintenanceScopes,
  type UnitOfWork,
} from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import { endOf } from './covers.ts'

declare module '../../core/database.ts' {
  interface Tables {
    maintenance: { id: string; appliance: string; at: Millis; endsAt: Millis; endedAt: Millis | null; body: string }
    /** Which alerts a maintenance kept from opening. */
    maintenanceHeld: { maintenance: string; alert: string }
  }
}

export const maintenanceMigrations: DatabaseMigration[] = [
  {
    name: '0305-maintenance',
    async up(db) {
      await db.schema
        .createTable('maintenance')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('endsAt', 'bigint', (c) => c.notNull())
        .addColumn('endedAt', 'bigint')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('maintenanceNewest').on('maintenance').columns(['at', 'id']).execute()
      await db.schema.createIndex('maintenanceEnds').on('maintenance').column('endsAt').execute()
      await db.schema
        .createTable('maintenanceHeld')
        .addColumn('maintenance', 'text', (c) => c.notNull())
        .addColumn('alert', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('maintenanceHeldKey', ['maintenance', 'alert'])
        .execute()
    },
  },
]

const body = jsonColumn<Maintenance, 'maintenance'>(
  'maintenance',
  'body',
  z.looseObject({
    id: z.string(),
    scope: z.enum(maintenanceScopes),
    of: z.string(),
    appliance: z.string(),
    from: z.number(),
    until: z.number(),
    by: z.string(),
    why: z.string(),
    ended: z.looseObject({ at: z.number(), by: z.string().optional() }).optional(),
  }),
)
const toMaintenance = (row: { id: string; body: string }): Maintenance => body.read(row.body, row.id)
export type Asked = Pick<UnitOfWork, 'selectFrom'>

export async function saveMaintenance(tx: UnitOfWork, one: Maintenance): Promise<void> {
  const row = { endsAt: endOf(one), endedAt: one.ended?.at ?? null, body: JSON.stringify(one) }
  await tx
    .insertInto('maintenance')
    .values({ id: one.id, appliance: one.appliance, at: one.from, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

export async function maintenanceOf(query: Asked, id: string): Promise<Maintenance | undefined> {
  const row = await query.selectFrom('maintenance').select(['id', 'body']).where('id', '=', id).executeTakeFirst()
  return row && toMaintenance(row)
}

/** Those that end after `from`, or whose end nobody was told of yet. */
export async function endingAfter(query: Asked, from: Millis, limit: number): Promise<Maintenance[]> {
  const rows = await query
    .selectFrom('maintenance')
    .select(['id', 'body'])
    .where((eb) => eb.or([eb('endsAt', '>', from), eb('endedAt', 'is', null)]))
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute()
  return readable(rows, toMaintenance)
}

/** The newest first. */
export async function newestMaintenances(query: Asked, limit: number): Promise<Maintenance[]> {
  const rows = await query
    .selectFrom('maintenance')
    .select(['id', 'body'])
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute()
  return readable(rows, toMaintenance)
}

export async function noteHeld(tx: UnitOfWork, ids: readonly string[], alert: AlertId): Promise<void> {
  if (ids.length === 0) return
  await tx
    .insertInto('maintenanceHeld')
    .values(ids.map((maintenance) => ({ maintenance, alert })))
    .onConflict((conflict) => conflict.columns(['maintenance', 'alert']).doNothing())
    .execute()
}
