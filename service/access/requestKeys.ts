import { AsyncLocalStorage } from 'node:async_hooks'
import { DAY, type Database, type DatabaseMigration, type Millis, type UnitOfWork } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** Commands that were carried out, by the key that their sender gave them: a repeat changes nothing. */
    requestKey: { account: string; key: string; call: string; at: Millis }
  }
}

export const requestKeyMigrations: DatabaseMigration[] = [
  {
    name: '0180-request-keys',
    async up(db) {
      await db.schema
        .createTable('requestKey')
        .addColumn('account', 'text', (c) => c.notNull())
        .addColumn('key', 'text', (c) => c.notNull())
        .addColumn('call', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('requestKeyPrimary', ['account', 'key'])
        .execute()
      await db.schema.createIndex('requestKeyAt').on('requestKey').columns(['at']).execute()
    },
  },
]

/** A phone that was away for longer than this has forgotten its day as well. */
const KEPT_MS = 30 * DAY

/** One call, as its sender knows it. */
export interface RequestKey {
  account: string
  key: string
  /** Method, path and what it says, hashed: the same key for another call is a mistake. */
  call: string
  /** By the machine's clock. */
  at: Millis
}

const under = new AsyncLocalStorage<RequestKey>()

/** What this call changes commits together with its key. */
export const withinRequest = (key: RequestKey, work: () => void): void => under.run(key, work)

/** Was this very call carried out by then? Asked inside the transaction: a repeat may come while the first is under way. */
export async function wasCarriedOut(tx: UnitOfWork): Promise<boolean> {
  const own = under.getStore()
  if (!own) return false
  const row = await tx
    .selectFrom('requestKey')
    .select('call')
    .where('account', '=', own.account)
    .where('key', '=', own.key)
    .executeTakeFirst()
  return row !== undefined
}

/** Called inside the transaction of what a call changes; outside of such a call it does nothing. */
export async function noteRequest(tx: UnitOfWork): Promise<void> {
  const own = under.getStore()
  if (!own) return
  await tx
    .deleteFrom('requestKey')
    .where('at', '<', own.at - KEPT_MS)
    .execute()
  await tx
    .insertInto('requestKey')
    .values({ ...own })
    .onConflict((conflict) => conflict.columns(['account', 'key']).doNothing())
    .execute()
}

/** The call that was carried out under this key; undefined: none was. */
export async function knownRequest(
  database: Database,
  { account, key }: Pick<RequestKey, 'account' | 'key'>,
): Promise<string | undefined> {
  const row = await database.query
    .selectFrom('requestKey')
    .select('call')
    .where('account', '=', account)
    .where('key', '=', key)
    .executeTakeFirst()
  return row?.call
}
