import { Webhook } from 'standardwebhooks'
import { type Clock, type Notifier, Problem } from '../../core/index.ts'

const TIMEOUT_MS = 10_000

/**
 * Signed as Standard Webhooks say (`webhook-id`, `webhook-timestamp`, `webhook-signature`); `webhook-id` is the job's key.
 * The same as an event of CloudEvents 1.0 in binary mode: a repeat has the same source and id, and is to be known by them.
 */
export function signedWebhook(url: string, secret: string, clock: Clock): Notifier {
  const signer = new Webhook(Buffer.from(secret).toString('base64'))
  return {
    channel: 'webhook',
    async send({ key, body }) {
      const { tries: _, ...rest } = body
      const payload = JSON.stringify(rest)
      const at = new Date(clock.now())
      const response = await fetch(url, {
        method: 'POST',
        body: payload,
        headers: {
          'content-type': 'application/json',
          'ce-specversion': '1.0',
          'ce-id': encodeURIComponent(key),
          'ce-source': '/hearthwatch',
          'ce-type': 'hearthwatch.notice',
          'ce-time': at.toISOString(),
          'webhook-id': key,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': signer.sign(key, at, payload),
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      await response.body?.cancel()
      if (!response.ok) {
        throw new Problem({
          code: 'webhook-refused',
          message: `The webhook answered ${response.status}.`,
          remedy: 'Check WEBHOOK_URL and what its server logged; the call is tried again.',
          concerns: url,
          retryable: response.status >= 500 || response.status === 429 || response.status === 408,
        })
      }
    },
  }
}
