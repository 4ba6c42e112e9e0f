/**
 * database: the relational database of `core`'s port, on SQLite (in a thread of its own) or PostgreSQL, through Kysely.
 * In: the rooms' tables (declared by each, beside its code) and migrations. Out: Database, and the outbox that the
 * rooms write jobs and detection controls into, in their own transactions; and how a small file is written whole.
 * Start at openDatabase.ts, then outbox.ts.
 */

export { type Apart, openApart, together } from './apart.ts'
export { announceChanges, hearChanges } from './changes.ts'
export { databaseProblem } from './databaseProblem.ts'
export { jsonColumn, readable, remembering, unreadableRows } from './jsonColumn.ts'
export {
  openPassingSqlite,
  openPostgresDatabase,
  openSqliteDatabase,
  openSqliteFile,
  sqliteThread,
} from './openDatabase.ts'
export { type ForReading, openPostgresForReading, openSqliteForReading } from './openForReading.ts'
export { commitConsumed, consumed, enqueueControl, enqueueJob, enqueueJobs, outboxMigrations } from './outbox.ts'
export { openPersonKeys, type PersonKeys } from './personKeys.ts'
export { pinSqlite } from './pinSqlite.ts'
export { asProblem as postgresProblem, openPostgresPool } from './postgresPool.ts'
export { savepoint } from './savepoint.ts'
export { type Sealing, unsealed } from './sealing.ts'
export { secretFile } from './secretFile.ts'
export { SqlitePort } from './sqliteDialect.ts'
export { takePlace, writeWhole } from './writeWhole.ts'
