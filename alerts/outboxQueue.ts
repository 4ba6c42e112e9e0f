import { sql } from 'kysely'
import { type Clock, type Database, type DeadJob, type JobQueue, type JobRecord, openPollLoop } from '../core/index.ts'
import { readable } from '../database/index.ts'
import { attemptJob, type QueueOptions } from './attemptJob.ts'
import { toJobBody } from './noticeColumn.ts'

const CLAIMED_AT_ONCE = 50
const LEASE_MS = 60_000
const POLL_MS = 1_000

/** The outbox table itself as the queue: a claim leases a job by moving its due time, so a dead worker's jobs come back. */
export function openOutboxQueue(options: QueueOptions): JobQueue {
  const { database, clock } = options
  const attempt = attemptJob(options)
  let claims = 0

  async function claim() {
    const now = clock.now()
    const waiting = await database.query
      .selectFrom('outbox')
      .select('seq')
      .where('doneAt', 'is', null)
      .where('deadAt', 'is', null)
      .where('runAt', '<=', now)
      .limit(1)
      .execute()
    if (waiting.length === 0) return []
    const lease = `${process.pid}-${++claims}`
    await database.transaction(async (tx) => {
      const due = await tx
        .selectFrom('outbox')
        .select('seq')
        .where('doneAt', 'is', null)
        .where('deadAt', 'is', null)
        .where('runAt', '<=', now)
        .orderBy('seq')
        .limit(CLAIMED_AT_ONCE)
        .execute()
      if (due.length === 0) return
      await tx
        .updateTable('outbox')
        .set({ lease, runAt: now + LEASE_MS, tries: sql`tries + 1` as never })
        .where(
          'seq',
          'in',
          due.map(({ seq }) => seq),
        )
        .execute()
    })
    return database.query.selectFrom('outbox').selectAll().where('lease', '=', lease).orderBy('seq').execute()
  }

  async function drain(isClosed: () => boolean): Promise<void> {
    for (let jobs = await claim(); jobs.length > 0 && !isClosed(); jobs = await claim()) {
      for (const row of jobs) {
        const { change, dead, settle } = await attempt(row, row.tries)
        await database.transaction(async (tx) => {
          const { numUpdatedRows } = await tx
            .updateTable('outbox')
            .set({ ...change, lease: null })
            .where('seq', '=', row.seq)
            .where('lease', '=', row.lease)
            .executeTakeFirstOrThrow()
          // Somebody else has it by now, and says what it came to.
          if (numUpdatedRows > 0) await settle?.(tx)
        })
        if (dead) options.onDead?.(dead)
      }
    }
  }
  const pump = openPollLoop(drain, POLL_MS, (error) => options.onRetryableError?.('jobs', error))
  pump.wake()

  return { ...outboxSide(database, clock, pump.wake), idle: pump.idle, close: pump.close }
}

/** What every carrier answers from the outbox itself. */
export function outboxSide(
  database: Database,
  clock: Clock,
  wake: () => void,
): Pick<JobQueue, 'wake' | 'dead' | 'replay' | 'depth' | 'log' | 'sendAgain'> {
  const again = async (which: PutBack): Promise<number> => {
    const count = which.keys?.length === 0 ? 0 : await putBack(database, which)
    wake()
    return count
  }
  return {
    wake,
    dead: (limit) => deadJobs(database, limit),
    replay: (keys) => again({ keys }),
    depth: () => outboxDepth(database, clock),
    log: (query) => jobLog(database, query),
    sendAgain: (channel, keys) => again({ channel, keys, taken: true }),
  }
}

/** What was given up and, when so asked, what was taken: of a channel, and of these keys. */
interface PutBack {
  keys?: string[] | undefined
  channel?: string
  taken?: boolean
}

async function deadJobs(database: Database, limit: number): Promise<DeadJob[]> {
  const rows = await database.query
    .selectFrom('outbox')
    .selectAll()
    .where('deadAt', 'is not', null)
    .orderBy('deadAt', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    key: row.key,
    channel: row.channel,
    // One that cannot be read died of that; it is listed all the same.
    body: readable([row], toJobBody)[0] ?? {},
    error: row.error ?? '',
    tries: row.tries,
    at: row.deadAt ?? 0,
  }))
}

/** Jobs begin anew, under their keys. What waits is on its way already. */
async function putBack(database: Database, which: PutBack): Promise<number> {
  const { numUpdatedRows } = await database.transaction((tx) =>
    tx
      .updateTable('outbox')
      .set({ doneAt: null, deadAt: null, tries: 0, runAt: 0 })
      .where((eb) =>
        which.taken
          ? eb.or([eb('doneAt', 'is not', null), eb('deadAt', 'is not', null)])
          : eb('deadAt', 'is not', null),
      )
      .$if(which.channel !== undefined, (update) => update.where('channel', '=', which.channel ?? ''))
      .$if(which.keys !== undefined, (update) => update.where('key', 'in', which.keys ?? []))
      .executeTakeFirstOrThrow(),
  )
  return Number(numUpdatedRows)
}

async function jobLog(
  database: Database,
  { channel, limit, before }: Parameters<JobQueue['log']>[0],
): Promise<JobRecord[]> {
  const rows = await database.query
    .selectFrom('outbox')
    .select(['seq', 'key', 'tries', 'createdAt', 'doneAt', 'deadAt', 'error'])
    .where('channel', '=', channel)
    .$if(before !== undefined, (query) => query.where('seq', '<', before ?? 0))
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ seq, key, tries, createdAt, doneAt, deadAt, error }) => ({
    seq: Number(seq),
    key,
    state: doneAt !== null ? 'done' : deadAt !== null ? 'dead' : 'waiting',
    tries,
    createdAt,
    settledAt: doneAt ?? deadAt ?? undefined,
    error: error ?? undefined,
  }))
}

async function outboxDepth(database: Database, clock: Clock) {
  const row = await database.query
    .selectFrom('outbox')
    .select((eb) => [
      eb.fn.countAll<number>().filterWhere('deadAt', 'is', null).as('waiting'),
      eb.fn.countAll<number>().filterWhere('deadAt', 'is not', null).as('dead'),
      eb.fn.min('createdAt').filterWhere('deadAt', 'is', null).as('oldest'),
    ])
    .where('doneAt', 'is', null)
    .executeTakeFirstOrThrow()
  return {
    waiting: Number(row.waiting),
    dead: Number(row.dead),
    oldestMs: row.oldest === null ? 0 : Math.max(0, clock.now() - Number(row.oldest)),
  }
}
