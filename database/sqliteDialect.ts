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
import { asSqlProblem, threadGone } from './sqliteProblem.ts'
import type { SqliteConnections, SqlRequest, SqlResponse } from './sqliteWorker.ts'

/** A statement that broke a constraint; `errcode` is SQLite's extended result code. */
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
  /** Which life of the connections this is: a transaction does not outlive one. */
  readonly life: number
  run(connection: SqlRequest['connection'], sql: string, parameters: readonly unknown[]): Promise<SqlAnswer>
  close(): Promise<void>
}

/** Statements that this thread answers itself: no way there and back, but everything waits for each. */
export const lineHere = ({ answer, close }: SqliteConnections): SqliteLine => ({
  life: 0,
  async run(connection, sql, parameters) {
    const response = answer({ id: 0, connection, sql, parameters })
    if ('error' in response) throw asSqlProblem(new SqlError(response.error, response.errcode))
    return response
  },
  close: async () => close(),
})

/** Our end of the port to the thread that owns the file; `use` gives it the port to another one, when that one is gone. */
export class SqlitePort implements SqliteLine {
  #port: MessagePort
  #isGone = false
  #life = 0
  #next = 1
  #waiting = new Map<number, { resolve: (r: SqlAnswer) => void; reject: (e: unknown) => void }>()
  constructor(port: MessagePort) {
    this.#port = port
    this.use(port)
  }
  get life(): number {
    return this.#life
  }
  use(port: MessagePort): void {
    this.#port = port
    this.#isGone = false
    port.on('message', (response: SqlResponse) => {
      const waiting = this.#waiting.get(response.id)
      this.#waiting.delete(response.id)
      if (!waiting) return
      if ('error' in response) waiting.reject(asSqlProblem(new SqlError(response.error, response.errcode)))
      else waiting.resolve(response)
    })
    port.on('close', () => {
      this.#isGone = true
      this.#life++
      for (const { reject } of this.#waiting.values()) reject(threadGone())
      this.#waiting.clear()
    })
  }
  run(connection: SqlRequest['connection'], sql: string, parameters: readonly unknown[]) {
    if (this.#isGone) return Promise.reject(threadGone())
    return new Promise<SqlAnswer>((resolve, reject) => {
      const id = this.#next++
      this.#waiting.set(id, { resolve, reject })
      this.#port.postMessage({ id, connection, sql, parameters } satisfies SqlRequest)
    })
  }
  close(): Promise<void> {
    if (this.#isGone) return Promise.resolve()
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
    this.#connection.begin()
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
    // Where the thread ended, its transaction ended with it.
    if (this.#connection.isOfThisLife) await this.#connection.run('rollback')
  }
  async destroy(): Promise<void> {}
}

class PortConnection implements DatabaseConnection {
  readonly #port: SqliteLine
  readonly #connection: SqlRequest['connection']
  #life = 0
  constructor(port: SqliteLine, connection: SqlRequest['connection']) {
    this.#port = port
    this.#connection = connection
  }
  /** Somebody's turn begins. */
  begin(): void {
    this.#life = this.#port.life
  }
  get isOfThisLife(): boolean {
    return this.#life === this.#port.life
  }
  /** Never half of a turn on one thread and half on the next, where its transaction does not stand. */
  async run(sql: string, parameters: readonly unknown[] = []): Promise<SqlAnswer> {
    if (!this.isOfThisLife) throw threadGone()
    return this.#port.run(this.#connection, sql, parameters)
  }
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const answer = await this.run(query.sql, query.parameters)
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
