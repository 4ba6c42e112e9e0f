import { expect, test } from 'vitest'
import { type Database, type Job, ManualClock } from '../core/index.ts'
import { attemptJob } from './attemptJob.ts'

test('a mail leads to the page of its ticket, and is not sent to who is not its owner any more', async () => {
  const sent: Job[] = []
  const attempt = attemptJob({
    database: {} as Database,
    clock: new ManualClock(1_000),
    notifiers: [{ channel: 'mail', send: async (job) => void sent.push(job) }],
    ownersLink: async (ticket, contact) =>
      contact === 'ada@example.org' ? `https://h.example/t/${ticket}.proof` : null,
  })
  const mailTo = (to: string) =>
    attempt({ key: 'k', channel: 'mail', body: JSON.stringify({ to, text: 'Dear owner', ownersPage: 'tk-1' }) }, 1)
  expect((await mailTo('ada@example.org')).change).toMatchObject({ doneAt: 1_000 })
  expect(sent.map(({ body }) => body.text)).toEqual(['Dear owner\n\nhttps://h.example/t/tk-1.proof'])
  const { change, dead } = await mailTo('former@example.org')
  expect(change).toMatchObject({ deadAt: 1_000 })
  expect([dead?.error, sent.length]).toEqual(['the appliance has another owner now', 1])
})
