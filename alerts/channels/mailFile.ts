import { open, readFile } from 'node:fs/promises'
import type { Clock, Notifier } from '../../core/index.ts'
import { writeWhole } from '../../database/index.ts'

export interface MailFile extends Notifier {
  /** Takes out what was written to an address. @returns how many mails */
  takeOut(contact: string): Promise<number>
}

/**
 * Appends each mail to an mbox file, synced, exactly once: a repeat (only possible after a crash between the write and
 * its record) is recognised by its Message-ID.
 * @param isNobodys nobody fetches mail from there: what lies in it has reached no person. Simulated owners read it.
 */
export function mailFile(path: string, clock: Clock, isNobodys = false): MailFile {
  let turn: Promise<unknown> = Promise.resolve()
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work)
    turn = mine.catch(() => {})
    return mine
  }
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
    send: (job) =>
      inTurn(async () => {
        await send(job.key, job.body)
        return isNobodys ? { kept: 'no mail server is set: the mail lies in outbox.mbox' } : undefined
      }),
    takeOut: (contact) => inTurn(() => takeOut(path, contact)),
  }
}

/** @returns how many mails of the file were to this address; they are in it no more */
async function takeOut(path: string, contact: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const mails = text.split(/^(?=From hearthwatch )/m)
  const kept = mails.filter((mail) => !/^To: .*<(.*)>$/m.exec(mail)?.[1]?.toLowerCase().includes(contact.toLowerCase()))
  if (kept.length === mails.length) return 0
  await writeWhole(path, kept.join(''), 0o600)
  return mails.length - kept.length
}

/** One line, so that a name cannot bring headers of its own. */
const header = (value: unknown): string => String(value ?? '').replace(/[\r\n]+/g, ' ')
