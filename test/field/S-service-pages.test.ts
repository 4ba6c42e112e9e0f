// The pages of knowledge, outlets and members in real Chromium, on a phone, dark, in both languages.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, openChromium } from '../chromium.ts'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'

describe.skipIf(chromiumMissing())('service on a phone', () => {
  let dataDir: string
  let program: Program
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let sticker: string
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
    const owner = { name: 'Mia', contact: 'mia@example.org', language: 'zh' }
    const location = { lat: 48, lon: 14 }
    await program.call('POST', '/api/appliances', { id: 'f1', kind: 'fridge', model: 'Polar', owner, location })
    await program.call('POST', '/api/outlets', [
      { id: 'o1', name: 'First', tier: 'star', location, withinKm: 30 },
      { id: 'o2', name: 'Second', tier: 'technical', location: { lat: 48.2, lon: 14.1 }, withinKm: 60 },
    ])
    sticker = (await program.call<{ link: string }>('GET', '/api/appliances/f1/owner-link')).link.split('/o/')[1] ?? ''
    browser = await openChromium()
    context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
      hasTouch: true,
    })
    page = await context.newPage()
    await page.goto(`${program.url}/sign-in?to=/settings`)
    await page.locator('input[name=name]').fill('admin')
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.locator('button[type=submit]').click()
    await page.waitForURL((url) => url.pathname === '/settings')
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    await removeDataDir(dataDir)
  })
  /** Nothing stands beyond the edge of the phone. */
  const fits = async (at: Page): Promise<boolean> =>
    at.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)

  test('S62 an article is found by words and read, in either language', async () => {
    await page.goto(`${program.url}/knowledge`)
    await page.getByLabel('What do you look for?').fill('inverter')
    await page.getByRole('button', { name: /What is an inverter compressor/ }).click()
    await page.getByRole('dialog').getByText('It turns slower or faster').waitFor()
    expect(await fits(page)).toBe(true)
    await page.goto(`${program.url}/knowledge?lang=zh&q=${encodeURIComponent('变频压缩机')}`)
    await page.getByRole('heading', { name: '什么是变频压缩机？' }).waitFor()
    await page.goto(`${program.url}/settings?lang=en`)
  }, 60_000)

  test('S19 an agent is led through a call by taps, to a ticket with its steps beside it', async () => {
    await page.goto(`${program.url}/file?code=f1&lang=en`)
    await page.getByRole('button', { name: 'Begin', exact: true }).click()
    for (const answer of ['Yes', 'Ice or frost inside', 'No'])
      await page.getByRole('button', { name: answer, exact: true }).click()
    await page.getByRole('link', { name: 'To the ticket' }).click()
    await page.getByText('Is the light on when the door opens? — Yes').waitFor()
    await page.getByRole('button', { name: /What does no frost mean/ }).waitFor()
    expect(await fits(page)).toBe(true)
  }, 60_000)

  test('S33 the places are drawn, and who serves an address stands beside them', async () => {
    await page.goto(`${program.url}/network?appliance=f1&lang=en`)
    await page.getByRole('button', { name: 'First, star centre' }).waitFor()
    await page.getByText('star centre, 0 km, score 4').waitFor()
    expect(await fits(page)).toBe(true)
  }, 60_000)

  test('S59 S66 the page of members says what is not there yet, and how it comes', async () => {
    await page.goto(`${program.url}/members?lang=en`)
    await page.getByText('Nobody has answered yet').waitFor()
    expect(await fits(page)).toBe(true)
  }, 60_000)

  test('S61 an owner reads of their own appliance before they report, in their own language', async () => {
    const owners = await context.newPage()
    await owners.goto(`${program.url}/o/${sticker}`)
    await owners.getByPlaceholder('怎么清洗……？什么是……？').fill('异味')
    await owners.getByRole('button', { name: '冰箱有异味' }).click()
    await owners.getByText('用棉签清洁后壁的排水口。').waitFor()
    expect(await fits(owners)).toBe(true)
    await owners.close()
  }, 60_000)
})
