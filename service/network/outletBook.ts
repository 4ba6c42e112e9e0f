import {
  type Clock,
  DAY,
  type Database,
  type Location,
  type Millis,
  notFound,
  type UnitOfWork,
} from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import { readEngineer } from '../crew/people.ts'
import type { Policy } from '../policy/policySchema.ts'
import { leanTickets, type Reading } from '../tickets/store/ticketRepository.ts'
import { type Outlet, type OutletNow, outletSchema } from './outlet.ts'
import { type RankedOutlet, rankOutlets } from './rankOutlets.ts'
import { scoreOutlet, type VisitOutcome } from './scoreOutlet.ts'

const outletColumn = jsonColumn('outlet', 'body', outletSchema)

export interface OutletBook {
  /** New ones, or others in the place of what was known of them. */
  save(outlets: readonly Outlet[]): Promise<Outlet[]>
  /** @throws Problem `not-found` */
  remove(id: string): Promise<void>
  all(): Promise<OutletNow[]>
  /** Who serves this address, in what order, and why. */
  serving(of: { location: Location; kind?: string | undefined }): Promise<RankedOutlet[]>
  /** The visits that its score is made of, the newest first. @throws Problem `not-found` */
  visits(id: string): Promise<(VisitOutcome & { outlet: string; ticket: string; number: string; engineer: string })[]>
}

export function openOutletBook(options: { database: Database; clock: Clock; policy: Policy }): OutletBook {
  const { database, clock, policy } = options
  return {
    async save(outlets) {
      await database.transaction(async (tx) => {
        for (const outlet of outlets) {
          const body = JSON.stringify(outlet)
          const known = await tx.selectFrom('outlet').select('id').where('id', '=', outlet.id).executeTakeFirst()
          if (known) await tx.updateTable('outlet').set({ body }).where('id', '=', outlet.id).execute()
          else
            await tx
              .insertInto('outlet')
              .values({ id: outlet.id, body, score: policy.stars.prior, visits: 0, scoredAt: null })
              .execute()
        }
        await scoreOutlets(tx, policy, clock.now())
      })
      return [...outlets]
    },
    remove: (id) =>
      database.transaction(async (tx) => {
        const { numDeletedRows } = await tx.deleteFrom('outlet').where('id', '=', id).executeTakeFirstOrThrow()
        if (Number(numDeletedRows) === 0) throw notFound('outlet', id)
        await tx.deleteFrom('engineerOutlet').where('outlet', '=', id).execute()
      }),
    all: () => outletsNow(database.query),
    serving: async (of) => rankOutlets(await outletsNow(database.query), of, policy.network.outletStarKm),
    async visits(id) {
      const known = (await outletsNow(database.query)).some((one) => one.id === id)
      if (!known) throw notFound('outlet', id)
      return (await visitsByOutlet(database.query, policy, clock.now())).get(id) ?? []
    },
  }
}

export async function outletsNow(db: Reading): Promise<OutletNow[]> {
  const rows = await db.selectFrom('outlet').select(['id', 'body', 'score', 'visits']).orderBy('id').execute()
  return readable(rows, ({ id, body, score, visits }) => ({ ...outletColumn.read(body, id), score, of: visits }))
}

/** Counts anew what tickets up to yesterday say of each outlet, once a day, and tells dispatch. */
export async function scoreOutlets(tx: UnitOfWork, policy: Policy, now: Millis): Promise<void> {
  const outlets = await tx.selectFrom('outlet').select('id').execute()
  if (outlets.length === 0) return
  const visits = await visitsByOutlet(tx, policy, now)
  const scores = new Map(outlets.map(({ id }) => [id, scoreOutlet(visits.get(id) ?? [], policy.stars)]))
  for (const [id, { score, of }] of scores)
    await tx.updateTable('outlet').set({ score, visits: of, scoredAt: now }).where('id', '=', id).execute()
  await tx.deleteFrom('engineerOutlet').execute()
  const rows = [...(await outletOfEngineers(tx))].flatMap(([engineer, outlet]) => {
    const known = scores.get(outlet)
    return known ? [{ engineer, outlet, score: known.score }] : []
  })
  if (rows.length > 0) await tx.insertInto('engineerOutlet').values(rows).execute()
}

async function outletOfEngineers(db: Reading): Promise<Map<string, string>> {
  const rows = await db.selectFrom('engineer').select(['id', 'body']).orderBy('id').execute()
  return new Map(
    readable(rows, readEngineer).flatMap(({ id, outlet, depot }) => {
      const of = outlet ?? depot
      return of ? [[id, of] as const] : []
    }),
  )
}

async function visitsByOutlet(db: Reading, policy: Policy, now: Millis) {
  const today = Math.floor(now / DAY) * DAY
  const outletOf = await outletOfEngineers(db)
  const closed = await leanTickets(db, { isClosed: true, closedSince: today - policy.stars.days * DAY })
  const recalled = new Set(closed.flatMap(({ recallOf }) => recallOf ?? []))
  for (const { recallOf } of await leanTickets(db, { createdFrom: today - policy.stars.days * DAY }))
    if (recallOf) recalled.add(recallOf)
  const visits = closed.flatMap((ticket) => {
    const { id, number, engineer, closure, visit, rating, reopened = 0, clocks } = ticket
    const outlet = engineer && outletOf.get(engineer)
    if (!outlet || !closure || !visit || closure.at >= today) return []
    const promise = clocks.find(({ name }) => name === 'on-site')
    return [
      {
        outlet,
        ticket: id,
        number,
        engineer,
        at: closure.at,
        stars: rating?.stars,
        cameBack: reopened > 0 || recalled.has(id),
        late: promise !== undefined && (promise.doneAt ?? visit.startedAt) > promise.dueAt,
      },
    ]
  })
  return Map.groupBy(
    visits.sort((a, b) => b.at - a.at || (a.ticket < b.ticket ? -1 : 1)),
    ({ outlet }) => outlet,
  )
}
