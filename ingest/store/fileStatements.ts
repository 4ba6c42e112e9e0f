import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** An SQLite file with its prepared statements, each made once. Synchronous. */
export class FileStatements {
  #db: DatabaseSync
  #prepared = new Map<string, StatementSync>()

  constructor(path: string, schema: string) {
    this.#db = new DatabaseSync(path, { timeout: 5_000 })
    this.#db.exec('pragma journal_mode=wal; pragma synchronous=full; pragma cache_size=-8192')
    this.#db.exec(schema)
  }
  prepare(sql: string): StatementSync {
    let statement = this.#prepared.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#prepared.set(sql, statement)
    }
    return statement
  }
  run(sql: string, ...values: (string | number | null | Uint8Array)[]): void {
    this.prepare(sql).run(...values)
  }
  all(sql: string, ...values: (string | number | null)[]): Record<string, unknown>[] {
    return this.prepare(sql).all(...values)
  }
  /**
   * @param act what it returns is done once it is committed
   * @param undo what memory has of it goes when it could not be
   */
  transaction(act: () => () => void, undo: () => void): void {
    this.#db.exec('begin immediate')
    try {
      const after = act()
      this.#db.exec('commit')
      after()
    } catch (error) {
      undo()
      if (this.#db.isTransaction) this.#db.exec('rollback')
      throw error
    }
  }
  close(): void {
    this.#prepared.clear()
    this.#db.close()
  }
}
