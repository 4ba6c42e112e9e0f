import { type Notifier, Problem } from '../../core/index.ts'

/** Mail through a server. At least once; the Message-ID is the key by which a receiver can drop a repeat. */
export function smtpMail(url: string, from: string): Notifier {
  // The driver is loaded for the first mail: the start has no use for it.
  const open = async () => {
    const { createTransport } = await import('nodemailer')
    return createTransport({ url, connectionTimeout: 10_000, socketTimeout: 20_000, greetingTimeout: 10_000 })
  }
  let opened: ReturnType<typeof open> | undefined
  return {
    channel: 'mail',
    async send({ key, body }) {
      try {
        opened ??= open()
        await (await opened).sendMail({
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
          // What the server says may name the address: neither goes into the log or the job.
          message: `The mail was not taken: ${refused || ((cause as { code?: string }).code ?? 'no answer')}.`,
          remedy: 'Check SMTP_URL and the address; the mail is tried again, and waits in the dead-letter list at last.',
          retryable: refused < 500,
          cause,
        })
      }
    },
  }
}
