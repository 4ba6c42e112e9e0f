import {
  type Clock,
  type Database,
  type DeadJob,
  type Job,
  type Notifier,
  Problem,
  type Sent,
  type UnitOfWork,
} from '../core/index.ts'
import type { Tried } from './delivery/deliveries.ts'
import { toJobBody } from './noticeColumn.ts'

/** Null: it is not that owner's any more, and nothing is said to whoever was. */
export type OwnersLink = (ticket: string, contact: string) => Promise<string | null>

export interface QueueOptions {
  database: Database
  notifiers: Notifier[]
  /** The wall: back-off is for machines outside, whose time does not run faster. */
  clock: Clock
  /** The way to the owner's page of a ticket, for the mail that leaves. */
  ownersLink?: OwnersLink
  /** Tries before a job waits for a person. Default 8. */
  maxTries?: number
  /** First back-off, doubled at each try up to an hour. Default 1 s. */
  backOffMs?: number
  /** What a job came to, in the transaction that writes so into its row. */
  settled?: (tx: UnitOfWork, body: Record<string, unknown>, channel: string, tried: Tried) => Promise<void>
  /** Tells of a job that is over: sent, or dead. Nothing waits for it. */
  over?: (job: { key: string; channel: string; tries: number; error?: string }) => void
  /** Tells of a job that died. */
  onDead?: (job: DeadJob) => void
  /** The database or the carrier is away; it is tried again. */
  onRetryableError?: (what: string, error: unknown) => void
}

const LONGEST_BACK_OFF_MS = 3_600_000

/** How long to wait after try number `tries`: doubled each time, up to an hour. */
const backOff = (tries: number, firstMs: number): number => Math.min(LONGEST_BACK_OFF_MS, firstMs * 2 ** (tries - 1))

/** What one try made of a job: what to write into its row, and the job itself when it died. */
export interface Attempt {
  change: { doneAt?: number; deadAt?: number; runAt?: number; error: string | null }
  dead?: DeadJob
  /** What it came to; absent while it will be tried again. In the transaction of the change. */
  settle?: (tx: UnitOfWork) => Promise<void>
}

/** How every carrier tries a job: on its channel, with back-off and a limit. The caller commits the change. */
export function attemptJob(options: QueueOptions) {
  const { notifiers, clock, ownersLink, settled, over, maxTries = 8, backOffMs = 1_000 } = options
  const channels = new Map(notifiers.map((notifier) => [notifier.channel, notifier]))
  return async (row: { key: string; channel: string; body: string }, tries: number): Promise<Attempt> => {
    const { key, channel } = row
    const read = bodyOf(row)
    if ('unread' in read) {
      const { unread: error } = read
      const now = clock.now()
      return { change: { deadAt: now, error }, dead: { key, channel, body: {}, error, tries, at: now } }
    }
    const { body } = read
    const settle = (tried: Tried) => (settled ? { settle: (tx: UnitOfWork) => settled(tx, body, channel, tried) } : {})
    const sent = await send(channels.get(channel), { key, channel, body: { ...body, tries } }, ownersLink)
    const now = clock.now()
    if ('done' in sent) {
      over?.({ key, channel, tries })
      return { change: { doneAt: now, error: null }, ...settle(sent) }
    }
    const { error } = sent
    if (!sent.retryable || tries >= maxTries) {
      const dead = { key, channel, body, error, tries, at: now }
      over?.({ key, channel, tries, error })
      return { change: { deadAt: now, error }, dead, ...settle({ dead: error }) }
    }
    return { change: { runAt: now + backOff(tries, backOffMs), error } }
  }
}

/** One that cannot be read is nobody's to send: it waits for a person, and the others go on. */
function bodyOf(row: { key: string; body: string }): { body: Job['body'] } | { unread: string } {
  try {
    return { body: toJobBody(row) }
  } catch (error) {
    if (error instanceof Problem) return { unread: error.message }
    throw error
  }
}

/** @returns what became of it, else what went wrong and whether trying again can help */
async function send(
  notifier: Notifier | undefined,
  job: { key: string; channel: string; body: Record<string, unknown> },
  ownersLink: QueueOptions['ownersLink'],
): Promise<{ done: Sent } | { error: string; retryable: boolean }> {
  if (!notifier) return { error: `no channel '${job.channel}' is configured`, retryable: false }
  try {
    const { ownersPage, to, contact = to } = job.body
    // Made now and kept nowhere: whoever reads the jobs cannot go where their owners go.
    const link = typeof ownersPage === 'string' ? await ownersLink?.(ownersPage, String(contact)) : undefined
    // The job was in hand when the appliance went to somebody else: the link that is made now would be theirs.
    if (link === null) return { error: 'the appliance has another owner now', retryable: false }
    return { done: (await notifier.send(link ? { ...job, body: linked(job.body, link) } : job)) ?? {} }
  } catch (error) {
    return { error: (error as Error).message, retryable: !(error instanceof Problem) || error.retryable }
  }
}

/** A mail has the way within its text; what else leaves has it beside. */
const linked = (body: Record<string, unknown>, link: string): Record<string, unknown> =>
  'template' in body || 'subscriptions' in body
    ? { ...body, link }
    : { ...body, text: `${String(body.text)}\n\n${link}` }
