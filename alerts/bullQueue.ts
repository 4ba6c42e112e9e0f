import { type JobQueue, openPollLoop } from '../core/index.ts'
import type { QueueOptions } from './attemptJob.ts'
import { attemptJob } from './attemptJob.ts'
import { outboxSide } from './outboxQueue.ts'

const FED_AT_ONCE = 500
const POLL_MS = 1_000
/** A job that Redis lost (a flush, a power cut) is fed again after this long. */
const REFEED_MS = 60_000

/**
 * BullMQ carries the jobs; the outbox stays the truth. A job is fed under its key (so a repeat is nothing), and is
 * done when the outbox says so. What Redis forgets is fed again. BullMQ is large, and loaded only where it is asked for.
 */
export async function openBullQueue(options: QueueOptions & { redisUrl: string; prefix: string }): Promise<JobQueue> {
  const [{ Queue, Worker }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')])
  const { database, clock, prefix } = options
  const attempt = attemptJob(options)
  const connect = () => new Redis(options.redisUrl, { maxRetriesPerRequest: null, connectTimeout: 5_000 })
  const connections = [connect(), connect()] as const
  // ioredis reconnects by itself; an unheard error event would end the process.
  for (const connection of connections) connection.on('error', (error) => options.onRetryableError?.('redis', error))
  const queue = new Queue('jobs', { connection: connections[0], prefix })
  const worker = new Worker(
    'jobs',
    async (bull) => {
      const { seq } = bull.data as { seq: number }
      const row = await database.query.selectFrom('outbox').selectAll().where('seq', '=', seq).executeTakeFirst()
      if (!row || row.doneAt !== null || row.deadAt !== null) return
      const tries = row.tries + 1
      await database.transaction((tx) => tx.updateTable('outbox').set({ tries }).where('seq', '=', seq).execute())
      const { change, dead, settle } = await attempt(row, tries)
      await database.transaction(async (tx) => {
        await tx.updateTable('outbox').set(change).where('seq', '=', seq).execute()
        await settle?.(tx)
      })
      if (dead) options.onDead?.(dead)
    },
    { connection: connections[1], prefix, concurrency: 5, removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } },
  )
  queue.on('error', () => {})
  worker.on('error', () => {})

  /** Due rows go to Redis under `key-tries`: BullMQ drops one that it still holds. */
  async function feed(): Promise<void> {
    const now = clock.now()
    const due = await database.query
      .selectFrom('outbox')
      .selectAll()
      .where('doneAt', 'is', null)
      .where('deadAt', 'is', null)
      .where('runAt', '<=', now)
      .orderBy('seq')
      .limit(FED_AT_ONCE)
      .execute()
    if (due.length === 0) return
    await queue.addBulk(
      due.map(({ seq, channel, tries }) => ({
        name: channel,
        data: { seq },
        opts: { jobId: `${seq}-${tries}`, removeOnComplete: true, removeOnFail: true },
      })),
    )
    await database.transaction((tx) =>
      tx
        .updateTable('outbox')
        .set({ runAt: now + REFEED_MS })
        .where('doneAt', 'is', null)
        .where('runAt', '<=', now)
        .where(
          'seq',
          'in',
          due.map(({ seq }) => seq),
        )
        .execute(),
    )
  }
  const pump = openPollLoop(feed, POLL_MS, (error) => options.onRetryableError?.('jobs', error))
  pump.wake()

  return {
    ...outboxSide(database, clock, pump.wake),
    async idle() {
      await pump.idle()
      for (;;) {
        const counts = await queue.getJobCounts('waiting', 'active', 'prioritized')
        if (Object.values(counts).every((count) => count === 0)) return
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    async close() {
      await pump.close()
      await worker.close()
      await queue.close()
      for (const connection of connections) connection.disconnect()
    },
  }
}
