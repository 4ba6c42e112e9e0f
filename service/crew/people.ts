import { z } from 'zod'
import {
  type Clock,
  DAY,
  type Database,
  type Depot,
  type Engineer,
  engineerIdSchema,
  idSchema,
  locationSchema,
  type Millis,
  type UnitOfWork,
} from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import type { EngineerNow } from '../dispatch/rankCandidates.ts'
import { countStock } from '../parts/ledger.ts'
import type { SupplyPlace } from '../parts/promiseParts.ts'
import type { Policy } from '../policy/policySchema.ts'
import { openJobs } from '../tickets/store/ticketCounts.ts'
import { gradeOnDay } from './gradeOnDay.ts'
import { starLevel } from './starLevel.ts'

export const engineerSchema = z.object({
  id: engineerIdSchema,
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

/** What an engineer's column holds: as entered, with what they are being trained in. */
const engineerBody = jsonColumn(
  'engineer',
  'body',
  engineerSchema.extend({
    retraining: z
      .array(z.object({ failureMode: z.string(), since: z.number(), passedAt: z.number().optional() }))
      .optional(),
  }),
)
const depotBody = jsonColumn('depot', 'body', depotSchema.omit({ stock: true }))
interface Row {
  id: string
  body: string
}
/** An engineer from their column. @throws Problem `row-unreadable` */
export const readEngineer = ({ id, body }: Row): Engineer => engineerBody.read(body, id)
/** A stock place from its column, without what lies there. @throws Problem `row-unreadable` */
export const readDepot = ({ id, body }: Row): Omit<Depot, 'stock'> => depotBody.read(body, id)

export interface People {
  saveEngineers(engineers: readonly z.input<typeof engineerSchema>[]): Promise<Engineer[]>
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
        const row = await tx.selectFrom(table).select(['id', 'body']).where('id', '=', item.id).executeTakeFirst()
        const [before] = row ? readable<Row, object>([row], table === 'engineer' ? readEngineer : readDepot) : []
        const body = JSON.stringify({ ...before, ...item })
        if (row) await tx.updateTable(table).set({ body }).where('id', '=', item.id).execute()
        else if (table === 'depot') await tx.insertInto('depot').values({ id: item.id, body }).execute()
        else await tx.insertInto('engineer').values({ id: item.id, body, isolated: null }).execute()
      }
      await besides?.(tx)
    })
  }
  return {
    async saveEngineers(given) {
      const engineers = given.map((one) => engineerSchema.parse(one))
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
  const row = await db.selectFrom('engineer').select(['id', 'body']).where('id', '=', id).executeTakeFirst()
  return row && readEngineer(row)
}

/** Everybody as they stand at a moment: jobs open, the grade that holds, the star level of ratings up to yesterday. */
export async function engineersNow(
  db: Pick<UnitOfWork, 'selectFrom'>,
  { now, policy }: { now: Millis; policy: Policy },
): Promise<EngineerNow[]> {
  const today = Math.floor(now / DAY) * DAY
  const ratings = db
    .selectFrom('rating')
    .select((eb) => [
      'rating.engineer as rated',
      eb.fn.countAll<number>().as('ratings'),
      eb.fn.sum<number>('stars').as('stars'),
    ])
    .where('at', '>=', today - policy.stars.days * DAY)
    .where('at', '<', today)
    .groupBy('rating.engineer')
  const rows = await db
    .selectFrom('engineer')
    .leftJoin(openJobs(db).as('load'), 'load.busy', 'engineer.id')
    .leftJoin(ratings.as('given'), 'given.rated', 'engineer.id')
    .leftJoin('engineerOutlet', 'engineerOutlet.engineer', 'engineer.id')
    .select([
      'engineer.id',
      'engineer.body',
      'engineer.isolated',
      'load.jobs',
      'given.ratings',
      'given.stars',
      'engineerOutlet.score as outletScore',
    ])
    .orderBy('engineer.id')
    .execute()
  return readable(rows, (row) => {
    const engineer = readEngineer(row)
    const { grade, because } = gradeOnDay(engineer, now, policy.gradeRules)
    const count = Number(row.ratings ?? 0)
    return {
      ...engineer,
      grade,
      givenGrade: engineer.grade,
      ...(because ? { gradeBecause: because } : {}),
      openJobs: Number(row.jobs ?? 0),
      stars: starLevel({ count, sum: Number(row.stars ?? 0) }, policy.stars),
      ratings: count,
      ...(row.isolated ? { isolated: row.isolated } : {}),
      ...(row.outletScore === null ? {} : { outletScore: row.outletScore }),
    }
  })
}

/** Every stock place with what lies there; of all parts, or of these. */
export async function allDepots(db: Pick<UnitOfWork, 'selectFrom'>, parts?: readonly string[]): Promise<Depot[]> {
  let stock = db.selectFrom('stock').select(['place', 'part', 'onHand', 'reserved']).where('onHand', '>', 0)
  // None of them is nowhere: the places are known all the same.
  if (parts) stock = stock.where('part', 'in', parts.length > 0 ? parts : [''])
  const rows = await db
    .selectFrom('depot')
    .leftJoin(stock.as('line'), 'line.place', 'depot.id')
    .select(['depot.id', 'depot.body', 'line.part', 'line.onHand', 'line.reserved'])
    .orderBy('depot.id')
    .orderBy('line.part')
    .execute()
  return readable([...Map.groupBy(rows, ({ id }) => id)], ([id, lines]) => ({
    ...readDepot({ id, body: lines[0]?.body ?? '' }),
    stock: lines.flatMap(({ part, onHand, reserved }) =>
      part === null || onHand === null ? [] : [{ part, quantity: onHand, ...(reserved ? { reserved } : {}) }],
    ),
  }))
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
