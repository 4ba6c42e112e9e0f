import { MessageChannel, Worker } from 'node:worker_threads'
import { Kysely, PostgresDialect } from 'kysely'
import type { Database, DatabaseMigration, Tables } from '../core/index.ts'
import { isOlder, migrate } from './migrate.ts'
import { asProblem, openPostgresPool, unavailable } from './postgresPool.ts'
import { type Sealing, unsealed } from './sealing.ts'
import { openConnections } from './sqliteConnections.ts'
import { lineHere, type SqliteLine, SqlitePort, sqliteDialect } from './sqliteDialect.ts'

/**
 * The embedded database, behind the port to a thread that serves its connections on the other end.
 * @throws Problem `database-unusable` when a migration fails
 */
export const openSqliteDatabase = (
  port: SqlitePort,
  migrations: DatabaseMigration[],
  sealing: Sealing = unsealed,
): Promise<Database> => openLine(port, migrations, sealing)

/** A file that nobody needs tomorrow, in this very thread: quick, and nothing of it survives a crash. */
export const openPassingSqlite = (path: string, migrations: DatabaseMigration[]): Promise<Database> =>
  openLine(lineHere(openConnections(path, false)), migrations, unsealed)

async function openLine(sqlite: SqliteLine, migrations: DatabaseMigration[], sealing: Sealing): Promise<Database> {
  const write = new Kysely<Tables>({ dialect: sqliteDialect(sqlite, 'write', sealing) })
  const query = new Kysely<Tables>({ dialect: sqliteDialect(sqlite, 'read', sealing) })
  await migrate(write, 'sqlite', migrations)
  return {
    dialect: 'sqlite',
    query,
    transaction: (work) => write.transaction().execute(work),
    close: () => sqlite.close(),
  }
}

/** The file of the thread, given the `path` of a SQLite file and a `port` to serve it on; it says so once it does. */
export const sqliteThread = new URL('./sqliteThread.ts', import.meta.url)

/** In a thread started here: for tests and scripts that have no composition of their own. */
export async function openSqliteFile(
  path: string,
  migrations: DatabaseMigration[],
  sealing?: Sealing,
): Promise<Database> {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(sqliteThread, { workerData: { path, port: port2 }, transferList: [port2] })
  const database = await openSqliteDatabase(new SqlitePort(port1), migrations, sealing)
  return {
    ...database,
    close: async () => {
      await database.close()
      await worker.terminate()
    },
  }
}

/**
 * PostgreSQL. `schema` keeps the worlds apart. Times are bigint milliseconds, read as numbers.
 * @param mayChange false: its tables are somebody else's to make @throws Problem `database-older` when they are not there
 */
export async function openPostgresDatabase(
  url: string,
  schema: string,
  migrations: DatabaseMigration[],
  sealing: Sealing = unsealed,
  mayChange = true,
): Promise<Database> {
  const { default: pg } = await import('pg')
  const types = {
    getTypeParser: (oid: number, format: never) =>
      oid === 20 ? Number : oid === 114 || oid === 3802 ? String : pg.types.getTypeParser(oid, format),
  }
  const pool = await openPostgresPool(
    {
      connectionString: url,
      max: 8,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 30_000,
      types: types as never,
      options: `-c search_path=${schema}`,
    },
    sealing,
  )
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  try {
    if (mayChange) await pool.query(`create schema if not exists "${schema}"`)
  } catch (error) {
    await pool.end()
    throw unavailable(error)
  }
  await migrate(db, 'postgres', migrations, mayChange).catch(async (error: unknown) => {
    await db.destroy()
    // Without its table of migrations it is not there yet.
    throw (error as { code?: string }).code === '42P01' ? isOlder(error) : asProblem(error)
  })
  let turn: Promise<unknown> = Promise.resolve()
  return {
    dialect: 'postgres',
    query: db,
    transaction: (work) => {
      const mine = turn.then(() => db.transaction().execute(work)).catch((error) => Promise.reject(asProblem(error)))
      turn = mine.catch(() => {})
      return mine
    },
    close: () => db.destroy(),
  }
}
