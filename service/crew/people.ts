import { z } from 'zod'
import {
  type Clock,
  DAY,
  type Database,
  type Depot,
  type Engineer,
  idSchema,
  locationSchema,
  type Millis,
  ticketStatesWhere,
  type UnitOfWork,
} from '../../core/index.ts'
import type { EngineerNow } from '../dispatch/rankCandidates.ts'
import { countStock, stockOf } from '../parts/ledger.ts'
import type { SupplyPlace } from '../parts/promiseParts.ts'
import type { Policy } from '../policy/policySchema.ts'
import { gradeOnDay } from './gradeOnDay.ts'
import { starLevel } from './starLevel.ts'

export const engineerSchema = z.object({
  id: idSchema,
  name: z.string().min(1).max(200),
  location: locationSchema,
  grade: z.enum(['A+', 'A', 'B', 'C', 'D']),
  skills: z.array(z.string().max(64)).max(50),
  depot: idSchema.optional(),
  outlet: idSchema.optional(),
  hiredAt: z.number().int().optional(),
  certificates: z
    .array(
      z.object({
        name: z.string().min(1).max(40),
        validFrom: z.number().int().optional(),
        validUntil: z.number().int().optional(),
      }),
    )
    .max(50)
    .optional(),
  shift: z
    .tuple([z.number().min(0).max(24), z.number().min(0).max(24)])
    .refine(([from, to]) => from < to, { message: 'must end after it begins' })
    .optional(),
  daysOff: z
    .array(z.object({ from: z.number().int(), to: z.number().int() }))
    .max(400)
    .optional(),
})
export const depotSchema = z.object({
  id: idSchema,
  type: z.enum(['depot', 'outlet', 'van']),
  location: locationSchema,
  stock: z.array(z.object({ part: z.string().max(64), quantity: z.number().int().min(0) })).max(5_000),
})

/** States in which a ticket is work that its engineer still has to do. */
const busy = ticketStatesWhere('busy')

export interface People {
  saveEngineers(engineers: Engineer[]): Promise<Engineer[]>
  /** What `stock` says is a count: it replaces what was known to lie there. */
  saveDepots(depots: Depot[], by: string): Promise<Depot[]>
  engineers(): Promise<EngineerNow[]>
  depots(): Promise<Depot[]>
}

export function openPeople(database: Database, clock: Clock, policy: Policy): People {
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
    engineers: () => engineersNow(database.query, { now: clock.now(), policy }),
    depots: () => allDepots(database.query),
  }
}

/** One of them as they were entered: name, van, outlet. */
export async function engineerOf(db: Pick<UnitOfWork, 'selectFrom'>, id: string): Promise<Engineer | undefined> {
  const row = await db.selectFrom('engineer').select('body').where('id', '=', id).executeTakeFirst()
  return row && (JSON.parse(row.body) as Engineer)
}

/** Everybody as they stand at a moment: jobs open, the grade that holds, the star level of ratings up to yesterday. */
export async function engineersNow(
  db: Pick<UnitOfWork, 'selectFrom'>,
  { now, policy }: { now: Millis; policy: Policy },
): Promise<EngineerNow[]> {
  const rows = await db.selectFrom('engineer').selectAll().orderBy('id').execute()
  const loads = await db
    .selectFrom('ticket')
    .select((eb) => ['engineer', eb.fn.countAll<number>().as('jobs')])
    .where('state', 'in', busy)
    .where('engineer', 'is not', null)
    .groupBy('engineer')
    .execute()
  const jobs = new Map(loads.map((row) => [row.engineer, Number(row.jobs)]))
  const today = Math.floor(now / DAY) * DAY
  const ratings = await db
    .selectFrom('rating')
    .select((eb) => ['engineer', eb.fn.countAll<number>().as('count'), eb.fn.sum<number>('stars').as('sum')])
    .where('at', '>=', today - policy.stars.days * DAY)
    .where('at', '<', today)
    .groupBy('engineer')
    .execute()
  const rated = new Map(
    ratings.map(({ engineer, count, sum }) => [engineer, { count: Number(count), sum: Number(sum) }]),
  )
  return rows.map((row) => {
    const engineer = JSON.parse(row.body) as Engineer
    const { grade, because } = gradeOnDay(engineer, now, policy.gradeRules)
    const own = rated.get(row.id) ?? { count: 0, sum: 0 }
    return {
      ...engineer,
      grade,
      givenGrade: engineer.grade,
      ...(because ? { gradeBecause: because } : {}),
      openJobs: jobs.get(row.id) ?? 0,
      stars: starLevel(own, policy.stars),
      ratings: own.count,
      ...(row.isolated ? { isolated: row.isolated } : {}),
    }
  })
}

/** Every stock place with what lies there; of all parts, or of these. */
export async function allDepots(db: Pick<UnitOfWork, 'selectFrom'>, parts?: string[]): Promise<Depot[]> {
  const rows = await db.selectFrom('depot').select('body').orderBy('id').execute()
  const stock = await stockOf(db, { parts })
  return rows.map((row) => {
    const place = JSON.parse(row.body) as Omit<Depot, 'stock'>
    const lines = (stock.get(place.id) ?? []).filter(({ onHand }) => onHand > 0)
    return {
      ...place,
      stock: lines.map(({ part, onHand, reserved }) => ({ part, quantity: onHand, ...(reserved ? { reserved } : {}) })),
    }
  })
}

/** Stock places with what of these parts is free there, by id. */
export async function supplyPlaces(
  db: Pick<UnitOfWork, 'selectFrom'>,
  parts: string[],
): Promise<Map<string, SupplyPlace>> {
  const depots = await allDepots(db, [...new Set(parts)])
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
