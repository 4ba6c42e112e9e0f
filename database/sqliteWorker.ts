import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { MessagePort } from 'node:worker_threads'

/** One statement on its way to the thread that owns the file. */
export interface SqlRequest {
  id: number
  /** `write`: the one connection that changes anything; `read`: sees what is committed. */
  connection: 'write' | 'read'
  sql: string
  parameters: readonly unknown[]
}
export type SqlResponse =
  | { id: number; rows: unknown[]; changes?: number; lastId?: number }
  | { id: number; error: string; errcode?: number }

/** Two connections to one file. */
export interface SqliteConnections {
  answer(request: SqlRequest): SqlResponse
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
  const connections = { write: { db: write, cache: new Map() }, read: { db: read, cache: new Map() } } as Record<
    SqlRequest['connection'],
    { db: DatabaseSync; cache: Map<string, StatementSync> }
  >
  return {
    answer: (request) => answer(connections[request.connection], request),
    close() {
      read.close()
      write.close()
    },
  }
}

/** Serves one SQLite file over a port, from a thread of its own: `node:sqlite` is synchronous, and commits wait for the disk. */
export function serveSqlite(path: string, port: MessagePort): void {
  const { answer, close } = openConnections(path)
  port.on('message', (request: SqlRequest | { close: true }) => {
    if ('close' in request) {
      close()
      port.postMessage({ id: -1, rows: [] } satisfies SqlResponse)
      port.close()
      return
    }
    port.postMessage(answer(request))
  })
}

const CACHED_STATEMENTS = 500

function answer(
  { db, cache }: { db: DatabaseSync; cache: Map<string, StatementSync> },
  request: SqlRequest,
): SqlResponse {
  try {
    // A full disk, or one that fails, has ended the transaction already.
    if (request.sql === 'rollback' && !db.isTransaction) return { id: request.id, rows: [] }
    let statement = cache.get(request.sql)
    if (!statement) {
      statement = db.prepare(request.sql)
      if (cache.size >= CACHED_STATEMENTS) cache.clear()
      cache.set(request.sql, statement)
    }
    const parameters = request.parameters.map(bind)
    if (statement.columns().length > 0) return { id: request.id, rows: statement.all(...parameters) }
    const { changes, lastInsertRowid } = statement.run(...parameters)
    return { id: request.id, rows: [], changes: Number(changes), lastId: Number(lastInsertRowid) }
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: number }
    return { id: request.id, error: message, errcode }
  }
}

function bind(value: unknown): string | number | bigint | null | Uint8Array {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  if (value instanceof Uint8Array) return value
  return JSON.stringify(value)
}
