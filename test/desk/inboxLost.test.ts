// What is done in the inbox is done once, and for all: the answer is lost, or the page is left with more than browsers carry.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saveAlert } from '../../alerts/alertTable.ts'
import type { Alert } from '../../core/index.ts'
import { openSqliteFile } from '../../database/index.ts'
import { migrations } from '../../workers/start/startDatabase.ts'
import { chromiumMissing, openChromium } from '../chromium.ts'
import { eventually } from '../program.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf } from './openTestService.ts'

/** As they are built for the program. */
const PAGES = fileURLToPath(new URL('../../dashboards/web/dist', import.meta.url))
/** Browsers carry 256 calls to their end. */
const ALERTS = 300

describe.skipIf(chromiumMissing())('deeds of the inbox', () => {
  let dir: string
  let api: TestApi
  let browser: Browser
  let page: Page
  let url: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hearthwatch-lost-'))
    const database = await openSqliteFile(join(dir, 'desk.db'), migrations)
    api = await openTestApi(database, () => database.close(), undefined, { pages: PAGES })
    await api.database.transaction(async (tx) => {
      for (let i = 0; i < ALERTS; i++) {
        const id = `f${String(i).padStart(3, '0')}`
        const remainingLife = { p10: 10 + i, p50: 1_000 + i, p90: 3_000 + i }
        await saveAlert(tx, alertOf(id, { remainingLife }), { condition: id, shares: { home: id } })
      }
    })
    url = await api.app.listen({ port: 0, host: '127.0.0.1' })
    browser = await openChromium()
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1_440, height: 900 } })
    await context.addCookies([{ name: 'role', value: 'reliability', url }])
    page = await context.newPage()
    await page.goto(`${url}/alerts`)
    await row('f000').waitFor()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await api?.close()
    await rm(dir, { recursive: true })
  })
  const row = (appliance: string) =>
    page.getByRole('group', { name: 'Alerts', exact: true }).getByRole('button', { name: appliance })
  const all = async (): Promise<Alert[]> => (await api.alerts.list({ state: 'open,acknowledged', limit: 1_000 })).items
  const notes = async (text: string): Promise<number[]> =>
    (await all()).map((alert) => (alert.notes ?? []).filter((note) => note.text === text).length)
  async function note(text: string): Promise<void> {
    await page.keyboard.press('n')
    await page.getByRole('dialog').getByLabel('Note').fill(text)
    await page.keyboard.press('Control+Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }

  test('a note whose answer is lost stands once, however often it is sent again', async () => {
    let lost = 0
    await page.route('**/api/alerts/*/notes', async (route) => {
      if (lost >= 2) return route.continue()
      lost++
      // It is carried out, and nobody hears of it.
      await route.fetch()
      await route.abort('connectionreset')
    })
    await note('Called the shop.')
    const again = page.getByRole('button', { name: 'Again' })
    await again.waitFor({ timeout: 20_000 })
    expect((await notes('Called the shop.')).filter((count) => count > 0)).toEqual([1])
    await again.click()
    await eventually('it is lost again', async () => lost === 2)
    await again.waitFor({ timeout: 20_000 })
    await again.click()
    await again.waitFor({ state: 'detached' })
    await page.getByText('Note on 1').first().waitFor()
    expect((await notes('Called the shop.')).filter((count) => count > 0)).toEqual([1])
    await page.unroute('**/api/alerts/*/notes')
    // The same words, said anew, are another note.
    await note('Called the shop.')
    await eventually(
      'the second',
      async () => (await notes('Called the shop.')).filter((count) => count > 0).join() === '2',
      20_000,
    )
  }, 90_000)

  test('a key that was used for something else is refused, and a snooze that is sent again ends when it would have', async () => {
    const headers = { 'idempotency-key': 'a-key-of-a-test', authorization: '', cookie: 'role=reliability' }
    const until = api.clock.now() + 3_600_000
    const path = '/api/alerts/al-f299/snooze'
    const first = await api.ask('POST', path, { until }, headers)
    expect(first).toMatchObject({ status: 200, body: { snoozedUntil: until } })
    expect((await api.ask('POST', path, { until }, headers)).body).toEqual(first.body)
    expect(await api.ask('POST', path, { until: until + 1 }, headers)).toMatchObject({
      status: 422,
      body: { code: 'key-reused' },
    })
  })

  test('what a browser carries no more as its page is left goes out when they come back, to each once', async () => {
    const text = 'Of one batch.'
    await row('f000').click()
    await page.keyboard.press('x')
    // From the first to the last: rows are drawn as they come into sight.
    const total = (await all()).length
    for (let i = 1; i < total; i++) await page.keyboard.press('j')
    await page.keyboard.press('Shift+X')
    await page.getByText(`${total} selected`).waitFor()
    await note(text)
    await page.goto('about:blank')
    // Another page of the same place, without a script of ours.
    await page.goto(`${url}/manifest.webmanifest`)
    const kept = () => page.evaluate(() => localStorage.getItem('hearthwatch-deeds'))
    expect(await kept()).toContain(text)
    await eventually('what was carried has arrived', async () => {
      const before = (await notes(text)).filter((count) => count > 0).length
      await new Promise((resolve) => setTimeout(resolve, 300))
      return before > 0 && (await notes(text)).filter((count) => count > 0).length === before
    })
    const carried = (await notes(text)).filter((count) => count > 0).length
    // What somebody else decided in this browser is theirs, and stays.
    await page.evaluate(() => {
      const place = 'hearthwatch-deeds'
      const [one] = JSON.parse(localStorage.getItem(place) ?? '[]')
      const theirs = { ...one, who: '/another', key: 'theirs-theirs', ids: ['al-f001'] }
      localStorage.setItem(place, JSON.stringify([one, theirs]))
    })
    await page.goto(`${url}/alerts`)
    await page.getByText(/^Sent now: \d+ that had not gone out/).waitFor({ timeout: 30_000 })
    expect(await notes(text)).toEqual(Array.from({ length: total }, () => 1))
    expect(JSON.parse((await kept()) ?? '[]')).toMatchObject([{ who: '/another', ids: ['al-f001'] }])
    console.log(`${carried} of ${total} were carried as the page was left`)
  }, 180_000)
})
