import { type Clock, type Database, type DeadJob, type Notifier, Problem } from '../core/index.ts'

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
}

/** How every carrier tries a job: on its channel, with back-off and a limit. The caller commits the change. */
export function attemptJob({ notifiers, clock, ownersLink, maxTries = 8, backOffMs = 1_000 }: QueueOptions) {
  const channels = new Map(notifiers.map((notifier) => [notifier.channel, notifier]))
  return async (row: { key: string; channel: string; body: string }, tries: number): Promise<Attempt> => {
    const { key, channel } = row
    const body = JSON.parse(row.body) as Record<string, unknown>
    const failure = await send(channels.get(channel), { key, channel, body: { ...body, tries } }, ownersLink)
    const now = clock.now()
    if (failure === null) return { change: { doneAt: now, error: null } }
    const { error } = failure
    if (!failure.retryable || tries >= maxTries) {
      return { change: { deadAt: now, error }, dead: { key, channel, body, error, tries, at: now } }
    }
    return { change: { runAt: now + backOff(tries, backOffMs), error } }
  }
}

/** @returns null when done, else what went wrong and whether trying again can help */
async function send(
  notifier: Notifier | undefined,
  job: { key: string; channel: string; body: Record<string, unknown> },
  ownersLink: QueueOptions['ownersLink'],
): Promise<{ error: string; retryable: boolean } | null> {
  if (!notifier) return { error: `no channel '${job.channel}' is configured`, retryable: false }
  try {
    const { ownersPage, to } = job.body
    // Made now and kept nowhere: whoever reads the jobs cannot go where their owners go.
    const link = typeof ownersPage === 'string' ? await ownersLink?.(ownersPage, String(to)) : undefined
    // The job was in hand when the appliance went to somebody else: the link that is made now would be theirs.
    if (link === null) return { error: 'the appliance has another owner now', retryable: false }
    await notifier.send(link ? { ...job, body: { ...job.body, text: `${String(job.body.text)}\n\n${link}` } } : job)
    return null
  } catch (error) {
    return { error: (error as Error).message, retryable: !(error instanceof Problem) || error.retryable }
  }
}
