// FIELD J: a dispatcher sees everybody's day, what is nobody's or in danger first, and what a move brings about before it is
// made: the way, who becomes late, which parts lack. By keys, and with a way back.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, openChromium } from '../chromium.ts'
import { eventually, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'
const HOUR = 3_600_000
let dataDir: string
let program: Program
let ticket: string
let other: string
/** In two days at ten in Vienna, within everybody's hours. */
const FROM = Math.floor(Date.now() / (24 * HOUR)) * 24 * HOUR + 48 * HOUR + 9 * HOUR

beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
  const near = { lat: 48.2, lon: 16.37 }
  for (const [id, name, van, parts] of [
    ['e1', 'Li Wei', 'van-1', ['compressor', 'filter-drier', 'start-relay']],
    ['e2', 'Ada Kern', 'van-2', ['filter-drier']],
    ['e3', 'Bo Ling', 'van-3', ['filter-drier']],
  ] as const) {
    const stock = parts.map((part) => ({ part, quantity: 3 }))
    await program.call('POST', '/api/depots', { id: van, type: 'van', location: near, stock })
    await program.call('POST', '/api/engineers', {
      id,
      name,
      location: id === 'e2' ? { lat: 48.3, lon: 16.37 } : near,
      grade: id === 'e3' ? 'D' : 'A+',
      skills: ['electrical', 'cooling', 'sealed-system'],
      depot: van,
    })
  }
  ticket = await job('a1', 'e1')
  other = await job('a2', 'e2')
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

async function job(id: string, engineer: string): Promise<string> {
  await program.call('POST', '/api/appliances', {
    id,
    kind: 'fridge',
    model: 'M',
    owner: { name: 'Mia Owner', contact: 'mia@example.org', language: 'en' },
    location: { lat: 48.21, lon: 16.38 },
  })
  const made = await program.call<{ id: string }>('POST', `/api/appliances/${id}/report`, {
    text: 'it clicks',
    failureMode: 'compressor-wear',
  })
  await program.call('POST', `/api/tickets/${made.id}/assign`, { engineer, why: 'to try' })
  await program.call('POST', `/api/tickets/${made.id}/contact`, { note: 'ok', slot: { from: FROM, to: FROM + HOUR } })
  return made.id
}
interface Move {
  engineer: string
  isNow: boolean
  refused?: { en: string; zh: string }
  km?: number
  late: { ticket: string; minutes: number }[]
  missing: string[]
}
const engineerOf = async (id: string) =>
  (await program.call<{ engineer?: string }>('GET', `/api/tickets/${id}`)).engineer

test('J before a job is moved everybody says what it would bring about, and nothing is done', async () => {
  const { items } = await program.call<{ items: Move[] }>('GET', `/api/dispatch/moves?ticket=${ticket}`)
  const of = (id: string) => items.find(({ engineer }) => engineer === id)
  expect(of('e1')).toMatchObject({ isNow: true, missing: [], late: [] })
  // Two jobs of two hours in the same hour: one of them is late.
  expect(of('e2')).toMatchObject({ isNow: false, missing: expect.arrayContaining(['compressor']) })
  expect(of('e2')?.late.length).toBeGreaterThan(0)
  expect([ticket, other]).toContain(of('e2')?.late[0]?.ticket)
  expect(of('e2')?.km).toBeGreaterThanOrEqual(0)
  expect(of('e3')?.refused?.zh).toBeTruthy()
  expect(items.at(-1)?.engineer).toBe('e3')
  expect(await engineerOf(ticket)).toBe('e1')
})

describe.skipIf(chromiumMissing())('J at the board', () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await openChromium()
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } })
    page = await context.newPage()
    await page.goto(`${program.url}/sign-in?to=/dispatch`)
    await page.locator('input[name=name]').fill('admin')
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.locator('button[type=submit]').click()
    await page.waitForURL((url) => url.pathname === '/dispatch')
    await page.goto(`${program.url}/dispatch?day=${FROM}`)
  }, 60_000)
  afterAll(() => browser?.close())

  test('a job is moved by keys with its consequences in sight, and moved back', async () => {
    await page.getByText('Bo Ling').waitFor()
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/dispatch.png` })
    const { number } = await program.call<{ number: string }>('GET', `/api/tickets/${ticket}`)
    const own = page.getByRole('link', { name: new RegExp(`^${number}`) }).first()
    await own.focus()
    await page.keyboard.press('m')
    const dialog = page.getByRole('dialog')
    const ada = dialog.getByRole('button', { name: /Ada Kern/ })
    await ada.waitFor()
    expect(await ada.textContent()).toMatch(/km.*late by \d+ min.*without Compressor/)
    expect(await dialog.getByRole('button', { name: /Bo Ling/ }).isDisabled()).toBe(true)
    await ada.focus()
    await page.keyboard.press('Enter')
    await eventually('the move', async () => (await engineerOf(ticket)) === 'e2')
    await page.getByRole('button', { name: 'Undo' }).click()
    await eventually('the way back', async () => (await engineerOf(ticket)) === 'e1')
  }, 60_000)

  test('the map shows who is where; whoever is chosen shows their day, and a job of it goes to somebody else', async () => {
    await page.goto(`${program.url}/dispatch?day=${FROM}&view=map`)
    const map = page.getByRole('group', { name: 'Map' })
    const li = map.getByRole('button', { name: /^Li Wei: 1 jobs/ })
    await li.waitFor()
    // e2 lives 11 km north of the others, and their jobs are one place.
    const at = async (name: RegExp) => (await map.getByRole('button', { name }).first().boundingBox()) ?? { x: 0, y: 0 }
    expect((await at(/^Ada Kern/)).y).toBeLessThan((await at(/^Li Wei/)).y - 100)
    await li.focus()
    await page.keyboard.press('Enter')
    const { number } = await program.call<{ number: string }>('GET', `/api/tickets/${ticket}`)
    await page.getByRole('link', { name: number, exact: true }).waitFor()
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/map.png` })
    await page.getByRole('button', { name: 'Move to…' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Ada Kern/ })
      .waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Everybody' }).click()
    await map.getByRole('button', { name: new RegExp(`^${number}`) }).waitFor()
  }, 60_000)

  test('shows a week of everybody, and on a phone nothing sideways', async () => {
    await page.goto(`${program.url}/dispatch?day=${FROM}`)
    await page.getByRole('radiogroup', { name: 'View' }).getByText('Week').click()
    const table = page.getByRole('table', { name: 'Week' })
    await table.getByText('1 jobs').first().waitFor()
    await table.getByText('free').first().waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${program.url}/dispatch?day=${FROM}`)
    await page.getByText('Bo Ling').waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await page.goto(`${program.url}/dispatch?day=${FROM}&view=map`)
    await page.getByRole('group', { name: 'Map' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  }, 60_000)
})
