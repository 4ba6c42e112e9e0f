// What is done with a ticket seldom, and what came with it, on its page in real Chromium.
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
import { openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, home } from './openTestService.ts'

/** As they are built for the program. */
const PAGES = fileURLToPath(new URL('../../dashboards/web/dist', import.meta.url))
/** One white pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

describe.skipIf(chromiumMissing())('the page of a ticket', () => {
  let dir: string
  let api: TestApi
  let browser: Browser
  let page: Page
  let url: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hearthwatch-ticket-page-'))
    const database = await openSqliteFile(join(dir, 'desk.db'), migrations)
    api = await openTestApi(database, () => database.close(), undefined, { pages: PAGES })
    for (const [id, name] of [
      ['e1', 'Eva'],
      ['e2', 'Finn'],
    ])
      await api.call('POST', '/api/engineers', {
        id,
        name,
        location: home,
        grade: 'A+',
        skills: ['sealed-system', 'general'],
      })
    url = await api.app.listen({ port: 0, host: '127.0.0.1' })
    browser = await openChromium()
    page = await (await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 844 } })).newPage()
    await as('dispatcher')
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await api?.close()
    await rm(dir, { recursive: true })
  })
  const as = (role: string) => page.context().addCookies([{ name: 'role', value: role, url }])
  const more = () => page.getByRole('main').getByRole('button', { name: 'More', exact: true })
  const open = async (id: string) => {
    await page.goto(`${url}/tickets/${id}`)
    await more().waitFor()
  }
  const sound = async (): Promise<void> => {
    expect(await seriousOn(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  }

  test('shows what its owner sent along: a photo, and what the appliance measured in the day before', async () => {
    await api.register('p1')
    const { link } = await api.call<{ link: string }>('GET', '/api/appliances/p1/owner-link')
    const sticker = `/api/o/${link.split('/o/')[1]}`
    const { symptoms } = await api.asOwner<{ symptoms: { id: string }[] }>('GET', sticker)
    await api.asOwner('POST', `${sticker}/report`, {
      symptom: symptoms[0]?.id,
      photo: { type: 'image/png', base64: PNG },
    })
    const [ticket] = (await api.desk.list({ appliance: 'p1', limit: 1 })).items
    await open(ticket?.id ?? '')
    const photo = page.getByRole('img', { name: 'Photo 1' })
    await photo.scrollIntoViewIfNeeded()
    await page.waitForFunction(() => {
      const [image] = document.querySelectorAll<HTMLImageElement>('img[alt="Photo 1"]')
      return (image?.naturalWidth ?? 0) > 0
    })
    await page.getByText('What it measured in the day before,').click()
    await page.getByRole('img', { name: /^Power: 80.W … 82.W$/ }).waitFor()
    await sound()
  }, 60_000)

  test('says who asked for it, who got it, and why', async () => {
    await api.register('p2')
    const { id } = await api.ticketFor(alertOf('p2'))
    const from = api.clock.now() + 7 * DAY
    await api.desk.accept(id, 'owner', { from, to: from + 2 * HOUR })
    for (const engineer of ['e1', 'e2']) await api.call('POST', `/api/tickets/${id}/grab`, { engineer })
    await open(id)
    const asked = page.getByRole('region', { name: 'Who asked for it' })
    await asked.getByText('Eva: asked, not decided yet').waitFor()
    api.clock.advanceTo(api.clock.now() + 11_000)
    await api.tick()
    await page.reload()
    await asked.getByText(/(Eva|Finn): got it · ./).waitFor()
    await asked.getByText(/(Eva|Finn): did not get it · ./).waitFor()
    await sound()
  }, 60_000)

  test('is marked as none that needs a visit, by who may, and its alerts end with it', async () => {
    await api.register('p4')
    const { id } = await api.alertWithTicket(alertOf('p4'))
    await as('viewer')
    await open(id)
    await more().click()
    await page.getByRole('menuitem').first().waitFor()
    expect(await page.getByRole('menuitem', { name: 'No visit needed' }).count()).toBe(0)
    await as('dispatcher')
    await open(id)
    await more().click()
    await page.getByRole('menuitem', { name: 'No visit needed' }).click()
    const dialog = page.getByRole('dialog', { name: 'Why does nobody need to come?' })
    await dialog.getByLabel('Why', { exact: true }).fill('an old compressor')
    await dialog.getByRole('button', { name: 'The fault is known' }).click()
    await page.getByText('Marked.', { exact: true }).waitFor()
    expect((await api.alerts.list({ appliance: 'p4', limit: 1 })).items).toMatchObject([
      { state: 'closed', marked: { verdict: 'known', why: 'an old compressor' } },
    ])
    await page.getByRole('main').getByText('cancelled', { exact: true }).first().waitFor()
  }, 60_000)
})
