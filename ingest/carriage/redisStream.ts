import type { Redis } from 'ioredis'
import { type CarriedEntry, type Entry, type EntryStream, PARTITIONS, Problem } from '../../core/index.ts'
import { MOST_AT_ONCE } from './memoryStream.ts'

const CONNECT_MS = 2_000
/** A Redis that does not answer is one that is away. */
const ANSWER_MS = 5_000
/** Beyond the time that a read waits by itself. */
const GRACE_MS = 5_000
/** Of one partition: beyond it the oldest go. What is missed then is asked for again. */
const MOST_ENTRIES = 4_096
const BEGINNING = '0-0'
const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition)

/**
 * Redis Streams, one for each partition, under `prefix`. One connection writes, another one waits for what comes.
 * What Redis forgets (a flush, a power cut, `MAXLEN`) is missed by its sequence.
 */
export async function openRedisStream(options: {
  url: string
  prefix: string
  onRetryableError: (code: string, error: unknown) => void
}): Promise<EntryStream> {
  const { Redis } = await import('ioredis')
  const connect = (commandTimeout?: number): Redis => {
    const redis = new Redis(options.url, {
      connectTimeout: CONNECT_MS,
      // Nothing waits for a Redis that is away: it is refused, and tried again by whoever asked.
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      lazyConnect: true,
      retryStrategy: (tries) => Math.min(50 * tries, 1_000),
      ...(commandTimeout ? { commandTimeout } : {}),
    })
    redis.on('error', (error) => options.onRetryableError('redis', error))
    redis.connect().catch(() => undefined)
    return redis
  }
  const writer = connect(ANSWER_MS)
  let reader: Redis | undefined
  let isClosed = false
  const keyOf = (partition: number): string => `${options.prefix}:entries:${partition}`
  const asked = async <T>(redis: Redis, ask: () => Promise<T>): Promise<T> => {
    try {
      if (redis.status === 'connecting' || redis.status === 'connect') await isReady(redis)
      return await ask()
    } catch (cause) {
      throw unavailable(cause)
    }
  }
  /** Several commands in one go. @throws the first error of any */
  const pipelined = (commands: [string, ...(string | number | Buffer)[]][]): Promise<void> =>
    asked(writer, async () => {
      for (const [error] of (await writer.pipeline(commands).exec()) ?? []) if (error) throw error
    })
  return {
    publish: (entries) =>
      pipelined(
        entries.map((entry) => ['xadd', keyOf(entry.partition), 'MAXLEN', '~', MOST_ENTRIES, '*', ...fieldsOf(entry)]),
      ),
    async read(after, waitMs) {
      reader ??= connect()
      const redis = reader
      return asked(redis, async () => {
        const places = partitions.map((partition) => after.get(partition) ?? BEGINNING)
        const waiting = redis.callBuffer(
          'xread',
          ...['COUNT', MOST_AT_ONCE, 'BLOCK', waitMs, 'STREAMS', ...partitions.map(keyOf), ...places],
        )
        return carriedOf(await answered(waiting, waitMs + GRACE_MS, redis), keyOf)
      }).catch((error: unknown) => {
        if (isClosed) return []
        throw error
      })
    },
    trim: (upTo) =>
      pipelined([...upTo].map(([partition, place]) => ['xtrim', keyOf(partition), 'MINID', afterPlace(place)])),
    async close() {
      isClosed = true
      writer.disconnect()
      reader?.disconnect()
    },
  }
}

const isReady = (redis: Redis): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (): void => {
      redis.off('ready', done)
      redis.off('close', failed)
      resolve()
    }
    const failed = (): void => {
      redis.off('ready', done)
      redis.off('close', failed)
      reject(new Error('the connection closed'))
    }
    redis.on('ready', done)
    redis.on('close', failed)
  })

/** A connection that is half open answers nothing: it is given up for another one. */
async function answered<T>(answer: Promise<T>, withinMs: number, redis: Redis): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    redis.disconnect(true)
    late.reject(new Error('it does not answer'))
  }, withinMs)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

const fieldsOf = ({ edge, epoch, first, count, frames }: Entry): (string | number | Buffer)[] => [
  ...['edge', edge, 'epoch', epoch, 'first', first, 'count', count, 'frames'],
  Buffer.from(frames.buffer, frames.byteOffset, frames.byteLength),
]

/** The next place: what is before it goes, which is up to and including this one. */
function afterPlace(place: string): string {
  const [ms = '0', number = '0'] = place.split('-')
  return `${ms}-${BigInt(number) + 1n}`
}

type Answer = [key: Buffer, entries: [at: Buffer, fields: Buffer[]][]][] | null

/** What Redis answers, which is known by its protocol. What is none of our entries is left out. */
function carriedOf(answer: unknown, keyOf: (partition: number) => string): CarriedEntry[] {
  const carried: CarriedEntry[] = []
  const byKey = new Map(partitions.map((partition) => [keyOf(partition), partition]))
  for (const [key, entries] of (answer as Answer) ?? []) {
    const partition = byKey.get(key.toString())
    if (partition === undefined) continue
    for (const [at, fields] of entries) {
      const [, edge, , epoch, , first, , count, , frames] = fields
      if (!edge || !epoch || !first || !count || !frames) continue
      carried.push({
        edge: edge.toString(),
        epoch: epoch.toString(),
        partition,
        first: Number(first.toString()),
        count: Number(count.toString()),
        frames,
        at: at.toString(),
      })
    }
  }
  return carried
}

const unavailable = (cause: unknown): Problem =>
  new Problem({
    code: 'carrier-unavailable',
    message: `Redis does not answer: ${(cause as Error).message}.`,
    remedy: 'Start it or correct REDIS_URL; what was acknowledged waits in the journals, and goes on by itself.',
    status: 503,
    retryable: true,
    cause,
  })
