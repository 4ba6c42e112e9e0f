import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { type Database, type DatabaseMigration, openReviver, Problem } from '../../core/index.ts'
import { openSqliteDatabase, type Sealing, SqlitePort, sqliteThread } from '../../database/index.ts'
import { openThread } from './openThread.ts'

/**
 * The relational file in a thread of its own, which is started again when it dies: a transaction that was under way is
 * rolled back, and whoever asked is told that trying again helps.
 * @throws Problem `database-unusable`
 */
export async function startSqlite(options: {
  path: string
  migrations: DatabaseMigration[]
  sealing: Sealing
  failed: (problem: Problem) => void
  onRetryableError: (code: string, error: unknown) => void
}): Promise<Database> {
  const { path, migrations } = options
  const unusable = (cause: unknown): Problem =>
    new Problem({
      code: 'database-unusable',
      message: `The database ${path} cannot be used: ${(cause as Error).message}.`,
      remedy: 'Check the disk, or put back a copy of the file; the journal still has what appliances sent.',
      concerns: path,
      cause,
    })
  const reviver = await openReviver({
    open: (died) => openPort(path, died),
    reopened: (port) => line.use(port),
    onRetryableError: (cause) => options.onRetryableError('database-died', cause),
    failed: (cause) => options.failed(unusable(cause)),
  }).catch((cause: unknown) => Promise.reject(unusable(cause)))
  const line = new SqlitePort(reviver.first)
  const database = await openSqliteDatabase(line, migrations, options.sealing)
  return {
    ...database,
    async close() {
      reviver.close()
      await database.close()
    },
  }
}

/** @returns our end of the port to a thread that has the file open */
async function openPort(path: string, died: (cause: unknown) => void): Promise<MessagePort> {
  const { port1, port2 } = new MessageChannel()
  const data = { workerData: { path, port: port2 }, transferList: [port2] }
  await openThread(sqliteThread, data, died)
  return port1
}
