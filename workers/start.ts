import { join } from 'node:path'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import {
  alertMigrations,
  cohortMigrations,
  deferralMigrations,
  fareMigrations,
  noticeMigrations,
} from '../alerts/index.ts'
import { brokerMigrations } from '../broker/index.ts'
import { type Database, Problem, type Settings, type World } from '../core/index.ts'
import { openPostgresDatabase, openSqliteDatabase, outboxMigrations } from '../database/index.ts'
import { remoteTelemetryStore } from '../ingest/index.ts'
import { serviceMigrations } from '../service/index.ts'
import type { StoreData, ToStore } from './protocol.ts'

/** The relational database of a world, with the tables of every room: a file in a thread of its own, or PostgreSQL. */
export function startDatabase(settings: Settings, world: World, failed: (problem: Problem) => void): Promise<Database> {
  const migrations = [
    ...outboxMigrations,
    ...alertMigrations,
    ...cohortMigrations,
    ...noticeMigrations,
    ...deferralMigrations,
    ...serviceMigrations,
    ...fareMigrations,
    ...brokerMigrations,
  ]
  return settings.POSTGRES_URL
    ? openPostgresDatabase(settings.POSTGRES_URL, `hearthwatch_${world.name}`, migrations)
    : openSqliteDatabase(startSqlite(join(world.dir, 'hearthwatch.db'), failed), migrations)
}

/** Starts the thread that owns the relational file. @returns our end of its port */
function startSqlite(path: string, failed: (problem: Problem) => void): MessagePort {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(new URL('./database.ts', import.meta.url), { workerData: { path } })
  worker.on('error', (cause) =>
    failed(
      new Problem({
        code: 'database-unusable',
        message: `The database ${path} cannot be used: ${cause.message}.`,
        remedy: 'Check the disk, or put back a copy of the file; the journal still has what appliances sent.',
        concerns: path,
        cause,
      }),
    ),
  )
  worker.postMessage({ port: port2 }, [port2])
  port1.on('close', () => void worker.terminate())
  return port1
}

/**
 * The telemetry store in a thread of its own, which is started again when it dies. What was asked of it then is answered
 * with a Problem that trying again can help; what was not committed yet is given again from the journal.
 * @param died it did; `isUp` then says when another one is there
 */
export async function startStore(options: {
  settings: Settings
  world: World
  catalogDir: string
  died: () => Promise<void>
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
  let closing = false
  let worker: Worker
  let up: Promise<void> = Promise.resolve()

  /** @returns our port to it, once it is open */
  async function open(): Promise<MessagePort> {
    const { port1, port2 } = new MessageChannel()
    const thread = new Worker(new URL('./store.ts', import.meta.url), {
      workerData: dataFor(port2),
      transferList: [port2],
    })
    worker = thread
    await new Promise<void>((resolve, reject) => {
      thread.once('message', (message: { type: string; error?: { code: string; message: string; remedy: string } }) => {
        if (message.type === 'ready') resolve()
        else
          reject(
            new Problem(message.error ?? { code: 'store-unusable', message: 'The store did not start.', remedy: '' }),
          )
      })
      thread.once('error', reject)
      thread.once('exit', () => reject(new Error('The store ended while it was opening.')))
    })
    thread.on('error', (error) => troubled('store-died', error))
    thread.once('exit', () => {
      if (!closing) up = reopen()
    })
    return port1
  }
  async function reopen(): Promise<void> {
    await options.died()
    for (let waitMs = FIRST_WAIT_MS; !closing; waitMs *= 2) {
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      try {
        store.use(await open())
        return
      } catch (cause) {
        troubled('store-died', cause)
        if (waitMs < LONGEST_WAIT_MS) continue
        options.failed(
          new Problem({
            code: 'store-failed',
            message: `The telemetry store stopped: ${(cause as Error).message}.`,
            remedy: `Nothing acknowledged is lost: it is stored from the journal at the next start. Check ${join(world.dir, 'telemetry')}.`,
            cause,
          }),
        )
        return
      }
    }
  }
  const store = remoteTelemetryStore(await open())

  return {
    store,
    isUp: () => up,
    /** A port for an analysis that begins: the store takes batches from it alone. */
    analysisPort(): MessagePort {
      const { port1, port2 } = new MessageChannel()
      worker.postMessage({ type: 'analysis', port: port2 } satisfies ToStore, [port2])
      return port1
    },
    close: async () => {
      closing = true
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

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000
