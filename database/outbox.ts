import { sql } from 'kysely'
import type { DatabaseMigration, DetectionControl, Job, Millis, UnitOfWork } from '../core/index.ts'

export const outboxMigrations: DatabaseMigration[] = [
  {
    name: '0001-outbox',
    async up(db, dialect) {
      const seq = dialect === 'sqlite' ? 'integer' : 'bigserial'
      await db.schema
        .createTable('outbox')
        .addColumn('seq', seq, (c) => c.primaryKey())
        .addColumn('key', 'text', (c) => c.notNull().unique())
        .addColumn('channel', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .addColumn('createdAt', 'bigint', (c) => c.notNull())
        .addColumn('runAt', 'bigint', (c) => c.notNull())
        .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('lease', 'text')
        .addColumn('doneAt', 'bigint')
        .addColumn('deadAt', 'bigint')
        .addColumn('error', 'text')
        .execute()
      await db.schema
        .createIndex('outboxReady')
        .on('outbox')
        .columns(['runAt'])
        .where(sql`"doneAt" is null and "deadAt" is null` as never)
        .execute()
      await db.schema
        .createTable('control')
        .addColumn('seq', seq, (c) => c.primaryKey())
        .addColumn('body', 'text', (c) => c.notNull())
        .addColumn('doneAt', 'bigint')
        .execute()
      await db.schema
        .createIndex('controlReady')
        .on('control')
        .column('seq')
        .where(sql`"doneAt" is null` as never)
        .execute()
      await db.schema
        .createTable('consumer')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('upTo', 'bigint', (c) => c.notNull())
        .execute()
    },
  },
  {
    // What left by a channel is looked at, newest first.
    name: '0250-outbox-by-channel',
    async up(db) {
      await db.schema.createIndex('outboxByChannel').on('outbox').columns(['channel', 'seq']).execute()
    },
  },
]

/** Puts jobs into the outbox. A key that was ever there is a repeat, and changes nothing. */
export async function enqueueJobs(tx: UnitOfWork, jobs: readonly Job[], createdAt: Millis): Promise<void> {
  if (jobs.length === 0) return
  const fresh = { createdAt, tries: 0, lease: null, doneAt: null, deadAt: null, error: null }
  await tx
    .insertInto('outbox')
    .values(
      jobs.map(({ key, channel, body, runAt = 0 }) => ({ key, channel, body: JSON.stringify(body), runAt, ...fresh })),
    )
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute()
}
export const enqueueJob = (tx: UnitOfWork, job: Job, at: Millis): Promise<void> => enqueueJobs(tx, [job], at)

/** Sends something to detection, through the journal, once this transaction has committed. */
export async function enqueueControl(tx: UnitOfWork, control: DetectionControl): Promise<void> {
  await tx
    .insertInto('control')
    .values({ body: JSON.stringify(control), doneAt: null })
    .execute()
}

/** The offset up to which `name` has taken effect here; 0 at first. */
export async function consumed(tx: Pick<UnitOfWork, 'selectFrom'>, name: string): Promise<number> {
  const row = await tx.selectFrom('consumer').select('upTo').where('name', '=', name).executeTakeFirst()
  return row?.upTo ?? 0
}

export async function commitConsumed(tx: UnitOfWork, name: string, upTo: number): Promise<void> {
  await tx
    .insertInto('consumer')
    .values({ name, upTo })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ upTo }))
    .execute()
}
