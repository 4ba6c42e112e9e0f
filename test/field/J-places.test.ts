// FIELD J: what the API can do has a place on a page: gateways, one's own sign-ins, backups, and the desk as it stood.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, openChromium, seriousOn } from '../chromium.ts'
import { connectAppliance, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'
const MINUTE = 60_000

describe.skipIf(chromiumMissing())('calls with a place of their own', () => {
  let dataDir: string
  let program: Program
  let browser: Browser
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
    const location = { lat: 48, lon: 14 }
    for (const id of ['f1', 'f2'])
      await program.call('POST', '/api/appliances', { id, kind: 'fridge', model: 'Polar', location })
    browser = await openChromium()
    context = await signedIn()
    page = await context.newPage()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    await removeDataDir(dataDir)
  })
  async function signedIn(): Promise<BrowserContext> {
    const one = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 844 } })
    const response = await one.request.post(`${program.url}/api/session`, {
      data: { name: 'admin', password: PASSWORD },
    })
    expect(response.status()).toBe(200)
    return one
  }
  const sound = async (): Promise<void> => {
    expect(await seriousOn(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  }

  test('a gateway is registered on the page, and speaks by the password that it shows', async () => {
    await page.goto(`${program.url}/connect`)
    await page.getByText('A gateway', { exact: true }).click()
    await page.getByLabel('Name of the gateway').fill('gw1')
    await page.getByLabel('It speaks for').fill('f1, f2')
    await page.getByRole('button', { name: 'Register the gateway' }).click()
    const said = page.getByRole('status').filter({ hasText: 'gw1 speaks for 2 appliances' })
    const password = (await said.locator('code').textContent()) ?? ''
    await sound()
    const client = await connectAppliance(program, 'gw1', password)
    expect(client.connected).toBe(true)
    await client.endAsync()
  }, 60_000)

  test('who is signed in elsewhere is seen, and ended', async () => {
    const elsewhere = await signedIn()
    const asks = () => elsewhere.request.get(`${program.url}/api/tickets`).then((answer) => answer.status())
    expect(await asks()).toBe(200)
    await page.goto(`${program.url}/settings`)
    const end = page.getByRole('button', { name: 'End it' })
    await end.first().waitFor()
    expect(await end.count()).toBe(1)
    await sound()
    await end.click()
    await end.waitFor({ state: 'detached' })
    expect(await asks()).toBe(401)
  }, 60_000)

  test('a backup is taken from the page, which says where it lies', async () => {
    await page.getByRole('button', { name: 'Take a backup' }).click()
    await page.getByText(/Taken: .*backups.* \([\d,]+ files/).waitFor({ timeout: 60_000 })
  }, 90_000)

  test('the desk is shown as it stood at a moment', async () => {
    await program.call('POST', '/api/appliances/f1/report', { text: 'It rattles.' })
    const soon = Math.ceil(Date.now() / MINUTE + 1) * MINUTE
    const { states } = await program.call<{ states: Record<string, number> }>('GET', `/api/day?at=${soon}`)
    expect(Object.values(states)).toEqual([1])
    await page.goto(`${program.url}/quality`)
    const moment = page.getByLabel('Moment')
    const local = (at: number): Promise<string> =>
      page.evaluate((ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16), at)
    await moment.fill(await local(soon))
    await page
      .getByRole('status')
      .getByText(`${Object.keys(states)[0]}: 1`)
      .waitFor()
    await moment.fill(await local(Date.now() - 24 * 60 * MINUTE))
    await page.getByText('No ticket then.').waitFor()
    await sound()
  }, 60_000)
})
