import type { Generated, Kysely, Transaction } from 'kysely'

/**
 * All tables of the relational database, by name. Each room declares its own beside the code that uses it, by
 * module augmentation, brings the migrations that make them, and alone asks for them. Here stand those between rooms.
 */
export interface Tables {
  /** Jobs for the world outside, written in the transaction of what they tell of. */
  outbox: {
    seq: Generated<number>
    key: string
    channel: string
    body: string
    createdAt: number
    /** Wall clock: due from then; moved forward by a lease and by back-off. */
    runAt: number
    tries: number
    lease: string | null
    doneAt: number | null
    deadAt: number | null
    error: string | null
  }
  /** What detection must hear, on its way to the journal, in order. */
  control: { seq: Generated<number>; body: string; doneAt: number | null }
  /** Up to which journal offset a consumer's effects are in this database. */
  consumer: { name: string; upTo: number }
}

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
