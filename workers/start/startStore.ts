import { join } from 'node:path'
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { openReviver, PortCaller, Problem, type Settings, sharedNameOf, type World } from '../../core/index.ts'
import { remoteTelemetryStore } from '../../ingest/index.ts'
import type { StoreData, StoreThread } from '../protocol.ts'
import { openThread } from './openThread.ts'

/** Each frame that ends the store does so twice before it is set aside, and many may lie in a row. */
const BAD_FRAMES = { mostDeaths: 1_000, longestWaitMs: 500 }
/** An orderly end takes no longer; what was not committed is given again from the journal. */
const CLOSE_MS = 10_000

interface StoreOptions {
  settings: Settings
  world: World
  catalogDir: string
  failed: (problem: Problem) => void
  onRetryableError: (code: string, error: unknown) => void
}

/** A thread that has the store open: where the store is asked, and where its thread is. */
interface Opened {
  worker: Worker
  port: MessagePort
  control: MessagePort
}

/**
 * The telemetry store in a thread of its own, which is started again when it dies. What was asked of it then is answered
 * with a Problem that trying again can help; what was not committed yet is given again from the journal.
 */
export async function startStore(options: StoreOptions) {
  const { world, onRetryableError } = options
  const mourners: (() => Promise<void>)[] = []
  const thread = new PortCaller<StoreThread>({ gone: threadGone, timeout: { ms: CLOSE_MS, late: threadGone } })
  const reviver = await openReviver({
    open: async (died) => {
      const opened = await openStoreThread(options, died)
      thread.use(opened.control)
      return opened
    },
    reopened: (next) => {
      worker = next.worker
      store.use(next.port)
    },
    lost: async () => {
      for (const mourn of mourners) await mourn()
    },
    onRetryableError: (cause) => onRetryableError('store-died', cause),
    failed: (cause) => options.failed(stopped(cause, world)),
    ...BAD_FRAMES,
  })
  let { worker } = reviver.first
  const store = remoteTelemetryStore(reviver.first.port)

  return {
    store,
    isUp: reviver.isUp,
    /** Its thread is gone; `isUp` says when another one is there. */
    onDied: (listener: () => Promise<void>) => void mourners.push(listener),
    /** A port for an analysis that begins: the store takes batches from it alone. */
    analysisPort(): MessagePort {
      const { port1, port2 } = new MessageChannel()
      // Whoever has the other end learns of a thread that is gone by its being closed.
      thread.call('analysis', [port2], [port2]).catch(() => port2.close())
      return port1
    },
    close: async () => {
      reviver.close()
      if (thread.isOpen)
        await thread.call('close', []).catch((error: unknown) => onRetryableError('store-not-closed', error))
      await worker.terminate()
    },
  }
}

type First = { type: 'ready' } | { type: 'failed'; error: { code: string; message: string; remedy: string } }

/** @throws Problem of the store that could not be opened, or what its thread died of */
async function openStoreThread(options: StoreOptions, died: (cause: unknown) => void): Promise<Opened> {
  const [calls, control] = [new MessageChannel(), new MessageChannel()]
  const { worker, first } = await openThread<First>(
    new URL('../threads/store.ts', import.meta.url),
    {
      workerData: { ...dataOf(options), port: calls.port2, control: control.port2 } satisfies StoreData,
      // Batches die young.
      resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 8_192 },
      transferList: [calls.port2, control.port2],
    },
    died,
  )
  if (first.type !== 'ready') throw new Problem(first.error)
  return { worker, port: calls.port1, control: control.port1 }
}

function dataOf({ settings, world, catalogDir }: StoreOptions): Omit<StoreData, 'port' | 'control'> {
  const { INFLUX_URL: url, INFLUX_TOKEN: token } = settings
  return {
    worldDir: world.dir,
    catalogDir,
    quarantine: { rows: settings.QUARANTINE_ROWS_PER_APPLIANCE, bytes: settings.QUARANTINE_BYTES_PER_APPLIANCE },
    ...(url
      ? {
          influx: {
            url,
            version: settings.INFLUX_VERSION,
            ...(token ? { token } : {}),
            org: settings.INFLUX_ORG,
            database: `${settings.INFLUX_BUCKET}_${sharedNameOf(world)}`,
          },
        }
      : {}),
  }
}

const threadGone = (): Problem =>
  new Problem({
    code: 'store-unavailable',
    message: 'The store’s thread has ended, or does not answer.',
    remedy: 'Nothing is lost: the journal keeps what was acknowledged, and it is tried again.',
    status: 503,
    retryable: true,
  })
const stopped = (cause: unknown, world: World): Problem =>
  new Problem({
    code: 'store-failed',
    message: `The telemetry store stopped: ${(cause as Error).message}.`,
    remedy: `Nothing acknowledged is lost: it is stored from the journal at the next start. Check ${join(world.dir, 'telemetry')}.`,
    cause,
  })
