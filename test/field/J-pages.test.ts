// FIELD J: small things by which a page contradicted itself, or led nowhere, in real Chromium.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumMissing, openChromium, watched } from '../chromium.ts'
import { newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'

describe.skipIf(chromiumMissing())('J at the page', () => {
  let dataDir: string
  let program: Program
  let browser: Browser
  let context: BrowserContext
  let page: Page
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
    for (const id of ['kitchen-1', 'kitchen-2'])
      await program.call('POST', '/api/appliances', { id, kind: 'fridge', model: 'Polar 300' })
    await program.call('POST', '/api/appliances/kitchen-2/report', { text: 'it hums' })
    await program.call('POST', '/api/accounts', { name: 'vera', password: PASSWORD, roles: ['viewer'] })
    await program.call('POST', '/api/accounts', { name: 'dora', password: PASSWORD, roles: ['dispatcher'] })
    browser = await openChromium()
    context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } })
    page = await context.newPage()
    await signIn(page, 'admin', '/settings')
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    await removeDataDir(dataDir)
  })

  async function signIn(at: Page, name: string, to: string): Promise<void> {
    await at.goto(`${program.url}/sign-in?to=${to}`)
    await at.locator('input[name=name]').fill(name)
    await at.locator('input[name=password]').fill(PASSWORD)
    await at.locator('button[type=submit]').click()
    await at.waitForURL((url) => url.pathname === to)
  }

  test('Enter in the palette opens the first hit, also when it comes before the answer, by one question after a pause', async () => {
    const asked: string[] = []
    page.on('request', (request) => request.url().includes('/api/search') && asked.push(request.url()))
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Find anything').pressSequentially('kitchen-1', { delay: 15 })
    await page.keyboard.press('Enter')
    await page.waitForURL('**/appliances/kitchen-1')
    expect(asked.length).toBeLessThanOrEqual(2)
    await page.getByRole('heading', { level: 1, name: 'kitchen-1' }).waitFor()
    await page.getByPlaceholder('Find anything').waitFor({ state: 'detached' })
    // Tickets are found by their number, whatever page stands open.
    const { items } = await program.call<{ items: { number: string; id: string }[] }>('GET', '/api/tickets?limit=1')
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Find anything').fill(items[0]?.number.toLowerCase() ?? '')
    await page.getByText('kitchen-2 ·').first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/tickets/${items[0]?.id}`)
  }, 60_000)

  test('a page that cannot be loaded says so inside the shell, and the way back works', async () => {
    await page.goto(`${program.url}/settings`)
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
    // What the service worker keeps is the engineer's day; everything else needs the network.
    await context.setOffline(true)
    const navigation = page.getByRole('navigation', { name: 'Main navigation' })
    await navigation.getByRole('link', { name: 'Trends' }).click()
    await page
      .getByRole('alert')
      .filter({ hasText: /cannot be loaded|does not answer/ })
      .first()
      .waitFor()
    expect(await page.getByText('Something went wrong!').count()).toBe(0)
    await navigation.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
    await context.setOffline(false)
  }, 60_000)

  test('no rule of the policy is called by its key, in either language', async () => {
    for (const lang of ['en', 'zh']) {
      await page.goto(`${program.url}/policy?lang=${lang}`)
      await page.getByRole('table').waitFor()
      expect(await page.locator('main').textContent()).not.toContain('policy.rules.')
    }
    await page.goto(`${program.url}/policy?lang=en`)
    await page.getByText('Days that raw readings are kept').waitFor()
  }, 60_000)

  test('a viewer is shown nothing that would be refused, and each role has four to six entries in sight', async () => {
    for (const [name, pages] of [
      ['vera', ['/', '/appliances/kitchen-1', '/tickets', '/dispatch', '/people', '/parts']],
      ['dora', ['/dispatch', '/appliances/kitchen-1', '/tickets', '/people', '/parts', '/inbox']],
    ] as const) {
      const own = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } })
      const at = await own.newPage()
      const seen = watched(at)
      const refused: string[] = []
      at.on('response', (response) => response.status() === 403 && refused.push(response.url()))
      await signIn(at, name, '/settings')
      for (const path of pages) {
        await at.goto(program.url + path)
        await seen()
      }
      expect([name, refused]).toEqual([name, []])
      const navigation = at.getByRole('navigation', { name: 'Main navigation' })
      const inSight = await navigation.locator('> a[href]').count()
      expect(inSight).toBeGreaterThanOrEqual(4)
      expect(inSight).toBeLessThanOrEqual(6)
      if (name === 'vera')
        for (const label of ['Report a fault', 'Send a command', 'Add an engineer', 'Add a place', 'Move to…'])
          expect([label, await at.getByRole('button', { name: label }).count()]).toEqual([label, 0])
      await own.close()
    }
  }, 120_000)

  test('whoever stands in a kitchen is told what to do, not which call to make', async () => {
    const { id } = await program.call<{ id: string }>('POST', '/api/appliances/kitchen-1/report', { text: 'it hums' })
    await program.call('POST', '/api/engineers', {
      id: 'e1',
      name: 'Li Wei',
      location: { lat: 48, lon: 14 },
      grade: 'A+',
      skills: [],
    })
    await program.call('POST', `/api/tickets/${id}/assign`, { engineer: 'e1', why: 'to try' })
    await program.call('POST', `/api/tickets/${id}/visit/start`, {})
    const refused = await program.call('POST', `/api/tickets/${id}/visit/end`, { checklist: {} }).catch(String)
    expect(refused).toContain('checklist-incomplete')
    expect(refused).not.toMatch(/GET \/api|POST \/api\/tickets\/:id/)
  })

  test('an administrator opens an organisation in the settings, goes there by the menu, and from there sees no others', async () => {
    const own = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } })
    const at = await own.newPage()
    const seen = watched(at)
    await signIn(at, 'admin', '/settings')
    const refused: string[] = []
    at.on('response', (response) => response.status() === 403 && refused.push(response.url()))
    await at.getByLabel('Its name').fill('Acme Home')
    await at.getByLabel('Its id').fill('acme')
    await at.getByRole('button', { name: 'Open an organisation' }).click()
    await at.getByRole('button', { name: 'Close: Acme Home' }).waitFor()
    await at.getByRole('button', { name: /admin/ }).first().click()
    await at.getByRole('menuitem', { name: 'Acme Home' }).click()
    await at.waitForURL((url) => url.pathname === '/')
    await seen()
    await at.getByText('No appliances yet').waitFor()
    await at.goto(`${program.url}/settings`)
    await seen()
    expect(await at.getByRole('button', { name: 'Open an organisation' }).count()).toBe(0)
    expect(refused).toEqual([])
    await own.close()
  }, 120_000)
})
