import { open } from 'node:fs/promises'
import type { Clock, Notifier } from '../../core/index.ts'

/**
 * Appends each mail to an mbox file, synced, exactly once: a repeat (only possible after a crash between the write and
 * its record) is recognised by its Message-ID.
 */
export function mailFile(path: string, clock: Clock): Notifier {
  let turn: Promise<unknown> = Promise.resolve()
  async function send(key: string, body: Record<string, unknown>): Promise<void> {
    const id = `<${Buffer.from(key).toString('base64url')}@hearthwatch>`
    const file = await open(path, 'a+')
    try {
      if (Number(body.tries) > 1 && (await file.readFile('utf8')).includes(`Message-ID: ${id}`)) return
      const date = new Date(clock.now())
      const text = String(body.text).replace(/^(>*From )/gm, '>$1')
      await file.appendFile(
        `From hearthwatch ${date.toUTCString()}\nMessage-ID: ${id}\nDate: ${date.toUTCString()}\n` +
          `To: ${header(body.name)} <${header(body.to)}>\nSubject: ${header(body.subject)}\n` +
          `Content-Type: text/plain; charset=utf-8\n\n${text}\n\n`,
      )
      await file.datasync()
    } finally {
      await file.close()
    }
  }
  return {
    channel: 'mail',
    send(job) {
      const mine = turn.then(() => send(job.key, job.body))
      turn = mine.catch(() => {})
      return mine
    },
  }
}

/** One line, so that a name cannot bring headers of its own. */
const header = (value: unknown): string => String(value ?? '').replace(/[\r\n]+/g, ' ')
