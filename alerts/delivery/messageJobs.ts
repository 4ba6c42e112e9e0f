import { type RawBuilder, sql } from 'kysely'
import {
  type Job,
  mailAddressOf,
  type Notice,
  type OwnerWay,
  sameText,
  say,
  type UnitOfWork,
} from '../../core/index.ts'
import { readable } from '../../database/index.ts'
import { markJob, recipientOf } from '../markNotice.ts'
import { type Subscription, toSubscription } from '../noticeColumn.ts'

/** One person has so many browsers at most. */
const MOST_BROWSERS = 50

/** The browsers of everybody whom these are for, in one question. @returns by notice */
export async function browsersOf(
  tx: Pick<UnitOfWork, 'selectFrom'>,
  notices: readonly Notice[],
): Promise<(notice: Notice) => Subscription[]> {
  const recipients = [...new Set(notices.map(recipientOf))]
  const rows = await tx
    .selectFrom('pushSubscription')
    .select(['endpoint', 'body', placeIn(recipients).as('whose')])
    .where('recipient', 'in', recipients)
    .orderBy('endpoint')
    .limit(MOST_BROWSERS * recipients.length)
    .execute()
  const known = Map.groupBy(rows, ({ whose }) => recipients[whose])
  return (notice) => readable(known.get(recipientOf(notice))?.slice(0, MOST_BROWSERS) ?? [], toSubscription)
}

/** Which of them it is, from 0: what is read in the place of a person is not what was asked by. */
function placeIn(recipients: readonly string[]): RawBuilder<number> {
  const cases = recipients.map((one, i) => sql`when ${sql.ref('recipient')} = ${one} then ${sql.lit(i)}`)
  return sql<number>`case ${sql.join(cases, sql` `)} end`
}

/** Which channels are in force; the inbox always is. */
export interface ChannelsInForce {
  publicUrl: string
  webhook: boolean
  push: boolean
  /** Ids of robots in group chats of the staff. */
  robots?: () => readonly string[]
}

/** The job that tells a person by one way; undefined where this notice cannot go by it. */
export function jobOfWay(
  notice: Notice,
  way: OwnerWay,
  publicUrl: string,
  subscriptions: readonly Subscription[],
): Job | undefined {
  const job = unmarked(notice, way, publicUrl, subscriptions)
  return job && markJob({ ...job, body: { ...job.body, delivery: notice.key, way } }, notice)
}

function unmarked(
  notice: Notice,
  way: OwnerWay,
  publicUrl: string,
  subscriptions: readonly Subscription[],
): Job | undefined {
  const { key, to } = notice
  if (to.role === 'desk') return undefined
  const link = notice.link ? publicUrl + notice.link : undefined
  if (way === 'mail') return mailOf(notice, link)
  if (way === 'push') {
    return subscriptions.length === 0
      ? undefined
      : {
          key: `${key}/push`,
          channel: 'push',
          body: {
            ...pagesOf(notice),
            subscriptions,
            title: notice.title,
            text: notice.body,
            link,
          },
        }
  }
  const address = way === 'wechat' ? to.wechat : to.phone
  if (!address) return undefined
  const { language, region } = to
  const body = {
    to: address,
    language,
    region,
    subject: say(notice.title, language),
    text: say(notice.body, language),
    template: notice.template?.name ?? 'other',
    params: paramsOf(notice),
    // A voice reads no address out.
    ...(way === 'voice' ? {} : { link, ...pagesOf(notice) }),
  }
  return { key: `${key}/${way}`, channel: way, body }
}

/** Whose page, and by whose contact it is looked up, when the link is made. */
const pagesOf = ({ ownersPage, to }: Notice): Record<string, unknown> =>
  ownersPage === undefined || to.role !== 'owner' ? {} : { ownersPage, contact: to.contact }

function paramsOf({ template, to }: Notice): Record<string, string> {
  if (!template || to.role === 'desk') return {}
  return Object.fromEntries(
    Object.entries(template.params).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : say(value, to.language),
    ]),
  )
}

function mailOf({ key, to, title, body: text, ownersPage }: Notice, link: string | undefined): Job | undefined {
  const address = to.role !== 'desk' && mailAddressOf(to.contact)
  if (to.role === 'desk' || !address) return undefined
  const { language, name } = to
  const body = {
    to: address,
    name,
    subject: say(title, language),
    text: [say(text, language), ...(link ? [link] : [])].join('\n\n'),
    ...(ownersPage === undefined ? {} : { ownersPage, contact: to.contact }),
  }
  return { key: `${key}/mail`, channel: 'mail', body }
}

/** What tells a desk besides its inbox: its browsers, its rooms, and whoever listens to the webhook. */
export function jobsBeside(notice: Notice, channels: ChannelsInForce, subscriptions: readonly Subscription[]): Job[] {
  const link = notice.link ? channels.publicUrl + notice.link : undefined
  const jobs =
    notice.to.role !== 'desk' || notice.quiet
      ? []
      : [...browserJobs(notice, link, subscriptions), ...roomJobs(notice, link, channels)]
  return jobs.map((job) => markJob(job, notice))
}

/** Somebody's own server is told of everything. */
export const webhookJobs = (notice: Notice, { webhook, publicUrl }: ChannelsInForce): Job[] =>
  webhook ? [markJob(webhookOf(notice, notice.link ? publicUrl + notice.link : undefined), notice)] : []

const browserJobs = (notice: Notice, link: string | undefined, subscriptions: readonly Subscription[]): Job[] =>
  subscriptions.map((subscription, i) => ({
    key: `${notice.key}/push/${i}`,
    channel: 'push',
    body: {
      subscriptions: [subscription],
      title: notice.title,
      text: notice.body,
      link,
    },
  }))

/** A person's own words stay in the house. */
const roomJobs = (notice: Notice, link: string | undefined, { robots }: ChannelsInForce): Job[] =>
  (robots?.() ?? []).map((robot) => ({
    key: `${notice.key}/robot/${robot}`,
    channel: 'robot',
    body: { robot, title: notice.title, text: notice.quotes ? sameText('') : notice.body, link },
  }))

function webhookOf(
  { quotes, quoted: _quoted, body: text, ownersPage: _, template: _t, ...rest }: Notice,
  link: string | undefined,
): Job {
  const body = { ...rest, ...(quotes ? {} : { body: text }), to: rest.to.role, link }
  return { key: `${rest.key}/webhook`, channel: 'webhook', body }
}
