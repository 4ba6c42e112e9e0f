// FIELD H: an engineer signs in, sees their own jobs alone, and does the steps of a visit on them, by API and on a phone.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, openChromium } from '../chromium.ts'
import { eventually, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'
/** A white point. */
const PHOTO = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=='
let dataDir: string
let program: Program
let cookie: string
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
  const location = { lat: 48, lon: 14 }
  for (const [id, name] of [
    ['e1', 'Li Wei'],
    ['e2', 'Ada Kern'],
  ]) {
    await program.call('POST', '/api/engineers', { id, name, location, grade: 'A', skills: [] })
  }
  await program.call('POST', '/api/accounts', {
    name: 'liwei',
    password: PASSWORD,
    roles: ['engineer'],
    engineer: 'e1',
  })
  const response = await fetch(`${program.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'liwei', password: PASSWORD }),
  })
  cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

interface Job {
  id: string
  appliance: string
  state: string
  next?: string
}
async function ask<T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: T }> {
  const response = await fetch(program.url + path, {
    method,
    headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as T }
}
async function job(appliance: string, engineer: string, slot?: { from: number; to: number }): Promise<string> {
  const owner = { name: 'Mia Owner', contact: '+43 1 555 12 34', language: 'en' }
  await program.call('POST', '/api/appliances', { id: appliance, kind: 'fridge', model: 'M', owner })
  const { id } = await program.call<{ id: string }>('POST', `/api/appliances/${appliance}/report`, { text: 'it hums' })
  await program.call('POST', `/api/tickets/${id}/assign`, { engineer, why: 'to try' })
  if (slot) await program.call('POST', `/api/tickets/${id}/contact`, { note: 'agreed', slot })
  return id
}
const mine = async (): Promise<Job[]> => (await ask<{ jobs: Job[] }>('GET', '/api/my')).body.jobs
const nextOf = async (id: string) => (await mine()).find((one) => one.id === id)?.next

test('H an engineer goes through a visit on an own job, and the history says it by their name', async () => {
  const [own, foreign] = [await job('a1', 'e1'), await job('a2', 'e2')]
  expect((await mine()).map(({ id }) => id)).toEqual([own])
  for (const path of ['visit/start', 'on-the-way', 'contact', 'close', 'wait']) {
    const refused = await ask('POST', `/api/tickets/${foreign}/${path}`, {})
    expect([refused.status, refused.body.code], path).toEqual([403, 'not-yours'])
  }
  const step = async (path: string, body: unknown = {}): Promise<void> => {
    const answer = await ask('POST', `/api/tickets/${own}/${path}`, body)
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300)
  }
  expect(await nextOf(own)).toBe('contact')
  await step('contact', { note: 'at the back door' })
  expect(await nextOf(own)).toBe('start')
  await step('on-the-way')
  await step('on-the-way')
  const told = await program.call<{ items: { title: { en: string } }[] }>('GET', '/api/inbox?of=owners')
  expect(told.items.filter(({ title }) => title.en === 'Your engineer is on the way')).toHaveLength(1)
  await step('visit/start')
  expect(await nextOf(own)).toBe('leave')
  const { items } = (
    await ask<{ items: { code: string; evidence?: string }[] }>('GET', `/api/tickets/${own}/checklist`)
  ).body
  const checklist: Record<string, { ok: boolean; evidence?: string }> = {}
  for (const { code, evidence } of items) {
    const photo = await ask<{ name: string }>('POST', `/api/tickets/${own}/photos`, {
      type: 'image/png',
      base64: PHOTO,
    })
    checklist[code] = { ok: true, ...(evidence ? { evidence: evidence === 'photo' ? photo.body.name : '0.2' } : {}) }
  }
  await step('visit/end', { checklist })
  expect(await nextOf(own)).toBe('close')
  await step('close', { cause: 'compressor-wear', parts: [], note: 'worn' })
  expect(await mine()).toEqual([])
  const { history } = await program.call<{ history: { by: string; to: string }[] }>('GET', `/api/tickets/${own}`)
  const steps = history.filter(({ by }) => by === 'user:Li Wei').map(({ to }) => to)
  expect(steps).toEqual(expect.arrayContaining(['assigned', 'visiting', 'completed', 'closed']))
  const { items: audit } = await program.call<{ items: { action: string }[] }>('GET', '/api/audit?who=user:liwei')
  expect(audit.map(({ action }) => action)).toContain('POST /api/tickets/:id/close')
})

test('H an engineer takes open jobs for themselves alone, and is told the owner’s number on the day of the visit', async () => {
  const today = Math.floor(Date.now() / 86_400_000) * 86_400_000
  const [now, later] = [
    await job('b1', 'e1', { from: Date.now(), to: Date.now() + 3_600_000 }),
    await job('b2', 'e1', {
      from: today + 3 * 86_400_000 + 9 * 3_600_000,
      to: today + 3 * 86_400_000 + 11 * 3_600_000,
    }),
  ]
  expect((await mine()).map(({ id }) => id)).toEqual([now, later])
  const contactOf = async (id: string) =>
    (await ask<{ owner?: { contact?: string } }>('GET', `/api/tickets/${id}`)).body.owner?.contact
  expect(await contactOf(now)).toBe('+43 1 555 12 34')
  expect(await contactOf(later)).toBeUndefined()
  expect((await ask('POST', `/api/tickets/${now}/grab`, { engineer: 'e2' })).status).toBe(403)
  expect((await ask('POST', `/api/tickets/${now}/grab`, { engineer: 'e1' })).status).not.toBe(403)
  expect((await ask('GET', '/api/engineers/e2/standing')).status).toBe(403)
  expect((await ask('GET', '/api/engineers/e1/standing')).status).toBe(200)
  expect((await ask('GET', '/api/tickets')).status).toBe(403)
})

describe.skipIf(chromiumMissing())('H on a phone', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openChromium()
  }, 60_000)
  afterAll(() => browser?.close())

  test('the next step is one button under the thumb, in both languages, and the page does not scroll sideways', async () => {
    // A round of planning may still be about to say when it begins, and what comes first.
    const first = await eventually('the job of now to come first', async () => {
      const [job] = await mine()
      return job?.appliance === 'b1' && job
    })
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 844 }, hasTouch: true })
    const page = await context.newPage()
    await page.goto(`${program.url}/sign-in`)
    await page.getByLabel('Name').fill('liwei')
    await page.getByLabel('Password').first().fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/my')
    const next = page.getByRole('region', { name: 'Next' })
    if (process.env.PICTURES) await picture(page, 'en')
    const setOut = next.getByRole('button', { name: 'On my way' })
    await setOut.waitFor()
    const box = await setOut.boundingBox()
    expect(box?.height).toBeGreaterThanOrEqual(48)
    expect(box?.width).toBeGreaterThan(250)
    await setOut.click()
    await setOut.waitFor({ state: 'detached' })
    await next.getByRole('button', { name: 'I have arrived' }).click()
    await next.getByRole('button', { name: 'Done: fill in the card' }).waitFor()
    // The page is ahead of the server by one answer.
    await expect.poll(() => nextOf(first.id), { timeout: 10_000 }).toBe('leave')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    if (process.env.PICTURES) await picture(page, 'visiting')
    await page.goto(`${program.url}/my?lang=zh`)
    await page.getByRole('button', { name: '完成，填写服务卡' }).waitFor()
    if (process.env.PICTURES) {
      await page.emulateMedia({ colorScheme: 'dark' })
      await picture(page, 'zh-dark')
    }
    await context.close()
  }, 90_000)
})

/** For whoever wants to look: PICTURES names a folder. */
const picture = async (page: import('playwright-core').Page, name: string): Promise<void> => {
  await page.waitForLoadState('load')
  await page.screenshot({ path: `${process.env.PICTURES}/${name}.png`, fullPage: true })
}
