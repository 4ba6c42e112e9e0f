import { join } from 'node:path'
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { alertMigrations, cohortMigrations, deferralMigrations, noticeMigrations } from '../../alerts/index.ts'
import { brokerMigrations } from '../../broker/index.ts'
import { type Database, openReviver, Problem, type Settings, type World } from '../../core/index.ts'
import { openPostgresDatabase, outboxMigrations } from '../../database/index.ts'
import { remoteTelemetryStore } from '../../ingest/index.ts'
import { serviceMigrations } from '../../service/index.ts'
import type { StoreData, ToStore } from '../protocol.ts'
import { openThread } from './openThread.ts'
import { startSqlite } from './startSqlite.ts'

/** The tables of every room. */
export const migrations = [
  ...outboxMigrations,
  ...alertMigrations,
  ...cohortMigrations,
  ...noticeMigrations,
  ...deferralMigrations,
  ...serviceMigrations,
  ...brokerMigrations,
]

/** The relational database of a world, with the tables of every room: a file in a thread of its own, or PostgreSQL. */
export function startDatabase(
  settings: Settings,
  world: World,
  failed: (problem: Problem) => void,
  troubled: (code: string, error: unknown) => void,
): Promise<Database> {
  return settings.POSTGRES_URL
    ? openPostgresDatabase(settings.POSTGRES_URL, `hearthwatch_${world.name}`, migrations)
    : startSqlite({ path: join(world.dir, 'hearthwatch.db'), migrations, failed, troubled })
}

/**
 * The telemetry store in a thread of its own, which is started again when it dies. What was asked of it then is answered
 * with a Problem that trying again can help; what was not committed yet is given again from the journal.
 */
export async function startStore(options: {
  settings: Settings
  world: World
  catalogDir: string
  failed: (problem: Problem) => void
  troubled: (code: string, error: unknown) => void
}) {
  const { settings, world, catalogDir, troubled } = options
  const dataFor = (port: MessagePort): StoreData => ({
    worldDir: world.dir,
    catalogDir,
    port,
    quarantine: { rows: settings.QUARANTINE_ROWS_PER_APPLIANCE, bytes: settings.QUARANTINE_BYTES_PER_APPLIANCE },
    ...(settings.INFLUX_URL
      ? {
          influx: {
            url: settings.INFLUX_URL,
            version: settings.INFLUX_VERSION,
            ...(settings.INFLUX_TOKEN ? { token: settings.INFLUX_TOKEN } : {}),
            org: settings.INFLUX_ORG,
            database: `${settings.INFLUX_BUCKET}_${world.name}`,
          },
        }
      : {}),
  })
  let worker: Worker
  const mourners: (() => Promise<void>)[] = []
  /** @returns our port to it, once it is open */
  async function openPort(died: (cause: unknown) => void): Promise<MessagePort> {
    const { port1, port2 } = new MessageChannel()
    const data = { workerData: dataFor(port2), transferList: [port2] }
    const { worker: thread, first } = await openThread<FirstOfStore>(
      new URL('../threads/store.ts', import.meta.url),
      data,
      died,
    )
    if (first.type !== 'ready') throw new Problem(first.error)
    worker = thread
    return port1
  }
  const reviver = await openReviver({
    open: openPort,
    reopened: (port) => store.use(port),
    lost: async () => {
      for (const mourn of mourners) await mourn()
    },
    troubled: (cause) => troubled('store-died', cause),
    failed: (cause) =>
      options.failed(
        new Problem({
          code: 'store-failed',
          message: `The telemetry store stopped: ${(cause as Error).message}.`,
          remedy: `Nothing acknowledged is lost: it is stored from the journal at the next start. Check ${join(world.dir, 'telemetry')}.`,
          cause,
        }),
      ),
    ...BAD_FRAMES,
  })
  const store = remoteTelemetryStore(reviver.first)

  return {
    store,
    isUp: reviver.isUp,
    /** Its thread is gone; `isUp` says when another one is there. */
    onDied: (listener: () => Promise<void>) => void mourners.push(listener),
    /** A port for an analysis that begins: the store takes batches from it alone. */
    analysisPort(): MessagePort {
      const { port1, port2 } = new MessageChannel()
      worker.postMessage({ type: 'analysis', port: port2 } satisfies ToStore, [port2])
      return port1
    },
    close: async () => {
      reviver.close()
      const closed = new Promise((resolve) => {
        worker.once('message', resolve)
        worker.once('exit', resolve)
      })
      worker.postMessage({ type: 'close' } satisfies ToStore)
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 10_000).unref())])
      await worker.terminate()
    },
  }
}

/** Each frame that ends the store does so twice before it is set aside, and many may lie in a row. */
const BAD_FRAMES = { mostDeaths: 1_000, longestWaitMs: 500 }

type FirstOfStore = { type: 'ready' } | { type: 'failed'; error: { code: string; message: string; remedy: string } }
