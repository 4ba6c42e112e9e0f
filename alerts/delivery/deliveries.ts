import { z } from 'zod'
import {
  type Clock,
  type Database,
  MINUTE,
  type Millis,
  type Notice,
  type OwnerWay,
  ownerWays,
  type Sent,
  type UnitOfWork,
} from '../../core/index.ts'
import { enqueueJob, jsonColumn, readable } from '../../database/index.ts'
import type { Receipt } from '../channels/providers/provider.ts'
import { toNotice } from '../noticeColumn.ts'
import { type Delivery, type DeliveryEvent, decideDelivery } from './decideDelivery.ts'
import { browsersOf, jobOfWay } from './messageJobs.ts'

/** The channel of jobs that look whether a receipt has come. Nothing leaves the house by it. */
export const RECEIPT_CHECK = 'receipt-check'

/** How a delivery is shown. */
export interface DeliveryView extends Delivery {
  key: string
  at: Millis
}

/** What a try of a job came to. */
export type Tried = { done: Sent } | { dead: string }

export interface Deliveries {
  /** A job of one has been done, or given up. In the transaction that writes so. */
  settled(tx: UnitOfWork, body: Record<string, unknown>, channel: string, tried: Tried): Promise<void>
  /** What a carrier said later. @returns how many were known */
  heard(channel: string, receipts: readonly Receipt[]): Promise<number>
  /** A browser has shown it; whose it is, its endpoint says. */
  shown(key: string, endpoint: string): Promise<void>
  /** Of one ticket, the newest first. */
  of(ticket: string): Promise<DeliveryView[]>
}

interface DeliveryOptions {
  database: Database
  /** The world's. */
  clock: Clock
  wall: Clock
  publicUrl: string
  /** How long a carrier may say nothing of what it took. */
  receiptMinutes: () => Readonly<Record<OwnerWay, number>>
  /** Somebody has it; nobody has it. In the same transaction. */
  became(tx: UnitOfWork, notice: Notice, what: 'received' | 'unreached', at: Millis): Promise<void>
}

const MOST_SHOWN = 200
const delivered = z.object({ delivery: z.string(), way: z.enum(ownerWays) })
const keptWays = jsonColumn(
  'delivery',
  'ways',
  z.array(
    z.object({
      way: z.enum(ownerWays),
      state: z.enum(['waiting', 'sending', 'taken', 'received', 'failed', 'silent']),
      at: z.number().optional(),
      error: z.string().optional(),
    }),
  ),
)
const states = z.enum(['under-way', 'received', 'unreached'])

const toDelivery = ({ key, state, ways }: { key: string; state: string; ways: string }): Delivery => ({
  state: states.parse(state),
  ways: keptWays.read(ways, key),
})

export function openDeliveries(options: DeliveryOptions): Deliveries {
  const { database, clock, wall } = options

  async function apply(tx: UnitOfWork, key: string, event: DeliveryEvent): Promise<void> {
    const row = await tx.selectFrom('delivery').selectAll().where('key', '=', key).executeTakeFirst()
    // Its owner has gone, and all that they were told.
    if (!row) return
    const { delivery, send, became } = decideDelivery(toDelivery(row), event)
    await saveDelivery(tx, key, delivery)
    if (!send && !became) return
    const told = await tx.selectFrom('notice').select(['key', 'body']).where('key', '=', key).executeTakeFirst()
    if (!told) return
    const notice = toNotice(told)
    if (became) await options.became(tx, notice, became, clock.now())
    if (!send) return
    const job = jobOfWay(notice, send, options.publicUrl, (await browsersOf(tx, [notice]))(notice))
    if (job) return enqueueJob(tx, job, clock.now())
    await apply(tx, key, { type: 'failed', way: send, at: clock.now(), error: 'no address for it any more' })
  }

  return {
    async settled(tx, body, channel, tried) {
      const of = delivered.safeParse(body)
      if (!of.success) return
      const { delivery: key, way } = of.data
      const at = clock.now()
      if ('dead' in tried) return apply(tx, key, { type: 'failed', way, at, error: tried.dead })
      // The time to wait for a receipt is over.
      if (channel === RECEIPT_CHECK) return apply(tx, key, { type: 'silent', way, at })
      const { receipt, awaits, kept } = tried.done
      if (kept) return apply(tx, key, { type: 'failed', way, at, error: kept })
      if (!awaits) return apply(tx, key, { type: 'received', way, at })
      await apply(tx, key, { type: 'taken', way, at })
      if (receipt) {
        await tx
          .insertInto('deliveryReceipt')
          .values({ id: receipt, delivery: key, way, at })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute()
      }
      const minutes = options.receiptMinutes()[way]
      const check = { delivery: key, way }
      await enqueueJob(
        tx,
        { key: `${key}/${way}/check`, channel: RECEIPT_CHECK, body: check, runAt: wall.now() + minutes * MINUTE },
        at,
      )
    },
    async heard(channel, receipts) {
      return database.transaction(async (tx) => {
        let known = 0
        for (const { id, received, error = '' } of receipts) {
          const row = await tx
            .selectFrom('deliveryReceipt')
            .select(['delivery', 'way'])
            .where('id', '=', `${channel}/${id}`)
            .executeTakeFirst()
          if (!row) continue
          known++
          const way = z.enum(ownerWays).parse(row.way)
          const at = clock.now()
          await apply(
            tx,
            row.delivery,
            received ? { type: 'received', way, at } : { type: 'failed', way, at, error: error.slice(0, 200) },
          )
        }
        return known
      })
    },
    shown: (key, endpoint) =>
      database.transaction(async (tx) => {
        if (await isBrowserOf(tx, key, endpoint))
          await apply(tx, key, { type: 'received', way: 'push', at: clock.now() })
      }),
    async of(ticket) {
      const rows = await database.query
        .selectFrom('delivery')
        .selectAll()
        .where('ticket', '=', ticket)
        .orderBy('at', 'desc')
        .orderBy('key', 'desc')
        .limit(MOST_SHOWN)
        .execute()
      return readable(rows, (row) => ({ key: row.key, at: row.at, ...toDelivery(row) }))
    },
  }
}

const saveDelivery = async (tx: UnitOfWork, key: string, { state, ways }: Delivery): Promise<void> =>
  void (await tx
    .updateTable('delivery')
    .set({ state, ways: JSON.stringify(ways) })
    .where('key', '=', key)
    .execute())

/** Is it a browser of whom the notice is for? */
async function isBrowserOf(tx: UnitOfWork, key: string, endpoint: string): Promise<boolean> {
  const notice = await tx.selectFrom('notice').select('recipient').where('key', '=', key).executeTakeFirst()
  const browser = await tx
    .selectFrom('pushSubscription')
    .select('recipient')
    .where('endpoint', '=', endpoint)
    .executeTakeFirst()
  return notice !== undefined && notice.recipient === browser?.recipient
}
