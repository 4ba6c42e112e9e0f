import { DatabaseSync } from 'node:sqlite'
import { Kysely, PostgresDialect, sql } from 'kysely'
import type { Tables } from '../core/index.ts'
import { openPostgresPool } from './postgresPool.ts'
import { unsealed } from './sealing.ts'
import { runIn } from './sqliteConnections.ts'
import { lineHere, sqliteDialect } from './sqliteDialect.ts'

/** What a command looks at beside the service, or without it. It changes nothing, brings no table up to date and makes none. */
export interface ForReading {
  query: Kysely<Tables>
  close(): Promise<void>
}

/** @throws what SQLite says of a file that is none */
export function openSqliteForReading(path: string): ForReading {
  const file = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  const line = lineHere({
    run: (_connection, sql, parameters) => runIn(file, sql, parameters),
    close: () => file.close(),
  })
  return { query: new Kysely<Tables>({ dialect: sqliteDialect(line, 'read', unsealed) }), close: line.close }
}

/** @throws Problem `database-unavailable` */
export async function openPostgresForReading(url: string, schema: string): Promise<ForReading> {
  const pool = await openPostgresPool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: 5_000,
    types: { getTypeParser: await numbers() } as never,
    options: `-c search_path=${schema} -c default_transaction_read_only=on`,
  })
  const query = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  await sql`select 1`.execute(query)
  return { query, close: () => query.destroy() }
}

/** Times are bigint milliseconds, read as numbers. */
async function numbers() {
  const { default: pg } = await import('pg')
  return (oid: number, format: never) => (oid === 20 ? Number : pg.types.getTypeParser(oid, format))
}
