import type { MessagePort } from 'node:worker_threads'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { Problem } from '../core/index.ts'
import type { SqliteConnections, SqlRequest, SqlResponse } from './sqliteWorker.ts'

/** A statement that broke a constraint or the file; `errcode` is SQLite's extended result code. */
export class SqlError extends Error {
  readonly errcode: number | undefined
  constructor(message: string, errcode?: number) {
    super(message)
    this.errcode = errcode
  }
}

type SqlAnswer = SqlResponse & { rows: unknown[] }

/** Where statements are answered. */
export interface SqliteLine {
  run(connection: SqlRequest['connection'], sql: string, parameters: readonly unknown[]): Promise<SqlAnswer>
  close(): Promise<void>
}

/** Statements that this thread answers itself: no way there and back, but everything waits for each. */
export const lineHere = ({ answer, close }: SqliteConnections): SqliteLine => ({
  async run(connection, sql, parameters) {
    const response = answer({ id: 0, connection, sql, parameters })
    if ('error' in response) throw new SqlError(response.error, response.errcode)
    return response
  },
  close: async () => close(),
})

/** Our end of the port to the thread that owns the file. */
export class SqlitePort implements SqliteLine {
  #port: MessagePort
  #next = 1
  #waiting = new Map<number, { resolve: (r: SqlAnswer) => void; reject: (e: Error) => void }>()
  constructor(port: MessagePort) {
    this.#port = port
    port.on('message', (response: SqlResponse) => {
      const waiting = this.#waiting.get(response.id)
      this.#waiting.delete(response.id)
      if (!waiting) return
      if ('error' in response) waiting.reject(new SqlError(response.error, response.errcode))
      else waiting.resolve(response)
    })
    port.on('close', () => {
      const gone = new Problem({
        code: 'database-unavailable',
        message: 'The database thread has ended.',
        remedy: 'Restart the program; nothing that was committed is lost.',
        status: 503,
      })
      for (const { reject } of this.#waiting.values()) reject(gone)
      this.#waiting.clear()
    })
  }
  run(connection: SqlRequest['connection'], sql: string, parameters: readonly unknown[]) {
    return new Promise<SqlAnswer>((resolve, reject) => {
      const id = this.#next++
      this.#waiting.set(id, { resolve, reject })
      this.#port.postMessage({ id, connection, sql, parameters } satisfies SqlRequest)
    })
  }
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(-1, { resolve: () => resolve(), reject: () => resolve() })
      this.#port.postMessage({ close: true })
    })
  }
}

/** Kysely over such a line. One connection each for writing and reading; a connection's users take turns. */
export const sqliteDialect = (port: SqliteLine, connection: SqlRequest['connection']): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new PortDriver(port, connection),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
})

class PortDriver implements Driver {
  #connection: PortConnection
  #turn: Promise<void> = Promise.resolve()
  #release: (() => void) | undefined
  constructor(port: SqliteLine, connection: SqlRequest['connection']) {
    this.#connection = new PortConnection(port, connection)
  }
  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#turn
    let release: () => void = () => {}
    this.#turn = new Promise((resolve) => {
      release = resolve
    })
    await before
    this.#release = release
    return this.#connection
  }
  async releaseConnection(): Promise<void> {
    this.#release?.()
  }
  async beginTransaction(): Promise<void> {
    await this.#connection.run('begin immediate')
  }
  async commitTransaction(): Promise<void> {
    await this.#connection.run('commit')
  }
  async rollbackTransaction(): Promise<void> {
    await this.#connection.run('rollback')
  }
  async destroy(): Promise<void> {}
}

class PortConnection implements DatabaseConnection {
  readonly #port: SqliteLine
  readonly #connection: SqlRequest['connection']
  constructor(port: SqliteLine, connection: SqlRequest['connection']) {
    this.#port = port
    this.#connection = connection
  }
  run(sql: string): Promise<unknown> {
    return this.#port.run(this.#connection, sql, [])
  }
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const answer = await this.#port.run(this.#connection, query.sql, query.parameters)
    return {
      rows: answer.rows as R[],
      numAffectedRows: 'changes' in answer && answer.changes !== undefined ? BigInt(answer.changes) : undefined,
      insertId: 'lastId' in answer && answer.lastId !== undefined ? BigInt(answer.lastId) : undefined,
    }
  }
  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not offered: page with limit')
  }
}
