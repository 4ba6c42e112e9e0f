import { sql } from 'kysely'
import {
  type Announcer,
  type Database,
  type DatabaseMigration,
  type Job,
  type Millis,
  type Notice,
  type OwnerWay,
  sameText,
  type UnitOfWork,
} from '../core/index.ts'
import { type Apart, enqueueJob, enqueueJobs, readable, together } from '../database/index.ts'
import { beginDelivery } from './delivery/decideDelivery.ts'
import { deliveryMigrations } from './delivery/deliveryTable.ts'
import { browsersOf, type ChannelsInForce, jobOfWay, jobsBeside, webhookJobs } from './delivery/messageJobs.ts'
import { kept, markJob, recipientOf, shownOf } from './markNotice.ts'
import { type Subscription, toDeferredJob, toNotice, toNotices } from './noticeColumn.ts'

declare module '../core/database.ts' {
  interface Tables {
    notice: {
      key: string
      /** `desk`, or `owner:` and the contact. */
      recipient: string
      at: number
      ticket: string | null
      alert: string | null
      appliance: string | null
      body: string
      readAt: number | null
    }
    /** Mail and push of what can wait until morning; by the world's clock. */
    deferredJob: { key: string; dueAt: number; body: string }
    /** A browser that asked to be told. */
    pushSubscription: { endpoint: string; recipient: string; body: string }
  }
}

export const noticeMigrations: DatabaseMigration[] = [
  {
    name: '0003-notices',
    async up(db) {
      await db.schema
        .createTable('notice')
        .addColumn('key', 'text', (c) => c.primaryKey())
        .addColumn('recipient', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('ticket', 'text')
        .addColumn('alert', 'text')
        .addColumn('appliance', 'text')
        .addColumn('body', 'text', (c) => c.notNull())
        .addColumn('readAt', 'bigint')
        .execute()
      await db.schema.createIndex('noticeNewest').on('notice').columns(['recipient', 'at', 'key']).execute()
      await db.schema
        .createTable('pushSubscription')
        .addColumn('endpoint', 'text', (c) => c.primaryKey())
        .addColumn('recipient', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
    },
  },
  {
    // Links to owners' pages were kept in what they were told.
    name: '0084-notices-without-links',
    async up(db) {
      const told = await db.selectFrom('notice').select(['key', 'body']).where('recipient', 'like', 'owner:%').execute()
      for (const { key, body } of told) {
        const { link: _, ...notice } = JSON.parse(body) as Notice
        await db
          .updateTable('notice')
          .set({ body: JSON.stringify(notice) })
          .where('key', '=', key)
          .execute()
      }
    },
  },
  ...deliveryMigrations,
]

export const deferralMigrations: DatabaseMigration[] = [
  {
    name: '0048-deferred-jobs',
    async up(db) {
      await db.schema
        .createTable('deferredJob')
        .addColumn('key', 'text', (c) => c.primaryKey())
        .addColumn('dueAt', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('deferredDue').on('deferredJob').column('dueAt').execute()
    },
  },
]

export interface NoticeRow extends Notice {
  readAt?: Millis
}

/** Tells people, and what can wait until its time. */
export interface DeferringAnnouncer extends Announcer {
  /** Sends what has waited long enough by the world's clock. */
  deliverDue(tx: UnitOfWork, now: Millis, apart?: Apart): Promise<void>
}

const DELIVERED_AT_ONCE = 500
/** In the place of a former owner's words. */
const GONE = sameText('…')

/** By which ways owners are told, in which order, and which of them somebody carries. */
export interface ChannelsOfOwners extends ChannelsInForce {
  ownerWays(): readonly OwnerWay[]
  carries(way: OwnerWay, country?: string): boolean
}

/** Where no company carries messages: by mail, and to browsers. */
const mailAlone = { ownerWays: (): OwnerWay[] => ['push', 'mail'], carries: () => true }

/**
 * Writes the inbox row at once (it is this database, so exactly once), one outbox job for each other channel that
 * reaches a desk, and for an owner the job of the first way; the next ones follow when it fails.
 */
export const openAnnouncer = (given: ChannelsInForce & Partial<ChannelsOfOwners>): DeferringAnnouncer => {
  const channels = { ...mailAlone, ...given }
  return {
    deliverDue,
    forget,
    withdraw,
    async announce(tx, ...notices) {
      const told = await keep(tx, notices)
      if (told.length === 0) return
      const browsers = channels.push ? await browsersOf(tx, told) : () => []
      const leaving = told.map((notice) => ({ notice, ...leavingFor(notice, channels, browsers(notice)) }))
      await keepDeliveries(
        tx,
        leaving.flatMap(({ notice, ways }) => (ways ? [{ notice, ways }] : [])),
      )
      const jobs = leaving.flatMap((one) => one.jobs)
      const now = jobs.flatMap(({ job, dueAt }) => (dueAt === undefined ? [job] : []))
      await enqueueJobs(tx, now, told[0]?.at ?? 0)
      const later = jobs.flatMap(({ job, dueAt }) =>
        dueAt === undefined ? [] : [{ key: job.key, dueAt, body: JSON.stringify(job) }],
      )
      if (later.length === 0) return
      await tx
        .insertInto('deferredJob')
        .values(later)
        .onConflict((conflict) => conflict.column('key').doNothing())
        .execute()
    },
  }
}

/** Writes the inbox rows. @returns those that were not there */
async function keep(tx: UnitOfWork, notices: Notice[]): Promise<Notice[]> {
  if (notices.length === 0) return []
  const rows = notices.map((notice) => ({
    key: notice.key,
    recipient: recipientOf(notice),
    at: notice.at,
    ticket: notice.ticket ?? null,
    alert: notice.alert ?? null,
    appliance: notice.appliance ?? null,
    body: kept(notice),
    readAt: null,
  }))
  const written = await tx
    .insertInto('notice')
    .values(rows)
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .execute()
  const keys = new Set(written.map(({ key }) => key))
  return notices.filter(({ key }) => keys.has(key))
}

/** A job for outside, now or when its notice may disturb somebody. */
interface Leaving {
  job: Job
  dueAt?: Millis
}

/** What leaves the house for a notice, and by which ways its owner can be told, the first of them in a job already. Pure. */
function leavingFor(
  notice: Notice,
  channels: ChannelsOfOwners,
  subscriptions: readonly Subscription[],
): { jobs: Leaving[]; ways?: OwnerWay[] } {
  const { at, pushFrom = at } = notice
  const waits = pushFrom > at ? { dueAt: pushFrom } : {}
  const beside = jobsBeside(notice, channels, subscriptions).map((job) => ({ job, ...waits }))
  const always = webhookJobs(notice, channels).map((job) => ({ job }))
  if (notice.to.role === 'desk' || notice.quiet) return { jobs: [...beside, ...always] }
  const jobOf = (way: OwnerWay): Job | undefined => jobOfWay(notice, way, channels.publicUrl, subscriptions)
  const { to } = notice
  const ways = channels
    .ownerWays()
    .filter((way) => notice.ways?.includes(way) ?? true)
    .filter((way) => channels.carries(way, to.region) && jobOf(way) !== undefined)
  const first = ways[0] && jobOf(ways[0])
  return { jobs: [...(first ? [{ job: first, ...waits }] : []), ...always], ways }
}

/** What becomes of each is kept: by which ways it is tried, and whether somebody has it. */
async function keepDeliveries(tx: UnitOfWork, begun: { notice: Notice; ways: OwnerWay[] }[]): Promise<void> {
  const rows = begun.map(({ notice: { key, ticket = null, appliance = null, at }, ways }) => {
    const { state, ways: first } = beginDelivery(ways, at)
    return { key, ticket, appliance, at, state, ways: JSON.stringify(first) }
  })
  if (rows.length > 0) await tx.insertInto('delivery').values(rows).execute()
}

async function deliverDue(tx: UnitOfWork, now: Millis, apart: Apart = together): Promise<void> {
  const resting = apart.resting('message')
  const rows = await tx
    .selectFrom('deferredJob')
    .select(['key', 'body'])
    .where('dueAt', '<=', now)
    .$if(resting.length > 0, (query) => query.where('key', 'not in', resting))
    .orderBy('dueAt')
    .orderBy('key')
    .limit(DELIVERED_AT_ONCE)
    .execute()
  for (const { key, body } of rows) {
    await apart.each(tx, 'message', key, async () => {
      const job = toDeferredJob({ key, body })
      const of = await tx
        .selectFrom('notice')
        .select(['key', 'body'])
        .where('key', '=', key.replace(/\/(?:mail|sms|voice|wechat|push(?:\/\d+)?|robot\/[^/]+)$/, ''))
        .executeTakeFirst()
      await enqueueJob(tx, of ? markJob(job, toNotice(of)) : job, now)
      await tx.deleteFrom('deferredJob').where('key', '=', key).execute()
    })
  }
}

/**
 * What leaves for a notice has a key below its own. As it is written: `_` stands in ids of appliances, where LIKE would take
 * any letter for it, and SQLite's takes capitals for small ones: another owner's mail would go with it.
 */
const isOf = (notice: string) => {
  const prefix = `${notice}/`
  return sql<boolean>`substr("key", 1, ${[...prefix].length}) = ${prefix}`
}

async function withdraw(tx: UnitOfWork, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await tx.deleteFrom('outbox').where(isOf(key)).where('doneAt', 'is', null).execute()
    await tx.deleteFrom('deferredJob').where(isOf(key)).execute()
  }
}

async function forget(tx: UnitOfWork, appliance: string): Promise<void> {
  const told = tx.selectFrom('notice').select('key').where('appliance', '=', appliance)
  const owners = told.where('recipient', 'like', 'owner:%')
  // Their browsers, too: of another appliance of theirs they are told by the next way, until they ask anew.
  await tx.deleteFrom('pushSubscription').where('recipient', 'in', owners.clearSelect().select('recipient')).execute()
  const keys = (await owners.execute()).map(({ key }) => key)
  for (const key of keys) {
    await tx.deleteFrom('outbox').where(isOf(key)).execute()
    await tx.deleteFrom('deferredJob').where(isOf(key)).execute()
    await tx.deleteFrom('deliveryReceipt').where('delivery', '=', key).execute()
    await tx.deleteFrom('delivery').where('key', '=', key).execute()
    await tx.deleteFrom('notice').where('key', '=', key).execute()
  }
  const quoting = await tx
    .selectFrom('notice')
    .select(['key', 'body'])
    .where('appliance', '=', appliance)
    .where('body', 'like', '%"quotes":true%')
    .execute()
  for (const quoted of toNotices(quoting)) {
    const { key } = quoted
    const notice = { ...quoted, body: GONE }
    await tx
      .updateTable('notice')
      .set({ body: kept(notice) })
      .where('key', '=', key)
      .execute()
    for (const channel of ['outbox', 'deferredJob'] as const) {
      await tx.deleteFrom(channel).where(isOf(key)).execute()
    }
  }
}

/** Marks notices as read; those that were, stay as they are. @returns how many were unread */
export async function readNotices(database: Database, keys: string[], at: Millis): Promise<number> {
  const { numUpdatedRows } = await database.transaction((tx) =>
    tx
      .updateTable('notice')
      .set({ readAt: at })
      .where('key', 'in', keys)
      .where('readAt', 'is', null)
      .executeTakeFirstOrThrow(),
  )
  return Number(numUpdatedRows)
}

/** The inbox of one recipient, newest first. */
export async function listNotices(
  database: Database,
  query: { recipient: string; limit: number; cursor?: string },
): Promise<{ items: NoticeRow[]; next?: string }> {
  let select = database.query.selectFrom('notice').select(['key', 'at', 'body', 'readAt'])
  select = query.recipient.endsWith('*')
    ? select.where('recipient', 'like', `${query.recipient.slice(0, -1)}%`)
    : select.where('recipient', '=', query.recipient)
  if (query.cursor) {
    const [at, key] = [
      query.cursor.slice(0, query.cursor.indexOf('.')),
      query.cursor.slice(query.cursor.indexOf('.') + 1),
    ]
    select = select.where((eb) =>
      eb.or([eb('at', '<', Number(at)), eb.and([eb('at', '=', Number(at)), eb('key', '<', key)])]),
    )
  }
  const rows = await select
    .orderBy('at', 'desc')
    .orderBy('key', 'desc')
    .limit(query.limit + 1)
    .execute()
  const items = readable(
    rows.slice(0, query.limit),
    (row): NoticeRow => ({
      ...shownOf(toNotice(row)),
      ...(row.readAt === null ? {} : { readAt: row.readAt }),
    }),
  )
  const last = rows[query.limit - 1]
  return rows.length > query.limit && last ? { items, next: `${last.at}.${last.key}` } : { items }
}
