import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import type { JobQueue } from '../core/index.ts'
import { backOff, deadJobs, outboxDepth, type QueueOptions, replayDead, runJob } from './outboxQueue.ts'

const FED_AT_ONCE = 500
const POLL_MS = 1_000
/** A job that Redis lost (a flush, a power cut) is fed again after this long. */
const REFEED_MS = 60_000

/**
 * BullMQ carries the jobs; the outbox stays the truth. A job is fed under its key (so a repeat is nothing), and is
 * done when the outbox says so. What Redis forgets is fed again.
 */
export function openBullQueue(options: QueueOptions & { redisUrl: string; prefix: string }): JobQueue {
  const { database, clock, maxTries = 8, backOffMs = 1_000, prefix } = options
  const notifiers = new Map(options.notifiers.map((notifier) => [notifier.channel, notifier]))
  const connect = () => new Redis(options.redisUrl, { maxRetriesPerRequest: null, connectTimeout: 5_000 })
  const connections = [connect(), connect()] as const
  // ioredis reconnects by itself; an unheard error event would end the process.
  for (const connection of connections) connection.on('error', (error) => options.troubled?.('redis', error))
  const queue = new Queue('jobs', { connection: connections[0], prefix })
  const worker = new Worker(
    'jobs',
    async (bull) => {
      const { seq, key, channel } = bull.data as { seq: number; key: string; channel: string }
      const row = await database.query.selectFrom('outbox').selectAll().where('seq', '=', seq).executeTakeFirst()
      if (!row || row.doneAt !== null || row.deadAt !== null) return
      const tries = row.tries + 1
      await database.transaction((tx) => tx.updateTable('outbox').set({ tries }).where('seq', '=', seq).execute())
      const body = JSON.parse(row.body) as Record<string, unknown>
      const failure = await runJob(notifiers, { key, channel, body: { ...body, tries } })
      const now = clock.now()
      const dead = failure !== null && (!failure.retryable || tries >= maxTries)
      const change =
        failure === null
          ? { doneAt: now, error: null }
          : dead
            ? { deadAt: now, error: failure.error }
            : { runAt: now + backOff(tries, backOffMs), error: failure.error }
      await database.transaction((tx) => tx.updateTable('outbox').set(change).where('seq', '=', seq).execute())
      if (dead) options.onDead?.({ key, channel, body, error: failure.error, tries, at: now })
    },
    { connection: connections[1], prefix, concurrency: 5, removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } },
  )
  queue.on('error', () => {})
  worker.on('error', () => {})

  let closed = false
  let feeding: Promise<void> | undefined
  let again = false

  /** Due rows go to Redis under `key-tries`: BullMQ drops one that it still holds. */
  async function feed(): Promise<void> {
    do {
      again = false
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
      if (due.length === 0) break
      await queue.addBulk(
        due.map(({ seq, key, channel, tries }) => ({
          name: channel,
          data: { seq, key, channel },
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
    } while (again && !closed)
  }
  function wake(): void {
    if (closed) return
    again = true
    feeding ??= feed()
      // The next poll tries again; the outbox still holds everything.
      .catch((error: unknown) => options.troubled?.('jobs', error))
      .finally(() => {
        feeding = undefined
      })
  }
  const timer = setInterval(wake, POLL_MS)
  timer.unref()
  wake()

  return {
    wake,
    async idle() {
      while (feeding) await feeding
      for (;;) {
        const counts = await queue.getJobCounts('waiting', 'active', 'prioritized')
        if (Object.values(counts).every((count) => count === 0)) return
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    dead: (limit) => deadJobs(database, limit),
    async replay(keys) {
      const count = await replayDead(database, keys)
      wake()
      return count
    },
    depth: () => outboxDepth(database, clock),
    async close() {
      closed = true
      clearInterval(timer)
      await feeding
      await worker.close()
      await queue.close()
      for (const connection of connections) connection.disconnect()
    },
  }
}
