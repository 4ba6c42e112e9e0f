import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Alert, DAY, HOUR, localDay, momentOf, type Slot } from '../../core/index.ts'
import type { Weighed } from '../../service/index.ts'
import { chromiumMissing, openChromium } from '../chromium.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, NOW, onBothDatabases } from './openTestService.ts'

interface TicketSeen {
  id: string
  priority: number
  weighed?: Weighed & { at: number }
  offeredSlots: Slot[]
}
/** As they are built for the program. */
const PAGES = fileURLToPath(new URL('../../dashboards/web/dist', import.meta.url))
/** A slow fault: half of such have failed after 40 days. */
const slow = { p10: 20 * 24, p50: 40 * 24, p90: 80 * 24 }

onBothDatabases('the decision to send somebody', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close, undefined, { pages: PAGES })
    await api.policies.change({ rule: 'ownerCheck', value: { isOn: true, waitHours: 24 } }, 'test', 'yes')
  })
  afterAll(() => api.close())

  const offered = async (appliance: string, alert: Partial<Alert>): Promise<TicketSeen> => {
    await api.register(appliance)
    return api.call<TicketSeen>('GET', `/api/tickets/${(await api.ticketFor(alertOf(appliance, alert))).id}`)
  }

  test('stands on the ticket with its numbers; a slow fault is planned for days ahead, and wakes nobody', async () => {
    // Midnight where it stands, two hours ahead of UTC in summer.
    api.clock.advanceTo(NOW + 13 * HOUR)
    const ticket = await offered('slow', { remainingLife: slow })
    expect(ticket).toMatchObject({ priority: 3, weighed: { act: true, real: 0.9, cause: 0.8 } })
    expect(ticket.weighed?.withinHours).toBeGreaterThanOrEqual(7 * 24)
    expect(ticket.weighed?.cents.planned).toBeLessThan(ticket.weighed?.cents.soonest ?? 0)
    expect(ticket.offeredSlots.at(-1)?.from).toBeGreaterThan(api.clock.now() + 6 * DAY)
    const told = await api.notices('slow')
    expect(told.length).toBeGreaterThan(0)
    const morning = momentOf(localDay(NOW, 'Europe/Berlin') + 1, 8, 'Europe/Berlin')
    for (const { pushFrom } of told) expect(pushFrom).toBe(morning)
  })

  test('is at once, at night too, for what fails tomorrow', async () => {
    const ticket = await offered('soon', { severity: 'critical', remainingLife: { p10: 6, p50: 20, p90: 60 } })
    expect(ticket.priority).toBe(1)
    expect(ticket.weighed?.withinHours).toBeLessThanOrEqual(24)
    expect(ticket.offeredSlots[0]?.from).toBeLessThan(api.clock.now() + DAY)
    const told = await api.notices('soon')
    expect(told.length).toBeGreaterThan(0)
    for (const { pushFrom } of told) expect(pushFrom).toBeUndefined()
  })

  const asked = async (appliance: string, more: Partial<Alert> = {}) => {
    const alert = { confidence: 0.35, remainingLife: slow, ...seal, ...more }
    await api.register(appliance)
    return seen((await api.alertWithTicket(alertOf(appliance, alert))).id)
  }
  const oneOf = (...modes: [string, number][]): Partial<Alert> => ({
    failureMode: modes[0]?.[0] ?? '',
    hypotheses: modes.map(([failureMode, probability]) => ({ failureMode, probability })),
  })
  const seal = oneOf(['door-seal-leak', 0.6], ['refrigerant-leak', 0.3])
  const gas = oneOf(['refrigerant-leak', 0.5], ['door-seal-leak', 0.4])
  const seen = (id: string) => api.call<Checked>('GET', `/api/tickets/${id}`)
  const page = ({ ownerLink }: { ownerLink: string }) => `/api/t/${ownerLink.split('/t/')[1]}`
  const owners = async (id: string) => (await api.notices(id)).filter(({ to }) => to.role === 'owner')
  interface Checked {
    id: string
    state: string
    failureMode: string
    ownerLink: string
    clocks: { name: string; dueAt: number; doneAt?: number }[]
    history: { code: string; why: string; whyZh: string }[]
    check?: {
      questions: string[]
      real: number
      realAfter?: number
      outcome?: string
      answers?: Record<string, string>
    }
  }
  interface Page {
    state: string
    questions?: { id: string; text: { en: string; zh: string } }[]
    answered?: string
    guide?: { id: string }
    slots: Slot[]
  }

  test('asks an owner first what they see, where an answer may spare the visit; with “nothing” nobody comes for now', async () => {
    const ticket = await asked('seal-1')
    expect(ticket).toMatchObject({ state: 'new', check: { real: 0.35 } })
    const [told, ...more] = await owners('seal-1')
    expect(more).toEqual([])
    expect(told?.body.en).toContain('may spare you a visit')
    expect(told?.body.zh).toContain('也许无需上门')
    // The desk hears of it at once, and once (S02).
    const desk = async (id: string) => (await api.notices(id)).filter(({ to }) => to.role === 'desk')
    expect(await desk('seal-1')).toHaveLength(1)
    const shown = await api.asOwner<Page>('GET', page(ticket))
    expect(shown.questions).toHaveLength(2)
    expect(shown.questions?.map(({ id }) => id)).toContain('door-gap')
    for (const { text } of shown.questions ?? [])
      expect([text.en, text.zh]).toEqual([expect.any(String), expect.stringMatching(/[一-鿿]/)])
    const bad = await api.ask(
      'POST',
      `${page(ticket)}/answers`,
      { answers: { toString: 'yes' } },
      { authorization: '' },
    )
    expect(bad).toMatchObject({ status: 422, body: { code: 'unknown-question' } })
    const answers = Object.fromEntries((shown.questions ?? []).map(({ id }) => [id, 'no']))
    const after = await api.asOwner<Page>('POST', `${page(ticket)}/answers`, { answers })
    expect(after).toMatchObject({ state: 'new', answered: 'wait' })
    expect(after.questions).toBeUndefined()
    const kept = await seen(ticket.id)
    expect(kept.check).toMatchObject({ answers, outcome: 'wait' })
    expect(kept.check?.realAfter).toBeLessThan(0.2)
    expect(kept.history.find(({ code }) => code === 'questions-answered')?.whyZh).toMatch(/故障的概率为 \d+%/)
    const again = await api.ask('POST', `${page(ticket)}/answers`, { answers }, { authorization: '' })
    expect(again).toMatchObject({ status: 409, body: { code: 'no-questions' } })
    // It still stands two days later: then a time is asked for, and its number was said before.
    api.clock.advanceTo(api.clock.now() + 48 * HOUR)
    await api.tick()
    expect((await seen(ticket.id)).state).toBe('offered')
    const [, offered, ...others] = await owners('seal-1')
    expect([offered?.body.en.includes('Choose a time'), others]).toEqual([true, []])
    expect(await desk('seal-1')).toHaveLength(1)
  })

  test('is led by what an owner sees: a guide for what they can mend, a visit with its parts for the rest', async () => {
    const mendable = await asked('seal-2', { confidence: 0.5, ...gas })
    const mine = await api.asOwner<Page>('POST', `${page(mendable)}/answers`, { answers: { 'door-gap': 'yes' } })
    expect(mine).toMatchObject({ state: 'offered', answered: 'guide', guide: { id: 'door-seal' } })
    // Who answered sees it there, and the desk knows of it.
    expect(await owners('seal-2')).toHaveLength(1)
    expect((await api.notices('seal-2')).filter(({ to }) => to.role === 'desk')).toHaveLength(1)
    await api.asOwner('POST', `${page(mendable)}/guide`, { helped: true })
    expect((await seen(mendable.id)).state).toBe('closed')
    // On the telephone: the desk writes down what they say.
    const leaks = await asked('seal-3', { confidence: 0.5, ...gas })
    const answers = { 'door-gap': 'no', 'never-rests': 'yes' }
    await api.call('POST', `/api/tickets/${leaks.id}/answers`, { answers })
    const offered = await seen(leaks.id)
    expect(offered).toMatchObject({ state: 'offered', failureMode: 'refrigerant-leak', check: { outcome: 'offer' } })
    expect(offered.clocks.find(({ name }) => name === 'first-response')?.doneAt).toBe(api.clock.now())
  })

  test.skipIf(chromiumMissing())(
    'asks on a phone in three taps; nothing is said for anybody, and the page says what follows',
    async () => {
      const ticket = await asked('seal-phone')
      const url = await api.app.listen({ port: 0, host: '127.0.0.1' })
      const browser = await openChromium()
      try {
        const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 844 } })
        const phone = await context.newPage()
        await phone.goto(`${url}${page(ticket).replace('/api', '')}`)
        const send = phone.getByRole('button', { name: 'Send my answers' })
        await send.waitFor()
        const questions = phone.getByRole('radiogroup')
        expect([await questions.count(), await send.isDisabled()]).toEqual([2, true])
        expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
        await questions.nth(0).getByRole('radio', { name: 'No', exact: true }).check()
        expect(await send.isDisabled()).toBe(true)
        await questions.nth(1).getByRole('radio', { name: 'No', exact: true }).check()
        await send.click()
        await phone.getByText(/nobody needs to come now/).waitFor()
        expect(await questions.count()).toBe(0)
      } finally {
        await browser.close()
      }
      const { state, check } = await seen(ticket.id)
      expect([state, check?.outcome, Object.values(check?.answers ?? {})]).toEqual(['new', 'wait', ['no', 'no']])
    },
    60_000,
  )

  test('waits for no answer that may not come, and asks nothing that would change nothing', async () => {
    const silent = await asked('seal-4')
    expect(silent.state).toBe('new')
    api.clock.advanceTo(api.clock.now() + 25 * HOUR)
    await api.tick()
    const offered = await seen(silent.id)
    expect(offered.state).toBe('offered')
    expect(offered.history.map(({ code }) => code)).toContain('questions-unanswered')
    // Sure enough; too urgent; fails too soon; nobody to ask.
    expect((await asked('seal-5', { confidence: 0.97 })).state).toBe('offered')
    expect((await asked('seal-6', { severity: 'critical' })).state).toBe('offered')
    expect((await asked('seal-7', { remainingLife: { p10: 4, p50: 12, p90: 30 } })).state).toBe('offered')
    await api.register('seal-8', { owner: undefined })
    const alone = await api.alertWithTicket(alertOf('seal-8', { ...seal, confidence: 0.35, remainingLife: slow }))
    expect(alone.state).toBe('offered')
    await api.policies.change({ rule: 'ownerCheck', value: { isOn: false, waitHours: 24 } }, 'test', 'no')
    expect((await asked('seal-9')).state).toBe('offered')
  })

  test('follows the policy’s rows: where a failure costs less than the way, nobody is sent', async () => {
    const alert = alertOf('slow', { remainingLife: slow })
    expect(api.desk.worthVisit(alert)).toBe(true)
    await api.policies.change(
      { rule: 'cost', value: { ...api.policy.cost, failureCents: 4_000 } },
      'test',
      'cheap appliances',
    )
    expect(api.desk.worthVisit(alert)).toBe(false)
    expect(api.desk.weigh(alert).cents.never).toBeLessThan(api.desk.weigh(alert).cents.planned)
  })
})
