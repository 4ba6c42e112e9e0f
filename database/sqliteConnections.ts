import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** `write`: the one connection that changes anything; `read`: sees what is committed. */
export type SqlConnection = 'write' | 'read'

export interface SqlAnswer {
  rows: unknown[]
  changes?: number
  lastId?: number
}

/** Two connections to one file; what a thread that owns it is asked. */
export interface SqliteConnections {
  /** @throws what SQLite says, with its extended result code as `errcode` */
  run(connection: SqlConnection, sql: string, parameters: readonly unknown[]): SqlAnswer
  close(): void
}

/**
 * Opens one SQLite file in this thread. WAL, synchronous FULL: a commit that has answered is on disk. Not `durable`: a
 * commit waits for no disk, and what a crash takes is lost.
 */
export function openConnections(path: string, durable = true): SqliteConnections {
  const write = new DatabaseSync(path, { timeout: 5_000 })
  write.exec(`pragma journal_mode=wal; pragma synchronous=${durable ? 'full' : 'off'}; pragma foreign_keys=on`)
  const read = new DatabaseSync(path, { timeout: 5_000, readOnly: true })
  const connections: Record<SqlConnection, Connection> = {
    write: { db: write, cache: new Map() },
    read: { db: read, cache: new Map() },
  }
  return {
    run: (connection, sql, parameters) => run(connections[connection], sql, parameters),
    close() {
      read.close()
      write.close()
    },
  }
}

interface Connection {
  db: DatabaseSync
  cache: Map<string, StatementSync>
}

const CACHED_STATEMENTS = 500

/** A single statement on a file that is opened for it. */
export const runIn = (db: DatabaseSync, sql: string, parameters: readonly unknown[]): SqlAnswer =>
  run({ db, cache: new Map() }, sql, parameters)

function run({ db, cache }: Connection, sql: string, parameters: readonly unknown[]): SqlAnswer {
  // A full disk, or one that fails, has ended the transaction already.
  if (sql === 'rollback' && !db.isTransaction) return { rows: [] }
  let statement = cache.get(sql)
  if (!statement) {
    statement = db.prepare(sql)
    if (cache.size >= CACHED_STATEMENTS) cache.clear()
    cache.set(sql, statement)
  }
  const bound = parameters.map(bind)
  if (statement.columns().length > 0) return { rows: statement.all(...bound) }
  const { changes, lastInsertRowid } = statement.run(...bound)
  return { rows: [], changes: Number(changes), lastId: Number(lastInsertRowid) }
}

function bind(value: unknown): string | number | bigint | null | Uint8Array {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  if (value instanceof Uint8Array) return value
  return JSON.stringify(value)
}
