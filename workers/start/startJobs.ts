import { join } from 'node:path'
import type { Logger } from 'pino'
import {
  type MailFile,
  mailFile,
  messageNotifiers,
  openBullQueue,
  openOutboxQueue,
  type PublicTargets,
  type PushKeys,
  RECEIPT_CHECK,
  signedWebhook,
  smtpMail,
  webPushNotifier,
} from '../../alerts/index.ts'
import { type Database, type JobQueue, type Settings, sharedNameOf, type World, wallClock } from '../../core/index.ts'
import type { Ingress } from '../openIngress.ts'
import { ownersLink } from '../privacy/ownersRights.ts'

/** The queue of what leaves the product, with every channel that the settings give it. */
export async function startJobs(options: {
  settings: Settings
  world: World
  database: Database
  keys: PushKeys
  targets: PublicTargets
  /** Signs webhooks when the settings name no secret for them. */
  adminToken: string
  logger: Logger
  /** By whom messages are carried, and the ways to owners' pages. */
  ingress: Ingress
  onRetryableError: (code: string, error: unknown) => void
}): Promise<{ jobs: JobQueue; mails?: MailFile }> {
  const { settings, world, database, keys, logger, ingress, onRetryableError } = options
  const mails = settings.SMTP_URL
    ? undefined
    : mailFile(join(world.dir, 'outbox.mbox'), wallClock, world.name === 'live')
  const queueOptions = {
    database,
    notifiers: [
      { channel: RECEIPT_CHECK, send: async () => undefined },
      ...messageNotifiers(ingress.book),
      mails ?? smtpMail(settings.SMTP_URL ?? '', 'hearthwatch@localhost'),
      webPushNotifier(keys, 'mailto:hearthwatch@localhost', options.targets),
      ...(settings.WEBHOOK_URL
        ? [signedWebhook(settings.WEBHOOK_URL, settings.WEBHOOK_SECRET ?? options.adminToken, wallClock)]
        : []),
    ],
    clock: wallClock,
    ownersLink: ownersLink(ingress),
    ...(ingress.deliveries ? { settled: ingress.deliveries.settled } : {}),
    ...(ingress.tracing ? { over: ingress.tracing.job } : {}),
    onDead: (job: { key: string; error: string }) => logger.error({ code: 'job-dead', concerns: job.key }, job.error),
    onRetryableError,
  }
  const jobs = settings.REDIS_URL
    ? await openBullQueue({
        ...queueOptions,
        redisUrl: settings.REDIS_URL,
        prefix: `hearthwatch-${sharedNameOf(world)}`,
      })
    : openOutboxQueue(queueOptions)
  return { jobs, ...(mails ? { mails } : {}) }
}
