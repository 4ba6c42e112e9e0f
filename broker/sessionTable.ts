import {
  type Clock,
  DAY,
  type Database,
  type DatabaseMigration,
  type Millis,
  type SessionStore,
  type SessionSubscription,
} from '../core/index.ts'

/** A session whose client does not come back for so long is over. */
const EXPIRES_AFTER_MS = 30 * DAY
/** How exactly it is known when a client was here. */
const SEEN_EVERY_MS = DAY

declare module '../core/database.ts' {
  interface Tables {
    /** MQTT sessions that outlive their connection. */
    mqttSession: { client: string; subscriptions: string; seenAt: Millis }
  }
}

export const brokerMigrations: DatabaseMigration[] = [
  {
    name: '0080-mqtt-sessions',
    async up(db) {
      await db.schema
        .createTable('mqttSession')
        .addColumn('client', 'text', (c) => c.primaryKey())
        .addColumn('subscriptions', 'text', (c) => c.notNull())
        .addColumn('seenAt', 'bigint', (c) => c.notNull())
        .execute()
    },
  },
]

/** @param clock the wall clock: sessions are of connections, not of a world's time */
export function openSessionStore(database: Database, clock: Clock): SessionStore {
  const seenAt = new Map<string, Millis>()
  const pending = new Map<string, SessionSubscription[]>()
  let turn: Promise<unknown> = Promise.resolve()
  let next: Promise<void> | undefined

  async function write(sessions: [client: string, subscriptions: SessionSubscription[]][]): Promise<void> {
    await database.transaction(async (tx) => {
      for (const [client, subscriptions] of sessions) {
        if (subscriptions.length === 0) {
          seenAt.delete(client)
          await tx.deleteFrom('mqttSession').where('client', '=', client).execute()
          continue
        }
        const row = { client, subscriptions: JSON.stringify(subscriptions), seenAt: clock.now() }
        seenAt.set(client, row.seenAt)
        await tx
          .insertInto('mqttSession')
          .values(row)
          .onConflict((conflict) => conflict.column('client').doUpdateSet(row))
          .execute()
      }
    })
  }

  return {
    async all() {
      const gone = clock.now() - EXPIRES_AFTER_MS
      await database.transaction((tx) => tx.deleteFrom('mqttSession').where('seenAt', '<', gone).execute())
      const rows = await database.query.selectFrom('mqttSession').selectAll().execute()
      for (const row of rows) seenAt.set(row.client, row.seenAt)
      return rows.map(({ client, subscriptions }) => ({
        client,
        // Written by `keep`.
        subscriptions: JSON.parse(subscriptions) as SessionSubscription[],
      }))
    },
    keep(client, subscriptions) {
      pending.set(client, subscriptions)
      // Many subscribe at once after an outage: what comes while a commit is under way shares the next one.
      next ??= turn.then(() => {
        next = undefined
        const sessions = [...pending]
        pending.clear()
        return write(sessions)
      })
      turn = next.catch(() => undefined)
      return next
    },
    async seen(client) {
      const [last, now] = [seenAt.get(client), clock.now()]
      if (last === undefined || now - last < SEEN_EVERY_MS) return
      seenAt.set(client, now)
      await database.transaction((tx) =>
        tx.updateTable('mqttSession').set({ seenAt: now }).where('client', '=', client).execute(),
      )
    },
  }
}
