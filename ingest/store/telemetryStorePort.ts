import type { MessagePort } from 'node:worker_threads'
import { PortCaller, Problem, type StoredBatch, servePort, type TelemetryStore } from '../../core/index.ts'
import { patiently } from '../reading/payloadParts.ts'

/** Calls that may be under way from one thread; more is refused, retryably. */
const MAX_CALLS = 4_096

const methods = [
  'append',
  'begin',
  'offset',
  'known',
  'series',
  'firstHour',
  'latest',
  'features',
  'cycles',
  'events',
  'scan',
  'found',
  'counters',
  'quarantine',
  'takeFromQuarantine',
  'quarantineUse',
  'forget',
  'copyTo',
] as const
type Method = (typeof methods)[number]

/**
 * Serves a store, which lives on this thread, to another one. Several ports may be served. Because a batch's memory has
 * moved here, it is here that an append is tried again while the store is away. `end`: this port is heard no more, and
 * nothing of it is tried again.
 */
export function serveTelemetryStore(port: MessagePort, store: TelemetryStore): { end(): void } {
  let ended = false
  const asked = (method: Method) =>
    (store[method] as (...args: unknown[]) => Promise<unknown>).bind(store) as TelemetryStore[Method]
  const served = Object.fromEntries(methods.map((method) => [method, asked(method)])) as Pick<TelemetryStore, Method>
  served.append = (batch) =>
    patiently(
      async () => store.append(batch),
      () => ended,
    )
  servePort(port, served)
  return {
    end() {
      ended = true
      port.close()
    },
  }
}

/**
 * The store behind a port, as if it were here. `append` takes its columns over: they are empty here afterwards, so hand
 * them to it last; it waits while the store is away, so bound how many are under way. `close` closes the port and leaves the store to its own thread.
 */
export function remoteTelemetryStore(first: MessagePort): TelemetryStore & { use(port: MessagePort): void } {
  const caller = new PortCaller<Pick<TelemetryStore, Method>>(
    {
      gone: () => away('The store’s thread has ended.'),
      most: { calls: MAX_CALLS, refused: () => away('More calls wait for the store than memory may hold.') },
    },
    first,
  )
  return {
    /** Another thread has the store now. */
    use: (port) => caller.use(port),
    append: (batch) => caller.call('append', [batch], buffersOf(batch)),
    begin: () => caller.call('begin', []),
    offset: () => caller.call('offset', []),
    known: (...args) => caller.call('known', args),
    series: (...args) => caller.call('series', args),
    firstHour: (...args) => caller.call('firstHour', args),
    latest: (...args) => caller.call('latest', args),
    features: (...args) => caller.call('features', args),
    cycles: (...args) => caller.call('cycles', args),
    events: (...args) => caller.call('events', args),
    scan: (...args) => caller.call('scan', args),
    found: (...args) => caller.call('found', args),
    counters: () => caller.call('counters', []),
    quarantine: (...args) => caller.call('quarantine', args),
    takeFromQuarantine: (...args) => caller.call('takeFromQuarantine', args),
    quarantineUse: (...args) => caller.call('quarantineUse', args),
    forget: (...args) => caller.call('forget', args),
    copyTo: (...args) => caller.call('copyTo', args),
    close: async () => caller.close(),
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
