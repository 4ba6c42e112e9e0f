// FIELD H in real Chromium: each role begins where its work is, and sees nothing that the server would refuse it.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Role, roles } from '../../dashboards/index.ts'
import { chromiumMissing, openChromium, watched } from '../chromium.ts'
import { eventually, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

const PASSWORD = 'correct horse battery'
const homes: Record<Role, string> = {
  admin: '/',
  supervisor: '/care',
  dispatcher: '/dispatch',
  care: '/care',
  callback: '/care',
  engineer: '/my',
  reliability: '/alerts',
  quality: '/trends',
  fleet: '/',
  owner: '/home',
  desk: '/',
  viewer: '/',
}

/** The rest see no page that one of these does not. */
const walking: readonly Role[] = ['dispatcher', 'care', 'supervisor', 'reliability', 'fleet', 'engineer', 'owner']

describe.skipIf(chromiumMissing())('H at the page of each role', () => {
  let dataDir: string
  let program: Program
  let browser: Browser
  let ticket: string
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { ADMIN_PASSWORD: PASSWORD })
    const location = { lat: 48, lon: 14 }
    await program.call('POST', '/api/engineers', { id: 'e1', name: 'Li Wei', location, grade: 'A', skills: [] })
    for (const role of roles.filter((one) => one !== 'admin')) {
      const engineer = role === 'engineer' ? { engineer: 'e1' } : {}
      await program.call('POST', '/api/accounts', { name: role, password: PASSWORD, roles: [role], ...engineer })
    }
    await program.call('POST', '/api/appliances', { id: 'a1', kind: 'fridge', model: 'M' })
    ticket = (await program.call<{ id: string }>('POST', '/api/appliances/a1/report', { text: 'it hums' })).id
    browser = await openChromium()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    await removeDataDir(dataDir)
  })

  async function signIn(page: Page, name: string): Promise<void> {
    await page.goto(`${program.url}/sign-in`)
    await page.locator('input[name=name]').fill(name)
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.locator('button[type=submit]').click()
    await page.waitForURL((url) => url.pathname !== '/sign-in')
  }

  test('each begins where its work is, and no page that it is shown asks for what it may not have', async () => {
    let looked = 0
    for (const role of roles) {
      const context = await browser.newContext({ locale: 'en-GB' })
      const page = await context.newPage()
      const seen = watched(page)
      const refused: string[] = []
      page.on('response', (response) => {
        if ([401, 403].includes(response.status())) refused.push(`${new URL(page.url()).pathname}: ${response.url()}`)
      })
      await signIn(page, role)
      expect(new URL(page.url()).pathname, role).toBe(homes[role])
      await page.getByRole('button', { name: new RegExp(`^${role}, `) }).waitFor()
      const bar = page.getByRole('navigation', { name: 'Main navigation' })
      const nav = bar.getByRole('link')
      const shown = await nav.count()
      const more = bar.getByText('More', { exact: true })
      if ((await more.count()) > 0) {
        await more.click()
        await eventually('the rest of the pages', async () => (await nav.count()) > shown)
      }
      const paths = await nav.evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))
      expect(paths[0], role).toBe(homes[role])
      const details =
        walking.includes(role) && paths.includes('/tickets')
          ? [`/tickets/${ticket}`, '/appliances/a1', '/file?code=a1']
          : []
      for (const path of walking.includes(role) ? paths : []) {
        await nav.and(page.locator(`[href="${path}"]`)).click()
        await seen()
        looked++
      }
      for (const path of details) {
        await page.goto(program.url + path)
        await seen()
        looked++
      }
      expect(refused, role).toEqual([])
      await context.close()
    }
    console.log(`${looked} pages looked at in ${roles.length} roles`)
    expect(looked).toBeGreaterThan(80)
  }, 600_000)

  test('an administrator invites somebody, who sets a password of their own and is in', async () => {
    const context = await browser.newContext({ locale: 'en-GB' })
    const page = await context.newPage()
    await signIn(page, 'admin')
    await page.goto(`${program.url}/settings`)
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('newcomer')
    await page.getByLabel('Roles').first().fill('quality')
    await page.getByRole('option', { name: 'quality' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Invite' }).click()
    const link = await page.getByRole('alert').locator('pre').textContent()
    await context.close()
    const own = await browser.newContext({ locale: 'en-GB' })
    const theirs = await own.newPage()
    await theirs.goto(link ?? '')
    await theirs.locator('input[name=password]').fill('a horse of my own')
    await theirs.locator('button[type=submit]').click()
    await theirs.waitForURL((url) => url.pathname === '/trends')
    await theirs.getByRole('button', { name: 'newcomer, quality' }).waitFor()
    await own.close()
  }, 180_000)

  test('a button that would be refused is not there', async () => {
    const buttons = async (role: string, path: string): Promise<string[]> => {
      const context = await browser.newContext({ locale: 'en-GB' })
      const page = await context.newPage()
      const seen = watched(page)
      await signIn(page, role)
      await page.goto(program.url + path)
      await seen()
      const names = await page.getByRole('main').getByRole('button').allTextContents()
      await context.close()
      return names
    }
    expect(await buttons('care', '/people')).not.toContain('Add an engineer')
    expect(await buttons('supervisor', '/people')).toContain('Add an engineer')
    expect(await buttons('viewer', '/appliances/a1')).not.toContain('Report a fault')
    expect(await buttons('care', '/appliances/a1')).toContain('Report a fault')
  }, 120_000)
})
