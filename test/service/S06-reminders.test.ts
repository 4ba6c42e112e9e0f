// S06: after so many cycles or hours of real use (not of the calendar) the owner gets the reminder, once.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY } from '../../core/index.ts'
import { eventually } from '../program.ts'
import { onBothPrograms, type Restartable } from './onBothPrograms.ts'
import { openWasher } from './washing.ts'

interface CareRow {
  appliance: string
  plan: string
  number: number
  what: string
  counted: number
}

onBothPrograms('S06 reminders by use', { CLOCK: 'telemetry' }, (start) => {
  let held: Restartable
  let one: Awaited<ReturnType<typeof openWasher>>
  let other: Awaited<ReturnType<typeof openWasher>>
  const begin = Math.floor((Date.now() - 20 * DAY) / DAY) * DAY
  beforeAll(async () => {
    held = await start()
    const remind = { kind: 'washer', does: 'remind', text: { en: 'Clean the drum', zh: '筒自洁' } }
    const owner = { en: 'It has run {count} times.', zh: '已运行 {count} 次。' }
    await held.now.call('PUT', '/api/policy/carePlans', {
      value: [
        { id: 'drum', ...remind, owner, every: { count: 3, cycle: 'program' } },
        { id: 'hours', ...remind, owner, every: { hours: 4.5, cycle: 'program' } },
        {
          id: 'scale',
          kind: 'washer',
          does: 'guide',
          guide: 'descale',
          text: remind.text,
          owner,
          every: { count: 5, cycle: 'program' },
        },
      ],
      why: 'a test',
    })
    one = await openWasher(held, 'one', begin)
    other = await openWasher(held, 'other', begin)
  })
  afterAll(() => held.close())
  const cared = async (appliance: string): Promise<CareRow[]> =>
    (await held.now.call<{ items: CareRow[] }>('GET', '/api/care')).items.filter((row) => row.appliance === appliance)
  const of = async (appliance: string, plan: string): Promise<number[]> =>
    (await cared(appliance)).flatMap((row) => (row.plan.startsWith(`${plan}@`) ? [row.number] : [])).sort()
  const mails = async (to: string): Promise<string[]> => {
    const box = await readFile(join(held.now.dataDir, 'live', 'outbox.mbox'), 'utf8').catch(() => '')
    return box.split(/^From /m).filter((mail) => mail.includes(to) && /Subject: Clean the drum/.test(mail))
  }

  test('S06 use counts, not the calendar: who washed is told once, over a kill as well, and who did not is told nothing', {
    timeout: 180_000,
  }, async () => {
    await one.wash(4)
    await other.wash(1)
    await eventually('the first reminder', async () => (await of('one', 'drum')).length === 1)
    await one.leave()
    await other.leave()
    await held.restart()
    await one.wash(3)
    await eventually('the second reminder', async () => (await of('one', 'drum')).length === 2)
    await eventually('by hours', async () => (await of('one', 'hours')).length === 1)
    await eventually('the guide', async () => (await of('one', 'scale')).length === 1)
    await held.restart('stop')
    // The program that is running now has looked as well.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(await of('one', 'drum')).toEqual([1, 2])
    expect(await of('one', 'scale')).toEqual([1])
    expect(await cared('other')).toEqual([])
    await eventually('four mails', async () => (await mails('one@example.org')).length === 4)
    expect((await mails('one@example.org')).filter((mail) => mail.includes('It has run 3 times'))).toHaveLength(1)
    expect((await mails('one@example.org')).filter((mail) => mail.includes('1. '))).toHaveLength(1)
    expect(await mails('other@example.org')).toEqual([])
  })

  test('S06 what is retired, or nobody owns, is told nothing', { timeout: 120_000 }, async () => {
    const sold = await openWasher(held, 'sold', other.now, { owner: undefined })
    await sold.wash(5)
    await other.wash(1)
    await held.now.call('DELETE', '/api/appliances/other')
    await one.leave()
    await one.wash(5)
    await eventually('another of one', async () => (await of('one', 'drum')).includes(4), 90_000)
    expect([...(await cared('sold')), ...(await cared('other'))]).toEqual([])
  })
})
