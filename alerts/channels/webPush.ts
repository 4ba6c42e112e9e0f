import { readFile } from 'node:fs/promises'
import webPush from 'web-push'
import { type Notifier, Problem } from '../../core/index.ts'
import { writeWhole } from '../../database/index.ts'

export interface PushKeys {
  publicKey: string
  privateKey: string
}

/** The VAPID pair that browsers know us by; made at the first start and kept with mode 600. */
export async function pushKeys(path: string): Promise<PushKeys> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as PushKeys
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const keys = webPush.generateVAPIDKeys()
  await writeWhole(path, JSON.stringify(keys), 0o600)
  return keys
}

/** Web push. At least once; `topic` lets the push service drop a repeat. A subscription that is gone is not retried. */
export function webPushNotifier(keys: PushKeys, subject: string): Notifier {
  return {
    channel: 'push',
    async send({ key, body }) {
      try {
        await webPush.sendNotification(
          body.subscription as webPush.PushSubscription,
          JSON.stringify({ key, title: body.title, text: body.text, link: body.link }),
          { vapidDetails: { subject, ...keys }, timeout: 10_000, TTL: 86_400 },
        )
      } catch (cause) {
        const status = (cause as { statusCode?: number }).statusCode ?? 0
        throw new Problem({
          code: 'push-failed',
          message: `The push service answered ${status || (cause as Error).message}.`,
          remedy: 'A browser that is gone must subscribe again; anything else is tried again.',
          retryable: status !== 404 && status !== 410,
          cause,
        })
      }
    },
  }
}
