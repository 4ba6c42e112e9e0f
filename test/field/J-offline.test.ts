// FIELD J: an engineer's whole visit in real Chromium with the network cut before arrival and back after leaving; twice with a
// conflict, which is shown side by side and never swallowed.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, openChromium } from '../chromium.ts'
import { eventually, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'
const HOUR = 3_600_000

interface Step {
  by: string
  from: string | null
  to: string
}
interface TicketNow {
  state: string
  updatedAt: number
  history: Step[]
  checklist?: { answers: Record<string, { ok: boolean; evidence?: string }> }
  closure?: { cause: string; parts: string[]; note: string }
}

describe.skipIf(chromiumMissing())('J a visit without a network', () => {
  let dataDir: string
  let program: Program
  let browser: Browser
  let context: BrowserContext
  let page: Page
  const faults: string[] = []
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
    const location = { lat: 48.2, lon: 16.37 }
    await program.call('POST', '/api/depots', {
      id: 'van-1',
      type: 'van',
      location,
      stock: [{ part: 'start-relay', quantity: 2 }],
    })
    await program.call('POST', '/api/engineers', {
      id: 'e1',
      name: 'Li Wei',
      location,
      grade: 'A',
      skills: ['electrical'],
      depot: 'van-1',
    })
    await program.call('POST', '/api/accounts', {
      name: 'liwei',
      password: PASSWORD,
      roles: ['engineer'],
      engineer: 'e1',
    })
    browser = await openChromium()
    context = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 844 }, hasTouch: true })
    page = await context.newPage()
    page.on('pageerror', (error) => faults.push(String(error)))
    await page.goto(`${program.url}/sign-in`)
    await page.getByLabel('Name').fill('liwei')
    await page.getByLabel('Password').first().fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/my')
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    await removeDataDir(dataDir)
  })

  /** A job of today whose owner has been spoken to. */
  async function job(id: string): Promise<string> {
    const owner = { name: 'Mia Owner', contact: '+43 1 555 12 34', language: 'en' }
    const location = { lat: 48.21, lon: 16.38 }
    await program.call('POST', '/api/appliances', { id, kind: 'fridge', model: 'M', owner, location })
    const made = await program.call<{ id: string }>('POST', `/api/appliances/${id}/report`, { text: 'it clicks' })
    await program.call('POST', `/api/tickets/${made.id}/assign`, { engineer: 'e1', why: 'to try' })
    const from = Date.now() + HOUR
    await program.call('POST', `/api/tickets/${made.id}/contact`, { note: 'agreed', slot: { from, to: from + HOUR } })
    return made.id
  }
  const ticketOf = (id: string) => program.call<TicketNow>('GET', `/api/tickets/${id}`)
  const stepsOf = async (id: string, to: string): Promise<string[]> =>
    (await ticketOf(id)).history.filter((step) => step.to === to && step.from !== step.to).map(({ by }) => by)
  const next = () => page.getByRole('region', { name: 'Next' })
  /** The one under the thumb: a small one beside it may have the same name until the step before is shown. */
  const tap = (name: string) =>
    next()
      .locator('button.thumb')
      .and(page.getByRole('button', { name, exact: true }))
      .click()

  /** The day is on the phone: page, job and card. */
  async function loaded(): Promise<void> {
    await page.goto(`${program.url}/my`)
    await next().getByRole('button', { name: 'On my way' }).waitFor()
    await eventually('the day on the phone', () =>
      page.evaluate(async () => {
        const { active } = (await navigator.serviceWorker.getRegistration()) ?? {}
        const shell = await caches.match('/', { ignoreVary: true })
        const db = await new Promise<IDBDatabase>((done, fail) => {
          const opening = indexedDB.open('hearthwatch')
          opening.onsuccess = () => done(opening.result)
          opening.onerror = () => fail(opening.error)
        })
        const keys = await new Promise<string[]>((done) => {
          const asked = db.transaction('answers').objectStore('answers').getAllKeys()
          asked.onsuccess = () => done(asked.result.map(String))
        })
        db.close()
        return !!active && !!shell && keys.some((key) => key.endsWith('/checklist')) && keys.includes('/api/catalog')
      }),
    )
  }

  /** From the door to leaving, without a network; the phone dies once in the middle of the card. */
  async function visitOffline(): Promise<void> {
    await context.setOffline(true)
    await tap('On my way')
    await tap('I have arrived')
    await tap('Done: fill in the card')
    let card = page.getByRole('dialog')
    const ok = (label: RegExp) =>
      card.getByRole('radiogroup', { name: label }).getByText('done', { exact: true }).click()
    await ok(/The fault is repaired/)
    await ok(/Electrical safety/)
    // The battery dies: what was half filled in is there again.
    await page.reload()
    await tap('Done: fill in the card')
    card = page.getByRole('dialog')
    await eventually(
      'the draft',
      async () =>
        await card
          .getByRole('radiogroup', { name: /Electrical safety/ })
          .getByRole('radio', { name: 'done' })
          .first()
          .isChecked(),
    )
    for (const label of [/Use explained/, /Maintained/, /Other appliances/, /Cleaned up/]) await ok(label)
    await card
      .getByRole('radiogroup', { name: /Original parts/ })
      .getByText('done', { exact: true })
      .click()
    await card.getByLabel('Number or code').fill('SR-77810')
    const pad = card.getByRole('img', { name: 'The owner signs here' })
    await pad.scrollIntoViewIfNeeded()
    const box = await pad.boundingBox()
    if (!box) throw new Error('no place to sign')
    await page.mouse.move(box.x + 20, box.y + 20)
    await page.mouse.down()
    await page.mouse.move(box.x + 120, box.y + 40)
    await page.mouse.up()
    await card.getByRole('button', { name: 'Keep the signature' }).click()
    await card.getByText('Signed.').waitFor()
    await card.getByRole('button', { name: 'End the visit' }).click()
    await tap('What was it?')
    const close = page.getByRole('dialog')
    await close.getByText(/Start relay · \d in the van/).click()
    await close.getByRole('textbox', { name: 'Note' }).fill('relay burnt')
    await close.getByRole('button', { name: 'Close', exact: true }).last().click()
    await page.getByRole('region', { name: 'Done, waiting to be sent' }).waitFor()
    await page.getByText(/^\d+ waiting to send$/).waitFor()
  }

  test('is kept on the phone, sent once when the network is back, and every step of it is the engineer’s', async () => {
    const id = await job('a1')
    await loaded()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await visitOffline()
    expect((await ticketOf(id)).state).toBe('assigned')
    await context.setOffline(false)
    await eventually('the closure', async () => (await ticketOf(id)).closure)
    const ticket = await ticketOf(id)
    expect(ticket.closure).toMatchObject({ parts: ['start-relay'], note: 'relay burnt' })
    expect(ticket.checklist?.answers).toMatchObject({
      'original-parts': { ok: true, evidence: 'SR-77810' },
      signed: { ok: true, evidence: expect.stringMatching(/^photo-/) },
    })
    for (const to of ['visiting', 'completed', 'closed'])
      expect([to, await stepsOf(id, to)]).toEqual([to, ['user:Li Wei']])
    await page.getByText(/waiting to send/).waitFor({ state: 'detached' })
    expect(faults).toEqual([])
  }, 180_000)

  test('that the desk cancelled meanwhile is shown beside what was done, and nothing of it is sent', async () => {
    const id = await job('a2')
    await loaded()
    await visitOffline()
    await program.call('POST', `/api/tickets/${id}/cancel`, { why: 'The owner has sold it.' })
    await context.setOffline(false)
    const conflict = page.getByRole('alert').filter({ hasText: 'this was not taken' })
    await conflict.getByText('cancelled', { exact: true }).waitFor()
    await conflict.getByText('Set out', { exact: true }).waitFor()
    await conflict
      .getByText(/The owner has sold it/)
      .first()
      .waitFor()
    // One by one, until nothing of it is left: none goes without being looked at.
    await eventually('nothing left', async () => {
      const left = page.getByRole('button', { name: 'Let mine go' }).first()
      if (await left.isVisible()) await left.click()
      return (await page.getByRole('alert').count()) === 0 && (await page.getByText(/waiting to send/).count()) === 0
    })
    const ticket = await ticketOf(id)
    expect(ticket.state).toBe('cancelled')
    expect(await stepsOf(id, 'visiting')).toEqual([])
  }, 180_000)

  test('that the desk moved meanwhile is sent all the same when the engineer says so', async () => {
    const id = await job('a3')
    await loaded()
    await visitOffline()
    const from = Date.now() + 5 * HOUR
    await program.call('POST', `/api/tickets/${id}/contact`, { note: 'later', slot: { from, to: from + HOUR } })
    await context.setOffline(false)
    const conflict = page.getByRole('alert').filter({ hasText: 'this was not taken' })
    await conflict.getByText(/has changed ticket/).waitFor()
    expect(await stepsOf(id, 'visiting')).toEqual([])
    await conflict.getByRole('button', { name: 'Send mine all the same' }).click()
    await eventually('the closure', async () => (await ticketOf(id)).closure)
    expect(await stepsOf(id, 'visiting')).toEqual(['user:Li Wei'])
    expect(faults).toEqual([])
  }, 180_000)

  test('a command that is sent twice under one key is done once, also at the same moment, and another under that key is refused', async () => {
    const id = await job('a4')
    const send = async (path: string, key: string, body: unknown = {}) => {
      const response = await fetch(`${program.url}/api/tickets/${id}/${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${program.token}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(body),
      })
      return { status: response.status, body: (await response.json()) as { state?: string; code?: string } }
    }
    const both = await Promise.all([send('visit/start', 'key-0000001'), send('visit/start', 'key-0000001')])
    expect(both.map(({ status, body }) => [status, body.state])).toEqual([
      [200, 'visiting'],
      [200, 'visiting'],
    ])
    expect((await send('visit/start', 'key-0000001')).status).toBe(200)
    expect(await stepsOf(id, 'visiting')).toHaveLength(1)
    const other = await send('wait', 'key-0000001', { parts: [{ part: 'start-relay' }] })
    expect([other.status, other.body.code]).toEqual([422, 'key-reused'])
    expect((await send('wait', 'no', {})).status).toBeGreaterThanOrEqual(400)
  }, 60_000)
})
