import { readFile } from 'node:fs/promises'
import type { PushSubscription } from 'web-push'
import { z } from 'zod'
import { anyText, type Notifier, Problem } from '../../core/index.ts'
import { writeWhole } from '../../database/index.ts'
import type { PublicTargets } from './publicTarget.ts'

const keysSchema = z.object({ publicKey: z.string(), privateKey: z.string() })
export type PushKeys = z.infer<typeof keysSchema>

/** The VAPID pair that browsers know us by; made at the first start and kept with mode 600. */
export async function pushKeys(path: string): Promise<PushKeys> {
  try {
    return keysSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const { default: webPush } = await import('web-push')
  const keys = webPush.generateVAPIDKeys()
  await writeWhole(path, JSON.stringify(keys), 0o600)
  return keys
}

const told = z.object({
  subscriptions: z
    .array(z.object({ endpoint: z.string(), keys: z.object({ p256dh: z.string(), auth: z.string() }) }))
    .min(1),
  title: anyText,
  text: anyText,
  link: z.string().optional(),
})

/**
 * Web push to the browsers of one person. At least once; the key as the notification's tag lets a browser drop a repeat. A
 * browser that has shown it says so itself. A subscription that is gone is not retried.
 */
export function webPushNotifier(keys: PushKeys, subject: string, targets: PublicTargets): Notifier {
  return {
    channel: 'push',
    async send({ key, body }) {
      const { subscriptions, ...said } = told.parse(body)
      const problems: Problem[] = []
      for (const subscription of subscriptions) {
        const problem = await tell(subscription, JSON.stringify({ key, ...said }))
        if (problem) problems.push(problem)
      }
      // One browser that takes it is enough; while any still may, it is tried again.
      const worst = problems.find(({ retryable }) => retryable) ?? problems[0]
      if (worst && problems.length === subscriptions.length) throw worst
      return { awaits: true }
    },
  }

  /** @returns why one browser was not told */
  async function tell(subscription: PushSubscription, payload: string): Promise<Problem | undefined> {
    if (await targets.isPrivate(subscription.endpoint)) {
      return new Problem({
        code: 'private-target',
        message: 'The subscription leads to a private address.',
        remedy: 'It is not called. Name the network in ALLOW_PRIVATE_TARGETS if it is a push service of yours.',
        retryable: false,
      })
    }
    // Loaded for the first notice: the start has no use for it.
    const { default: webPush } = await import('web-push')
    try {
      await webPush.sendNotification(subscription, payload, {
        vapidDetails: { subject, ...keys },
        timeout: 10_000,
        TTL: 86_400,
        agent: targets.agent,
      })
    } catch (cause) {
      const status = (cause as { statusCode?: number }).statusCode ?? 0
      return new Problem({
        code: 'push-failed',
        // No more than that: which ports are open behind a name is nobody's to learn here.
        message: status ? `The push service answered ${status}.` : 'The push service gave no answer.',
        remedy: 'A browser that is gone must subscribe again; anything else is tried again.',
        retryable: status !== 404 && status !== 410,
        cause,
      })
    }
    return undefined
  }
}
