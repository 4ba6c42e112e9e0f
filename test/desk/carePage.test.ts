import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../core/index.ts'
import { openSqliteFile } from '../../database/index.ts'
import { migrations } from '../../workers/start/startDatabase.ts'
import { chromiumMissing, openChromium, seriousOn } from '../chromium.ts'
import { CARD, openTestApi, type TestApi } from './openTestApi.ts'
import { home } from './openTestService.ts'

/** As they are built for the program. */
const PAGES = fileURLToPath(new URL('../../dashboards/web/dist', import.meta.url))

interface Task {
  id: string
  type: string
  dueAt: number
  doneAt?: number
  about?: { number: string; owner?: { name?: string; phone?: string; language: string } }
}

describe.skipIf(chromiumMissing())('the worklists of care', () => {
  let dir: string
  let api: TestApi
  let browser: Browser
  let page: Page
  let url: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hearthwatch-care-'))
    const database = await openSqliteFile(join(dir, 'desk.db'), migrations)
    api = await openTestApi(database, () => database.close(), undefined, { pages: PAGES })
    await api.call('POST', '/api/engineers', {
      id: 'e1',
      name: 'Eva',
      location: home,
      grade: 'A+',
      skills: ['sealed-system', 'general'],
    })
    await api.call('POST', '/api/depots', { id: 'd1', type: 'depot', location: home, stock: [] })
    await api.register('s1', owner('Ann Lee', '+43 660 123 45 67'))
    await api.register('s2', owner('Bo Chen', '+43 660 765 43 21'))
    // Ann's fridge fails again after its repair: she asks for another one. Bo's was repaired a day later.
    const first = await repaired('s1')
    await api.database.transaction((tx) =>
      api.desk.verified(tx, [{ ticket: first, appliance: 's1', at: api.clock.now(), outcome: 'passed', evidence: [] }]),
    )
    api.clock.advanceTo(api.clock.now() + 9 * DAY)
    const { ownerLink } = await report('s1')
    await api.asOwner('POST', `/api/t/${ownerLink.split('/t/')[1]}/swap`)
    api.clock.advanceTo(api.clock.now() + DAY)
    await api.register('s3', owner('Cy Doe', '+43 660 111 11 11'))
    await report('s3')
    api.clock.advanceTo(api.clock.now() + DAY)
    await repaired('s2')
    url = await api.app.listen({ port: 0, host: '127.0.0.1' })
    browser = await openChromium()
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1_440, height: 900 } })
    await context.addCookies([{ name: 'role', value: 'desk', url }])
    page = await context.newPage()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await api?.close()
    await rm(dir, { recursive: true })
  })

  const owner = (name: string, phone: string) => ({
    owner: { name, phone, contact: `${name.split(' ')[0]}@example.org`, language: 'en' as const },
  })
  const report = (id: string) =>
    api.call<{ id: string; ownerLink: string }>('POST', `/api/appliances/${id}/report`, {
      text: 'warm',
      failureMode: 'compressor-wear',
    })
  async function repaired(appliance: string) {
    const { id } = await report(appliance)
    await api.call('POST', `/api/tickets/${id}/assign`, { engineer: 'e1', why: 'test' })
    await api.call('POST', `/api/tickets/${id}/visit/start`)
    api.clock.advanceTo(api.clock.now() + HOUR)
    await api.call('POST', `/api/tickets/${id}/visit/end`, { checklist: CARD })
    await api.call('POST', `/api/tickets/${id}/close`, { cause: 'compressor-wear', parts: ['compressor'], note: '' })
    return (await api.desk.list({ appliance, limit: 1 })).items[0]!.id
  }
  const tasks = async (role = 'care') =>
    (await api.ask('GET', '/api/tasks', undefined, { authorization: '', cookie: role })).body.items as Task[]
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })

  test('each task tells whom it is about to those who reach people, and to nobody else', async () => {
    const [swap] = (await tasks()).filter(({ type }) => type === 'swap')
    expect(swap?.about).toMatchObject({ number: expect.stringContaining('HW-'), owner: { name: 'Ann Lee' } })
    const seen = (await tasks('viewer')).filter(({ type }) => type === 'swap')
    expect(seen.map(({ about }) => about?.owner)).toEqual([{ language: 'en' }])
  })

  test('stand with what is due first on top, and the person is reached from the row', async () => {
    await page.goto(`${url}/care`)
    await row('Bo Chen').first().waitFor()
    const names = (await page.getByRole('row').allInnerTexts()).flatMap((text) => /Ann Lee|Bo Chen/.exec(text) ?? [])
    const due = (await tasks()).toSorted((a, b) => a.dueAt - b.dueAt)
    expect(names).toEqual(due.map(({ about }) => about?.owner?.name))
    expect(names).toEqual(['Ann Lee', 'Bo Chen'])
    // A promise that nobody has kept, of a ticket that no task is about, stands in time among them.
    await row('what was promised is due').first().waitFor()
    const call = row('Bo Chen').first().getByRole('link', { name: 'Call Bo Chen' })
    expect(await call.getAttribute('href')).toBe('tel:+436607654321')
    const mail = row('Bo Chen').first().getByRole('link', { name: 'Write to Bo Chen' })
    expect(await mail.getAttribute('href')).toMatch(/^mailto:Bo@example\.org\?subject=HW-/)
    expect(await seriousOn(page)).toEqual([])
  }, 60_000)

  test('are narrowed to one list, with how much waits in each, and ended by one tap', async () => {
    await page.getByText('Another appliance (1)', { exact: true }).click()
    await row('Bo Chen').first().waitFor({ state: 'detached' })
    await row('Ann Lee').getByRole('button', { name: 'Done' }).click()
    await row('Ann Lee').waitFor({ state: 'detached' })
    expect((await tasks()).filter(({ type }) => type === 'swap')).toEqual([])
    await page.getByText(/^All/).click()
    await page.getByText(/^Call-backs \(\d\)/).click()
    const before = (await tasks()).length
    await row('Bo Chen').getByRole('button', { name: 'Solved', exact: true }).click()
    await row('Bo Chen').waitFor({ state: 'detached' })
    expect((await tasks()).length).toBe(before - 1)
  }, 60_000)

  test('are live: a call-back comes with its visit, and is gone when somebody else has made it', async () => {
    await page.goto(`${url}/care?type=call-back`)
    await page.getByText('Call-backs', { exact: true }).first().waitFor()
    expect(await row('Bo Chen').count()).toBe(0)
    const id = await repaired('s2')
    await row('Bo Chen').waitFor()
    await api.call('POST', `/api/tickets/${id}/call-back`, { solved: true, desk: 'central' })
    await row('Bo Chen').waitFor({ state: 'detached' })
  }, 60_000)

  test('are cards on a phone: what it is about first, the rest by name, its taps last; sorted without heads', async () => {
    await repaired('s2')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${url}/care`)
    const cards = page.getByRole('main').getByRole('listitem')
    const ofBo = cards.filter({ hasText: 'Bo Chen' }).first()
    await ofBo.waitFor()
    expect(await page.getByRole('table').count()).toBe(0)
    const named = await ofBo.getByRole('term').allInnerTexts()
    expect(named).toEqual(['Due', 'What', 'Owner', 'Desk'])
    // Nothing is named that says nothing, and nothing stands twice.
    expect(new Set(named).size).toBe(named.length)
    const call = ofBo.getByRole('link', { name: 'Call Bo Chen' })
    expect(await call.getAttribute('href')).toBe('tel:+436607654321')
    // By keys: from the number to the tap that ends it, in this card.
    await call.focus()
    for (
      let i = 0;
      i < 3 &&
      !(await ofBo
        .getByRole('button')
        .first()
        .evaluate((one) => one === document.activeElement));
      i++
    )
      await page.keyboard.press('Tab')
    expect(
      await ofBo
        .getByRole('button')
        .first()
        .evaluate((one) => one === document.activeElement),
    ).toBe(true)
    await page.getByLabel('Sort by').selectOption('due')
    await page.waitForURL(/sort=due/)
    const first = await cards.allInnerTexts()
    expect(first.length).toBeGreaterThan(1)
    await page.getByLabel('Sort by').selectOption('-due')
    await page.waitForURL(/sort=-due/)
    await expect.poll(() => cards.allInnerTexts()).toEqual(first.toReversed())
    expect(await seriousOn(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 1_440, height: 900 })
  }, 60_000)

  test('fit a phone in both looks and languages', async () => {
    for (const lang of ['en', 'zh'])
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [390, 1_440]) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize({ width, height: 844 })
          await page.goto(`${url}/care?lang=${lang}`)
          await page.getByRole('heading', { level: 1 }).waitFor()
          await page.getByRole('radiogroup').first().waitFor()
          expect(await seriousOn(page)).toEqual([])
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
        }
  }, 120_000)
})
