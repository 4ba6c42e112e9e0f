import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY } from '../../core/index.ts'
import { openSqliteFile } from '../../database/index.ts'
import { migrations } from '../../workers/start/startDatabase.ts'
import { chromiumMissing, openChromium, seriousOn, watched } from '../chromium.ts'
import { openTestApi, type TestApi, TOKEN } from './openTestApi.ts'
import { alertOf, NOW } from './openTestService.ts'

/** As they are built for the program. */
const PAGES = fileURLToPath(new URL('../../dashboards/web/dist', import.meta.url))
/** Compressed, with headers and answers, bytes. */
const FIRST_PAGE = 250 * 1_024

describe.skipIf(chromiumMissing())('trends', () => {
  let dir: string
  let api: TestApi
  let browser: Browser
  let page: Page
  let url: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hearthwatch-trends-'))
    const database = await openSqliteFile(join(dir, 'desk.db'), migrations)
    api = await openTestApi(database, () => database.close(), undefined, { pages: PAGES })
    // Eighteen fridges of three models; faults of Polar come in June and July, one of Artis in July.
    for (let i = 0; i < 18; i++)
      await api.register(`f${i}`, { model: ['Polar', 'Artis', 'Sound'][i % 3] ?? '', installedAt: NOW - 400 * DAY })
    await api.ticketFor(alertOf('f0'))
    await api.ticketFor(alertOf('f3', { failureMode: 'door-seal-leak' }))
    api.clock.advanceTo(NOW + 40 * DAY)
    for (const id of ['f6', 'f9', 'f12', 'f1']) await api.ticketFor(alertOf(id))
    url = await api.app.listen({ port: 0, host: '127.0.0.1' })
    browser = await openChromium()
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 390, height: 844 },
      extraHTTPHeaders: { authorization: `Bearer ${TOKEN}` },
    })
    page = await context.newPage()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await api?.close()
    await rm(dir, { recursive: true })
  })

  test('are read at once: the first look weighs less than a page may, and asks for no library of charts', async () => {
    const sizes: Promise<number>[] = []
    const scripts: string[] = []
    const weigh = (request: Request) => {
      sizes.push(request.sizes().then((of) => of.responseBodySize + of.responseHeadersSize))
      if (request.url().endsWith('.js')) scripts.push(request.url())
    }
    page.on('requestfinished', weigh)
    const seen = watched(page)
    await page.goto(`${url}/trends`)
    await page.getByRole('table', { name: 'Faults of 3 models' }).waitFor()
    await seen()
    page.off('requestfinished', weigh)
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    expect(scripts.filter((script) => /echarts/i.test(script))).toEqual([])
    expect(scripts.length).toBeGreaterThan(3)
    expect(bytes).toBeLessThan(FIRST_PAGE)
    console.log(`trends weigh ${(bytes / 1_024).toFixed(0)} KB`)
  }, 60_000)

  test('lead from a cell of model and month to the tickets behind it, by keys, and by the address alone', async () => {
    const heat = page.getByRole('table', { name: 'Faults of 3 models' })
    expect(await heat.getByRole('columnheader').allTextContents()).toContain('2026-06')
    const row = heat.getByRole('row', { name: /^Polar/ })
    const july = row.getByRole('link', { name: '3', exact: true })
    expect(await july.getAttribute('title')).toMatch(/^Polar, 2026-07: 3 faults/)
    // What did not fail leads nowhere.
    expect(
      await heat
        .getByRole('row', { name: /^Sound/ })
        .getByRole('link')
        .count(),
    ).toBe(0)
    await july.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Polar, 2026-07' })
    await dialog
      .getByRole('link', { name: /^HW-|^\w+-\d+/ })
      .first()
      .waitFor()
    const tickets = () => dialog.getByRole('listitem').count()
    expect(await tickets()).toBe(3)
    expect(await seriousOn(page)).toEqual([])
    await page.reload()
    await dialog.getByRole('link').first().waitFor()
    expect(await tickets()).toBe(3)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(new URL(page.url()).search).toBe('')
  }, 60_000)

  test('fit a phone and a desk, in both looks and languages, with nothing serious to complain of', async () => {
    for (const lang of ['en', 'zh'])
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [390, 1_440]) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize({ width, height: 844 })
          await page.goto(`${url}/trends?lang=${lang}`)
          await page.getByRole('link', { name: '3', exact: true }).waitFor()
          expect(await seriousOn(page)).toEqual([])
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
        }
  }, 120_000)
})
