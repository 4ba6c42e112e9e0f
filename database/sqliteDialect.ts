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
import { PortCaller } from '../core/index.ts'
import { openedRows, type Sealing, sealedAll } from './sealing.ts'
import type { SqlAnswer, SqlConnection, SqliteConnections } from './sqliteConnections.ts'
import { asSqlProblem, threadGone } from './sqliteProblem.ts'

/** Where statements are answered. */
export interface SqliteLine {
  /** Which life of the connections this is: a transaction does not outlive one. */
  readonly life: number
  /** @throws Problem `database-unavailable`, or what SQLite says, with its extended result code as `errcode` */
  run(connection: SqlConnection, sql: string, parameters: readonly unknown[]): Promise<SqlAnswer>
  close(): Promise<void>
}

/** Statements that this thread answers itself: no way there and back, but everything waits for each. */
export const lineHere = ({ run, close }: SqliteConnections): SqliteLine => ({
  life: 0,
  async run(connection, sql, parameters) {
    try {
      return run(connection, sql, parameters)
    } catch (error) {
      throw asSqlProblem(error)
    }
  },
  close: async () => close(),
})

/** Our end of the port to the thread that owns the file; `use` gives it the port to another one, when that one is gone. */
export class SqlitePort implements SqliteLine {
  readonly #caller: PortCaller<SqliteConnections>
  constructor(port: MessagePort) {
    this.#caller = new PortCaller({ gone: threadGone, asError: asSqlProblem }, port)
  }
  get life(): number {
    return this.#caller.life
  }
  use(port: MessagePort): void {
    this.#caller.use(port)
  }
  run(connection: SqlConnection, sql: string, parameters: readonly unknown[]): Promise<SqlAnswer> {
    return this.#caller.call('run', [connection, sql, parameters])
  }
  async close(): Promise<void> {
    try {
      if (this.#caller.isOpen) await this.#caller.call('close', [])
    } catch (error) {
      // A thread that ended meanwhile has closed its file.
      if (this.#caller.isOpen) throw error
    }
    this.#caller.close()
  }
}

/** Kysely over such a line. One connection each for writing and reading; a connection's users take turns. */
export const sqliteDialect = (port: SqliteLine, connection: SqlConnection, sealing: Sealing): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new PortDriver(port, connection, sealing),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
})

class PortDriver implements Driver {
  #connection: PortConnection
  #turn: Promise<void> = Promise.resolve()
  #release: (() => void) | undefined
  readonly #sealing: Sealing
  constructor(port: SqliteLine, connection: SqlConnection, sealing: Sealing) {
    this.#sealing = sealing
    this.#connection = new PortConnection(port, connection, sealing)
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
    this.#sealing.keep()
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
  readonly #connection: SqlConnection
  readonly #sealing: Sealing
  #life = 0
  constructor(port: SqliteLine, connection: SqlConnection, sealing: Sealing) {
    this.#port = port
    this.#connection = connection
    this.#sealing = sealing
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
    const answer = await this.run(query.sql, sealedAll(query.parameters, this.#sealing))
    return {
      rows: openedRows(answer.rows, this.#sealing) as R[],
      numAffectedRows: answer.changes === undefined ? undefined : BigInt(answer.changes),
      insertId: answer.lastId === undefined ? undefined : BigInt(answer.lastId),
    }
  }
  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not offered: page with limit')
  }
}
