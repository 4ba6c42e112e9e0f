import { sql } from 'kysely'
import { Problem, type UnitOfWork } from '../core/index.ts'

/**
 * Work within a transaction that can fail alone: what it did is undone, and the transaction goes on. Savepoints may stand
 * within each other. An error at which the database gave up the whole transaction is the one that is thrown.
 */
export async function savepoint<T>(tx: UnitOfWork, work: () => Promise<T>): Promise<T> {
  await sql`savepoint apart`.execute(tx)
  try {
    const result = await work()
    await sql`release savepoint apart`.execute(tx)
    return result
  } catch (error) {
    if (error instanceof Problem && error.retryable) throw error
    await sql`rollback to savepoint apart`.execute(tx)
    await sql`release savepoint apart`.execute(tx)
    throw error
  }
}
