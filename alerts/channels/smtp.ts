import { createTransport } from 'nodemailer'
import { type Notifier, Problem } from '../../core/index.ts'

/** Mail through a server. At least once; the Message-ID is the key by which a receiver can drop a repeat. */
export function smtpMail(url: string, from: string): Notifier {
  const transport = createTransport({ url, connectionTimeout: 10_000, socketTimeout: 20_000, greetingTimeout: 10_000 })
  return {
    channel: 'mail',
    async send({ key, body }) {
      try {
        await transport.sendMail({
          from,
          to: { name: String(body.name ?? ''), address: String(body.to) },
          subject: String(body.subject),
          text: String(body.text),
          messageId: `<${Buffer.from(key).toString('base64url')}@hearthwatch>`,
        })
      } catch (cause) {
        const refused = (cause as { responseCode?: number }).responseCode ?? 0
        throw new Problem({
          code: 'mail-failed',
          message: `The mail to ${body.to} was not taken: ${(cause as Error).message}.`,
          remedy: 'Check SMTP_URL and the address; the mail is tried again, and waits in the dead-letter list at last.',
          concerns: String(body.to),
          retryable: refused < 500,
          cause,
        })
      }
    },
  }
}
