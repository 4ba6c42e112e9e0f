import {
  type Announcer,
  type Database,
  type DatabaseMigration,
  type Job,
  type Millis,
  mailAddressOf,
  type Notice,
  say,
  type Tables,
  type UnitOfWork,
} from '../core/index.ts'
import { type Apart, enqueueJob, enqueueJobs, together } from '../database/index.ts'
import { kept, markJob, recipientOf, shownOf } from './markNotice.ts'

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

/** Which channels are in force; the inbox always is. */
export interface ChannelsInForce {
  publicUrl: string
  webhook: boolean
  push: boolean
}

/** Tells people, and what can wait until its time. */
export interface DeferringAnnouncer extends Announcer {
  /** Sends what has waited long enough by the world's clock. */
  deliverDue(tx: UnitOfWork, now: Millis, apart?: Apart): Promise<void>
}

const DELIVERED_AT_ONCE = 500
const GONE = { en: 'Words of a former owner.', zh: '前用户的描述。' }

/**
 * Writes the inbox row at once (it is this database, so exactly once) and one outbox job for each other channel that
 * reaches the recipient. Owners are written to by mail when their contact is an address.
 */
export const openAnnouncer = (channels: ChannelsInForce): DeferringAnnouncer => ({
  deliverDue,
  forget,
  async announce(tx, ...notices) {
    const told = await keep(tx, notices)
    if (told.length === 0) return
    const subscriptions = channels.push ? await subscriptionsOf(tx, told.map(recipientOf)) : []
    const jobs = told.flatMap((notice) =>
      jobsFor(notice, channels, subscriptions).map((one) => ({ ...one, job: markJob(one.job, notice) })),
    )
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
})

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

type Subscription = Tables['pushSubscription']
/** One person has so many browsers at most. */
const MOST_BROWSERS = 50

const subscriptionsOf = (tx: UnitOfWork, recipients: string[]): Promise<Subscription[]> =>
  tx.selectFrom('pushSubscription').selectAll().where('recipient', 'in', recipients).limit(1_000).execute()

/** A job for outside, now or when its notice may disturb somebody. */
interface Leaving {
  job: Job
  dueAt?: Millis
}

/** What leaves the house for a notice. Pure. */
function jobsFor(notice: Notice, channels: ChannelsInForce, subscriptions: readonly Subscription[]): Leaving[] {
  const { at, pushFrom = at } = notice
  const waits = pushFrom > at ? { dueAt: pushFrom } : {}
  const link = notice.link ? channels.publicUrl + notice.link : undefined
  const mails = notice.quiet ? [] : mailOf(notice, link)
  const own = notice.quiet
    ? []
    : subscriptions.filter(({ recipient }) => recipient === recipientOf(notice)).slice(0, MOST_BROWSERS)
  return [
    ...mails.map((job) => ({ job, ...waits })),
    ...own.map((subscription, i) => ({ job: pushOf(notice, subscription, i, link), ...waits })),
    ...(channels.webhook ? [{ job: webhookOf(notice, link) }] : []),
  ]
}

function mailOf({ key, to, title, body: text, ownersPage }: Notice, link: string | undefined): Job[] {
  const address = to.role === 'owner' && mailAddressOf(to.contact)
  if (to.role !== 'owner' || !address) return []
  const { language, name } = to
  const body = {
    to: address,
    name,
    subject: say(title, language),
    text: [say(text, language), ...(link ? [link] : [])].join('\n\n'),
    ...(ownersPage === undefined ? {} : { ownersPage }),
  }
  return [{ key: `${key}/mail`, channel: 'mail', body }]
}

const pushOf = (
  { key, title, body: text }: Notice,
  subscription: Subscription,
  i: number,
  link: string | undefined,
): Job => ({
  key: `${key}/push/${i}`,
  channel: 'push',
  body: { subscription: JSON.parse(subscription.body) as unknown, title, text, link },
})

/** A person's own words stay in the house. */
function webhookOf(
  { quotes, quoted: _quoted, body: text, ownersPage: _, ...rest }: Notice,
  link: string | undefined,
): Job {
  const body = { ...rest, ...(quotes ? {} : { body: text }), to: rest.to.role, link }
  return { key: `${rest.key}/webhook`, channel: 'webhook', body }
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
      const job = JSON.parse(body) as Job
      const of = await tx
        .selectFrom('notice')
        .select('body')
        .where('key', '=', key.replace(/\/(?:mail|push\/\d+)$/, ''))
        .executeTakeFirst()
      await enqueueJob(tx, of ? markJob(job, JSON.parse(of.body) as Notice) : job, now)
      await tx.deleteFrom('deferredJob').where('key', '=', key).execute()
    })
  }
}

async function forget(tx: UnitOfWork, appliance: string): Promise<void> {
  const told = tx.selectFrom('notice').select('key').where('appliance', '=', appliance)
  const keys = (await told.where('recipient', 'like', 'owner:%').execute()).map(({ key }) => key)
  for (const key of keys) {
    await tx.deleteFrom('outbox').where('key', 'like', `${key}/%`).execute()
    await tx.deleteFrom('deferredJob').where('key', 'like', `${key}/%`).execute()
    await tx.deleteFrom('notice').where('key', '=', key).execute()
  }
  const quoting = await tx
    .selectFrom('notice')
    .select(['key', 'body'])
    .where('appliance', '=', appliance)
    .where('body', 'like', '%"quotes":true%')
    .execute()
  for (const { key, body } of quoting) {
    const notice = { ...(JSON.parse(body) as Notice), body: GONE }
    await tx
      .updateTable('notice')
      .set({ body: kept(notice) })
      .where('key', '=', key)
      .execute()
    for (const channel of ['outbox', 'deferredJob'] as const) {
      await tx.deleteFrom(channel).where('key', 'like', `${key}/%`).execute()
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
  const items = rows.slice(0, query.limit).map(
    (row): NoticeRow => ({
      ...shownOf(JSON.parse(row.body) as Notice),
      ...(row.readAt === null ? {} : { readAt: row.readAt }),
    }),
  )
  const last = rows[query.limit - 1]
  return rows.length > query.limit && last ? { items, next: `${last.at}.${last.key}` } : { items }
}
