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
import type { StoreData } from './protocol.ts'

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

/** Starts the thread that owns the telemetry store, with a port for us and one for the analysis thread. */
export async function startStore(
  settings: Settings,
  world: World,
  catalogDir: string,
  failed: (problem: Problem) => void,
) {
  const ours = new MessageChannel()
  const analysis = new MessageChannel()
  const data: StoreData = {
    worldDir: world.dir,
    catalogDir,
    ports: [ours.port2, analysis.port2],
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
  }
  const worker = new Worker(new URL('./store.ts', import.meta.url), {
    workerData: data,
    transferList: data.ports,
  })
  worker.on('error', (cause) =>
    failed(
      new Problem({
        code: 'store-failed',
        message: `The telemetry store stopped: ${cause.message}.`,
        remedy: `Nothing acknowledged is lost: it is stored from the journal at the next start. Check ${join(world.dir, 'telemetry')}.`,
        cause,
      }),
    ),
  )
  await new Promise<void>((resolve, reject) => {
    worker.once('message', (message: { type: string; error?: { code: string; message: string; remedy: string } }) => {
      if (message.type === 'ready') resolve()
      else
        reject(
          new Problem(message.error ?? { code: 'store-unusable', message: 'The store did not start.', remedy: '' }),
        )
    })
    worker.once('error', reject)
  })
  return {
    store: remoteTelemetryStore(ours.port1),
    analysisPort: analysis.port1,
    close: async () => {
      const closed = new Promise((resolve) => worker.once('message', resolve))
      worker.postMessage({ type: 'close' })
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 10_000).unref())])
      await worker.terminate()
    },
  }
}
