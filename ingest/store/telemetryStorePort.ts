import type { MessagePort, TransferListItem } from 'node:worker_threads'
import { Problem, type StoredBatch, type TelemetryStore } from '../../core/index.ts'
import { patiently } from '../reading/payloadParts.ts'

/** Calls that may be under way from one thread; more is refused, retryably. */
const MAX_CALLS = 4_096

const methods = [
  'append',
  'begin',
  'offset',
  'known',
  'series',
  'latest',
  'features',
  'cycles',
  'events',
  'counters',
  'quarantine',
  'takeFromQuarantine',
  'quarantineUse',
  'forget',
] as const
type Method = (typeof methods)[number]

interface Call {
  call: number
  method: Method
  args: unknown[]
}
interface Answer {
  call: number
  value?: unknown
  problem?: { code: string; message: string; remedy: string; concerns?: string; status: number; retryable: boolean }
  error?: string
}

/**
 * Serves a store, which lives on this thread, to another one. Several ports may be served. Calls begin in the order they
 * come; each is answered when it is done. Because a batch's memory has moved here, it is here that an append is tried
 * again while the store is away. `end`: this port is heard no more, and nothing of it is tried again.
 */
export function serveTelemetryStore(port: MessagePort, store: TelemetryStore): { end(): void } {
  let ended = false
  port.on('message', ({ call, method, args }: Call) => {
    const run = store[method] as (...args: unknown[]) => Promise<unknown>
    const ask = async (): Promise<unknown> => run.apply(store, args)
    const answer = method === 'append' ? patiently(ask, () => ended) : ask()
    // An answer that cannot travel is an error of this call, and of nothing else.
    answer
      .then((value) => port.postMessage({ call, value } satisfies Answer))
      .catch((error: unknown) => port.postMessage({ call, ...told(error) } satisfies Answer))
  })
  return {
    end() {
      ended = true
      port.close()
    },
  }
}

function told(error: unknown): Pick<Answer, 'problem' | 'error'> {
  if (!(error instanceof Problem))
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  const { code, message, remedy, concerns, status, retryable } = error
  return { problem: { code, message, remedy, ...(concerns === undefined ? {} : { concerns }), status, retryable } }
}

/**
 * The store behind a port, as if it were here. `append` takes its columns over: they are empty here afterwards, so hand
 * them to it last; it waits while the store is away, so bound how many are under way. `close` closes the port and leaves the store to its own thread.
 */
export function remoteTelemetryStore(first: MessagePort): TelemetryStore & { use(port: MessagePort): void } {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: unknown) => void }>()
  let last = 0
  let gone: Problem | undefined
  let port: MessagePort
  const use = (next: MessagePort): void => {
    port = next
    gone = undefined
    next.on('message', ({ call, value, problem, error }: Answer) => {
      const caller = waiting.get(call)
      waiting.delete(call)
      if (problem) caller?.reject(new Problem(problem))
      else if (error !== undefined) caller?.reject(new Error(error))
      else caller?.resolve(value as never)
    })
    next.on('close', () => {
      if (port !== next) return
      gone = away('The store’s thread has ended.')
      for (const { reject } of waiting.values()) reject(gone)
      waiting.clear()
    })
  }
  use(first)
  const ask = <T>(method: Method, args: unknown[], transfer: TransferListItem[] = []): Promise<T> => {
    if (gone) return Promise.reject(gone)
    if (waiting.size >= MAX_CALLS) return Promise.reject(away('More calls wait for the store than memory may hold.'))
    return new Promise<T>((resolve, reject) => {
      const call = ++last
      waiting.set(call, { resolve, reject })
      port.postMessage({ call, method, args } satisfies Call, transfer)
    })
  }
  return {
    /** Another thread has the store now. */
    use,
    append: (batch) => ask('append', [batch], buffersOf(batch)),
    begin: () => ask('begin', []),
    offset: () => ask('offset', []),
    known: (...args) => ask('known', args),
    series: (...args) => ask('series', args),
    latest: (...args) => ask('latest', args),
    features: (...args) => ask('features', args),
    cycles: (...args) => ask('cycles', args),
    events: (...args) => ask('events', args),
    counters: () => ask('counters', []),
    quarantine: (...args) => ask('quarantine', args),
    takeFromQuarantine: (...args) => ask('takeFromQuarantine', args),
    quarantineUse: (...args) => ask('quarantineUse', args),
    forget: (...args) => ask('forget', args),
    async close() {
      port.close()
    },
  }
}

/** The memory of a batch's columns, to be moved instead of copied. */
export function buffersOf(batch: StoredBatch): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const {
    applianceIndex,
    ts,
    values,
    invalid,
    states,
    firmware,
    hashHigh,
    hashLow,
    offset,
    index,
  } of batch.readings) {
    for (const column of [
      applianceIndex,
      ts,
      ...values,
      invalid,
      ...states,
      firmware,
      hashHigh,
      hashLow,
      offset,
      index,
    ]) {
      buffers.add(column.buffer as ArrayBuffer)
    }
  }
  return [...buffers]
}

const away = (message: string): Problem =>
  new Problem({
    code: 'store-unavailable',
    message,
    remedy: 'Nothing is lost: the journal keeps what was acknowledged, and it is tried again.',
    status: 503,
    retryable: true,
  })
