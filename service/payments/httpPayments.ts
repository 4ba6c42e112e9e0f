import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { boundedText, type Clock, Problem, SECOND } from '../../core/index.ts'
import type { PaymentAsked, PaymentProvider } from './paymentProvider.ts'

const TIMEOUT_MS = 8 * SECOND
/** Until the next try; so many tries, and one. */
const PAUSES_MS = [300, 1_500] as const
const MOST_BYTES = 64 << 10
/** What was signed longer ago, or ahead, is not from now. */
export const SIGNED_WITHIN_MS = 300 * SECOND
const answered = z.object({ link: z.url({ protocol: /^https?$/ }) })

interface HttpPaymentsOptions {
  /** Where payments are asked for: the operator's word, and the only host that is called. */
  url: string
  /** Signs both ways. */
  secret: string
  /** Origins at which owners may pay besides that of `url`. */
  pages: readonly string[]
  wall: Clock
  pause?: (ms: number) => Promise<void>
}

/** A provider, or one's own bridge to one, that speaks signed JSON over HTTP (docs/payments.md). */
export function httpPayments(options: HttpPaymentsOptions): PaymentProvider {
  const { url, secret, wall, pause = (ms) => new Promise<void>((done) => setTimeout(done, ms)) } = options
  const origins = new Set([new URL(url).origin, ...options.pages])
  const signature = (at: number, body: string): string =>
    createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')

  async function once(asked: PaymentAsked): Promise<string> {
    const body = JSON.stringify(asked)
    const at = wall.now()
    const response = await fetch(`${url.replace(/\/$/, '')}/payments`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': asked.bill,
        'x-signature': `t=${at},v1=${signature(at, body)}`,
      },
      body,
      // Who answers with another address could lead a signed request anywhere.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const text = await boundedText(response, MOST_BYTES, () => refused('its answer is too long'))
    if (response.status === 429 || response.status >= 500) throw new Error(`it answered ${response.status}`)
    if (!response.ok) throw refused(`it answered ${response.status}`)
    const link = linkIn(text)
    if (link === undefined) throw refused('it answered something else')
    if (!origins.has(new URL(link).origin)) throw refused(`it names a page at ${new URL(link).host}`)
    return link
  }

  return {
    async ask(asked) {
      for (let tried = 0; ; tried++) {
        try {
          return { link: await once(asked) }
        } catch (error) {
          if (error instanceof Problem) throw error
          const wait = PAUSES_MS[tried]
          if (wait === undefined) throw unavailable(error)
          await pause(wait)
        }
      }
    },
    isSigned(header = '', body) {
      const [, at = '', given = ''] = /^t=(\d{1,15}),v1=([0-9a-f]{64})$/.exec(header) ?? []
      if (!given || Math.abs(wall.now() - Number(at)) > SIGNED_WITHIN_MS) return false
      return timingSafeEqual(Buffer.from(given, 'hex'), Buffer.from(signature(Number(at), body), 'hex'))
    },
  }
}

function linkIn(text: string): string | undefined {
  try {
    return answered.safeParse(JSON.parse(text)).data?.link
  } catch {
    return undefined
  }
}

const refused = (why: string): Problem =>
  new Problem({
    code: 'payment-refused',
    message: `Whoever takes the money did not: ${why}.`,
    remedy: 'Look at PAYMENT_URL, PAYMENT_SECRET and PAYMENT_PAGES.',
    status: 502,
  })
const unavailable = (cause: unknown): Problem =>
  new Problem({
    code: 'payment-unavailable',
    message: 'Whoever takes the money gives no answer.',
    remedy: 'Try again in a few minutes.',
    status: 503,
    retryable: true,
    cause,
  })
