import { z } from 'zod'
import {
  type Clock,
  DAY,
  type Database,
  type DatabaseMigration,
  type Millis,
  type SessionStore,
  type SessionSubscription,
} from '../core/index.ts'
import { jsonColumn, readable } from '../database/index.ts'
import { outsideMigrations } from './outside/heldFilters.ts'

/** A session whose client does not come back for so long is over. */
const EXPIRES_AFTER_MS = 30 * DAY
/** How exactly it is known when a client was here. */
const SEEN_EVERY_MS = DAY

declare module '../core/database.ts' {
  interface Tables {
    /** MQTT sessions that outlive their connection. */
    mqttSession: {
      client: string
      subscriptions: string
      seenAt: Millis
      /** Of MQTT 5: how long it outlives its connection; null: one of MQTT 3.1.1. */
      expirySeconds: number | null
      /** Of MQTT 5: when it is over; null: its client is connected. */
      expiresAt: Millis | null
    }
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
  {
    name: '0160-session-expiry',
    async up(db) {
      await db.schema.alterTable('mqttSession').addColumn('expirySeconds', 'bigint').execute()
      await db.schema.alterTable('mqttSession').addColumn('expiresAt', 'bigint').execute()
    },
  },
  ...outsideMigrations,
]

const keptSubscriptions = jsonColumn<SessionSubscription[], 'mqttSession'>(
  'mqttSession',
  'subscriptions',
  z.array(
    z.object({
      topic: z.string(),
      qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
      identifier: z.number().optional(),
    }),
  ),
)

interface Kept {
  subscriptions: SessionSubscription[]
  expirySeconds: number | undefined
}

/** @param clock the wall clock: sessions are of connections, not of a world's time */
export function openSessionStore(database: Database, clock: Clock): SessionStore {
  const seenAt = new Map<string, Millis>()
  const pending = new Map<string, Kept>()
  let turn: Promise<unknown> = Promise.resolve()
  let next: Promise<void> | undefined

  async function write(sessions: [client: string, kept: Kept][]): Promise<void> {
    await database.transaction(async (tx) => {
      for (const [client, { subscriptions, expirySeconds }] of sessions) {
        if (subscriptions.length === 0) {
          seenAt.delete(client)
          await tx.deleteFrom('mqttSession').where('client', '=', client).execute()
          continue
        }
        const row = {
          client,
          subscriptions: JSON.stringify(subscriptions),
          seenAt: clock.now(),
          expirySeconds: expirySeconds ?? null,
          expiresAt: null,
        }
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
      const now = clock.now()
      await database.transaction((tx) =>
        tx
          .deleteFrom('mqttSession')
          .where((is) => is.or([is('seenAt', '<', now - EXPIRES_AFTER_MS), is('expiresAt', '<=', now)]))
          .execute(),
      )
      const rows = await database.query.selectFrom('mqttSession').selectAll().execute()
      for (const row of rows) seenAt.set(row.client, row.seenAt)
      return readable(rows, ({ client, subscriptions, expirySeconds, expiresAt }) => ({
        client,
        subscriptions: keptSubscriptions.read(subscriptions, client),
        ...(expirySeconds === null ? {} : { expirySeconds }),
        ...(expiresAt === null ? {} : { expiresAt }),
      }))
    },
    keep(client, subscriptions, expirySeconds) {
      pending.set(client, { subscriptions, expirySeconds })
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
    async away(client, expiresAt) {
      // After what is on its way of it: a subscription that is written later would take the end back.
      await turn
      await database.transaction((tx) =>
        tx.updateTable('mqttSession').set({ expiresAt, seenAt: clock.now() }).where('client', '=', client).execute(),
      )
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
