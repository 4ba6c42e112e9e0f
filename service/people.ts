import { z } from 'zod'
import {
  type Clock,
  type Database,
  type Depot,
  type Engineer,
  idSchema,
  locationSchema,
  type UnitOfWork,
} from '../core/index.ts'
import { countStock, stockOf } from './parts/ledger.ts'
import type { SupplyPlace } from './parts/promiseParts.ts'
import type { EngineerNow } from './rankCandidates.ts'

export const engineerSchema = z.object({
  id: idSchema,
  name: z.string().min(1).max(200),
  location: locationSchema,
  grade: z.enum(['A+', 'A', 'B', 'C', 'D']),
  skills: z.array(z.string().max(64)).max(50),
  depot: idSchema.optional(),
})
export const depotSchema = z.object({
  id: idSchema,
  type: z.enum(['depot', 'outlet', 'van']),
  location: locationSchema,
  stock: z.array(z.object({ part: z.string().max(64), quantity: z.number().int().min(0) })).max(5_000),
})

/** States in which a ticket is work that its engineer still has to do. */
const busy = ['assigned', 'visiting', 'waiting', 'remote']

export interface People {
  saveEngineers(engineers: Engineer[]): Promise<Engineer[]>
  /** What `stock` says is a count: it replaces what was known to lie there. */
  saveDepots(depots: Depot[], by: string): Promise<Depot[]>
  engineers(): Promise<EngineerNow[]>
  depots(): Promise<Depot[]>
}

export function openPeople(database: Database, clock: Clock): People {
  async function save(
    table: 'engineer' | 'depot',
    items: { id: string }[],
    besides?: (tx: UnitOfWork) => Promise<void>,
  ): Promise<void> {
    await database.transaction(async (tx) => {
      for (const item of items) {
        const row = await tx.selectFrom(table).select('body').where('id', '=', item.id).executeTakeFirst()
        const body = JSON.stringify({ ...(row ? JSON.parse(row.body) : {}), ...item })
        if (row) await tx.updateTable(table).set({ body }).where('id', '=', item.id).execute()
        else if (table === 'depot') await tx.insertInto('depot').values({ id: item.id, body }).execute()
        else await tx.insertInto('engineer').values({ id: item.id, body, isolated: null }).execute()
      }
      await besides?.(tx)
    })
  }
  return {
    async saveEngineers(engineers) {
      await save('engineer', engineers)
      return engineers
    },
    async saveDepots(depots, by) {
      const places = depots.map(({ stock: _, ...place }) => place)
      await save('depot', places, async (tx) => {
        for (const { id, stock } of depots) await countStock(tx, clock.now(), id, stock, by)
      })
      return depots
    },
    engineers: () => engineersNow(database.query),
    depots: () => allDepots(database.query),
  }
}

/** Everybody, with the number of jobs each has open now. */
export async function engineersNow(db: Pick<UnitOfWork, 'selectFrom'>): Promise<EngineerNow[]> {
  const rows = await db.selectFrom('engineer').selectAll().orderBy('id').execute()
  const loads = await db
    .selectFrom('ticket')
    .select((eb) => ['engineer', eb.fn.countAll<number>().as('jobs')])
    .where('state', 'in', busy)
    .where('engineer', 'is not', null)
    .groupBy('engineer')
    .execute()
  const jobs = new Map(loads.map((row) => [row.engineer, Number(row.jobs)]))
  return rows.map((row) => ({
    ...(JSON.parse(row.body) as Engineer),
    openJobs: jobs.get(row.id) ?? 0,
    ...(row.isolated ? { isolated: row.isolated } : {}),
  }))
}

export async function allDepots(db: Pick<UnitOfWork, 'selectFrom'>): Promise<Depot[]> {
  const rows = await db.selectFrom('depot').select('body').orderBy('id').execute()
  const stock = await stockOf(db)
  return rows.map((row) => {
    const place = JSON.parse(row.body) as Omit<Depot, 'stock'>
    const lines = (stock.get(place.id) ?? []).filter(({ onHand }) => onHand > 0)
    return {
      ...place,
      stock: lines.map(({ part, onHand, reserved }) => ({ part, quantity: onHand, ...(reserved ? { reserved } : {}) })),
    }
  })
}

/** Stock places with what is free there, by id. */
export async function supplyPlaces(db: Pick<UnitOfWork, 'selectFrom'>): Promise<Map<string, SupplyPlace>> {
  const depots = await allDepots(db)
  return new Map(
    depots.map(({ id, type, location, stock }) => [
      id,
      {
        id,
        type,
        location,
        available: new Map(stock.map(({ part, quantity, reserved = 0 }) => [part, quantity - reserved])),
      },
    ]),
  )
}
