import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, type JobQueue, type Notifier, Problem, wallClock } from '../core/index.ts'
import { enqueueJob, openSqliteFile, outboxMigrations } from '../database/index.ts'
import { noticeMigrations, openAnnouncer } from './announcer.ts'
import type { QueueOptions } from './attemptJob.ts'
import { mailFile } from './channels/mailFile.ts'
import { signedWebhook } from './channels/webhook.ts'

const SECRET = 'a webhook secret of the test'

/** What every JobQueue promises, asked of one of them. */
export function jobQueueContract(
  name: string,
  open: (options: QueueOptions) => Promise<{ queue: JobQueue; stop(): Promise<void> }>,
): void {
  describe(name, () => {
    const dir = mkdtempSync(join(tmpdir(), 'hearthwatch-jobs-'))
    let database: Database
    let queue: JobQueue
    let stop: () => Promise<void>
    let server: Server
    const received: { id: string; body: string; good: boolean }[] = []
    let failures = 0
    const flaky: Notifier = {
      channel: 'flaky',
      async send({ key }) {
        appendFileSync(join(dir, 'flaky'), `${key}\n`)
        if (key.startsWith('dies') && failures >= 0) throw new Error('always')
        if (key.startsWith('bad'))
          throw new Problem({ code: 'refused', message: 'never', remedy: '', retryable: false })
        if (failures-- > 0) throw new Error('not yet')
      },
    }

    beforeAll(async () => {
      database = await openSqliteFile(join(dir, 'jobs.db'), [...outboxMigrations, ...noticeMigrations])
      server = createServer((request, response) => {
        let body = ''
        request.on('data', (chunk) => {
          body += chunk
        })
        request.on('end', () => {
          const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]))
          let good = true
          try {
            new Webhook(Buffer.from(SECRET).toString('base64')).verify(body, headers)
          } catch {
            good = false
          }
          received.push({ id: headers['webhook-id'] ?? '', body, good })
          // The first answer is lost: the sender cannot know that it arrived.
          response.statusCode = received.length === 1 ? 503 : 200
          response.end()
        })
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as { port: number }
      const opened = await open({
        database,
        notifiers: [
          flaky,
          mailFile(join(dir, 'outbox.mbox'), wallClock),
          signedWebhook(`http://127.0.0.1:${port}/`, SECRET, wallClock),
        ],
        clock: wallClock,
        backOffMs: 5,
        maxTries: 4,
      })
      queue = opened.queue
      stop = opened.stop
    })
    afterAll(async () => {
      await queue.close()
      await stop()
      await database.close()
      server.close()
      rmSync(dir, { recursive: true })
    })

    const put = (key: string, channel: string, body: Record<string, unknown> = {}) =>
      database.transaction((tx) => enqueueJob(tx, { key, channel, body }, wallClock.now()))
    const settled = async (depth: { waiting?: number; dead?: number }): Promise<void> => {
      const until = performance.now() + 15_000
      for (;;) {
        queue.wake()
        await queue.idle()
        const now = await queue.depth()
        if (Object.entries(depth).every(([key, value]) => now[key as 'waiting'] === value)) return
        if (performance.now() > until) expect(now).toMatchObject(depth)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const lines = (key: string): number =>
      readFileSync(join(dir, 'flaky'), 'utf8')
        .split('\n')
        .filter((line) => line === key).length

    test('a job that fails is tried again, and done', async () => {
      failures = 2
      await put('again', 'flaky')
      await settled({ waiting: 0 })
      expect(lines('again')).toBe(3)
    })

    test('the same key is one job, however often it is put there', async () => {
      for (let i = 0; i < 5; i++) await put('once', 'flaky')
      await settled({ waiting: 0 })
      expect(lines('once')).toBe(1)
    })

    test('one that never succeeds waits for a person after its tries, who can put it back', async () => {
      failures = 0
      await put('dies', 'flaky')
      await settled({ waiting: 0, dead: 1 })
      expect(lines('dies')).toBe(4)
      expect(await queue.dead(10)).toMatchObject([{ key: 'dies', error: 'always', tries: 4 }])
      failures = -1
      expect(await queue.replay(['dies'])).toBe(1)
      await settled({ waiting: 0, dead: 0 })
    })

    test('one that cannot succeed is not tried again', async () => {
      await put('bad', 'flaky')
      await settled({ waiting: 0, dead: 1 })
      expect(lines('bad')).toBe(1)
    })

    test('inbox, mail file and webhook tell of one event once each, though the first answer was lost', async () => {
      const announcer = openAnnouncer({ publicUrl: 'http://here', webhook: true, push: false })
      const notice = {
        key: 'tk-1/offered/owner',
        to: { role: 'owner' as const, name: 'Ann\nBcc: all', contact: 'ann@example.invalid', language: 'zh' as const },
        title: { en: 'A visit', zh: '上门' },
        body: { en: 'From here', zh: '请选择时间' },
        at: 1,
      }
      for (let i = 0; i < 3; i++) await database.transaction((tx) => announcer.announce(tx, notice))
      await settled({ waiting: 0 })
      const mbox = readFileSync(join(dir, 'outbox.mbox'), 'utf8')
      expect(mbox.match(/^From hearthwatch /gm)).toHaveLength(1)
      expect(mbox).toContain('To: Ann Bcc: all <ann@example.invalid>')
      expect(mbox).toContain('请选择时间')
      const { rows } = { rows: await database.query.selectFrom('notice').selectAll().execute() }
      expect(rows).toHaveLength(1)
      expect(received.length).toBe(2)
      expect(new Set(received.map(({ id }) => id)).size).toBe(1)
      expect(received.every(({ good }) => good)).toBe(true)
    })

    test('what left by a channel is listed newest first in pages, and sent again under its own key', async () => {
      const ids = () => received.map(({ id }) => id)
      for (const n of [1, 2, 3]) await put(`hook-${n}`, 'webhook', { n })
      await settled({ waiting: 0 })
      const page = await queue.log({ channel: 'webhook', limit: 2 })
      expect(page.map(({ key, state }) => `${key} ${state}`)).toEqual(['hook-3 done', 'hook-2 done'])
      expect(page[0]).toMatchObject({ tries: 1, settledAt: expect.any(Number) })
      const older = await queue.log({ channel: 'webhook', limit: 1, before: page[1]!.seq })
      expect(older.map(({ key }) => key)).toEqual(['hook-1'])
      const sent = received.length
      expect(await queue.sendAgain('webhook', ['hook-2', 'dies', 'nobody'])).toBe(1)
      await settled({ waiting: 0 })
      expect(ids().slice(sent)).toEqual(['hook-2'])
      expect(received.every(({ good }) => good)).toBe(true)
      expect(await queue.sendAgain('webhook', [])).toBe(0)
    })
  })
}
