import type { Kysely, Transaction } from 'kysely'

/**
 * All tables of the relational database, by name. Each room declares its own beside the code that uses it, by
 * module augmentation, and brings the migrations that make them.
 */
// biome-ignore lint/suspicious/noEmptyInterface: rooms add their tables to it
export interface Tables {}

/** An open transaction: everything done with it happens together or not at all. */
export type UnitOfWork = Transaction<Tables>

export interface DatabaseMigration {
  /** Sorts in the order of application: `0001-alerts`. Unique over all rooms. */
  name: string
  up(db: Kysely<Tables>, dialect: 'sqlite' | 'postgres'): Promise<void>
}

/**
 * The relational database. One writer: transactions run one after the other. A commit is synced when it resolves.
 * Rejects with a retryable Problem `database-unavailable` while the server is away.
 */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres'
  /** For reading, outside any transaction. */
  readonly query: Kysely<Tables>
  transaction<T>(work: (tx: UnitOfWork) => Promise<T>): Promise<T>
  close(): Promise<void>
}
