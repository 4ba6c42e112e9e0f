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
import { chromiumMissing, openChromium, seriousOn } from '../chromium.ts'
import { eventually } from '../program.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, NOW } from './openTestService.ts'

/** As they are built for the program. */
const PAGES = fileURLToPath(new URL('../../dashboards/web/dist', import.meta.url))
const ALERTS = 40
/** More keys than this for one alert, and hands tire. */
const MOST_KEYS = 3

describe.skipIf(chromiumMissing())('the inbox of alerts, by keys', () => {
  let dir: string
  let api: TestApi
  let browser: Browser
  let page: Page
  let url: string
  let keys = 0
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hearthwatch-inbox-'))
    const database = await openSqliteFile(join(dir, 'desk.db'), migrations)
    api = await openTestApi(database, () => database.close(), undefined, { pages: PAGES })
    // The least time left comes first: f00, f01, …
    for (let i = 0; i < ALERTS; i++) {
      const id = `f${String(i).padStart(2, '0')}`
      await api.register(id)
      await api.alertWithTicket(alertOf(id, { remainingLife: { p10: 10 + i, p50: 100 + i, p90: 300 + i } }))
    }
    url = await api.app.listen({ port: 0, host: '127.0.0.1' })
    browser = await openChromium()
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1_440, height: 900 },
    })
    await context.addCookies([{ name: 'role', value: 'reliability', url }])
    page = await context.newPage()
    await page.goto(`${url}/alerts`)
    await chosen('f00')
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await api?.close()
    await rm(dir, { recursive: true })
  })

  const list = () => page.getByRole('group', { name: 'Alerts', exact: true })
  /** The row of that appliance is the one that is read. */
  const chosen = (appliance: string) =>
    list().getByRole('button', { name: appliance, pressed: true }).waitFor({ timeout: 10_000 })
  const press = async (key: string): Promise<void> => {
    keys++
    await page.keyboard.press(key)
  }
  const alertAt = async (appliance: string): Promise<Alert> =>
    (await api.call<{ items: Alert[] }>('GET', `/api/alerts?appliance=${appliance}`)).items[0]!
  const standing = async (): Promise<Alert[]> =>
    (await api.call<{ items: Alert[] }>('GET', '/api/alerts?state=open,acknowledged&limit=100')).items

  test('a row says what became of its ticket; a deed is shown at once, sent later, and taken back by u', async () => {
    await list()
      .getByRole('button', { name: /f00.*HW-[\d-]+ offered/s })
      .waitFor()
    await press('a')
    await page.getByText('1 acknowledged').waitFor()
    await list()
      .getByRole('button', { name: /f00.*vera/s })
      .waitFor()
    await chosen('f01')
    expect((await alertAt('f00')).state).toBe('open')
    await press('u')
    await chosen('f00')
    expect(
      await list()
        .getByRole('button', { name: /f00.*vera/s })
        .count(),
    ).toBe(0)
    // Taken back is taken back: the next deed does not send it.
    await press('a')
    await chosen('f01')
    await press('a')
    await chosen('f02')
    await eventually(
      'the first is sent when the second comes',
      async () => (await alertAt('f00')).state === 'acknowledged',
    )
    await press('u')
    await chosen('f01')
    expect((await alertAt('f01')).state).toBe('open')
  }, 60_000)

  test('x and Shift x select a stretch, and one deed is for all of it', async () => {
    await press('x')
    for (let i = 0; i < 4; i++) await press('j')
    await press('Shift+X')
    await page.getByText('5 selected').waitFor()
    await press('n')
    await page.getByRole('dialog').getByLabel('Note').fill('The same installer.')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Note on 5').waitFor()
    await press('s')
    await page.getByRole('dialog', { name: 'Snooze for' }).waitFor()
    await press('2')
    await page.getByText('1 snoozed').waitFor()
    await eventually('all five have the note', async () => {
      const all = await Promise.all(['f01', 'f02', 'f03', 'f04', 'f05'].map(alertAt))
      return all.every(({ notes }) => notes?.[0]?.text === 'The same installer.')
    })
    expect((await alertAt('f06')).notes).toBeUndefined()
    await press('u')
    await press('Escape')
  }, 60_000)

  test('w says who looks after it; nobody can be named who may not, and a name of nobody is refused', async () => {
    await list().getByRole('button', { name: /f20/ }).click()
    await press('w')
    await page.getByRole('dialog', { name: 'Who looks after it?' }).getByRole('button', { name: 'vera' }).waitFor()
    await press('1')
    await page.getByText('1 for vera').waitFor()
    await list()
      .getByRole('button', { name: /f20.*vera/s })
      .waitFor()
    await press('u')
    expect(await api.ask('POST', '/api/alerts/al-f20/acknowledge', { for: 'nobody' })).toMatchObject({
      status: 422,
      body: { code: 'no-handler' },
    })
    const named = await api.call('POST', '/api/alerts/al-f20/acknowledge', { for: 'vera' })
    // She may not know yet: whoever is on call is called until somebody has acknowledged it.
    expect(named).toMatchObject({ state: 'open', assignedTo: 'user:vera' })
    expect(named).not.toHaveProperty('acknowledgedBy')
    // Who looks after it may hand it over; who takes it has it.
    const mine = await api.call('POST', '/api/alerts/al-f20/acknowledge')
    expect(mine).toMatchObject({ state: 'acknowledged' })
    expect(mine).not.toHaveProperty('assignedTo')
    const handed = await api.call('POST', '/api/alerts/al-f20/acknowledge', { for: 'vera' })
    expect(handed).toMatchObject({ state: 'acknowledged', assignedTo: 'user:vera' })
    expect((await api.ask('POST', '/api/alerts/al-f20/notes', { text: '  ' })).status).toBe(400)
    for (let i = 0; i < 50; i++) await api.call('POST', '/api/alerts/al-f20/notes', { text: `${i}` })
    expect(await api.ask('POST', '/api/alerts/al-f20/notes', { text: '51' })).toMatchObject({
      status: 409,
      body: { code: 'too-many-notes' },
    })
  }, 60_000)

  test('? shows the keys, and the page has nothing serious to complain of with its dialogs and its bar', async () => {
    await press('?')
    const dialog = page.getByRole('dialog', { name: 'Keys of the inbox' })
    await dialog.getByText('select all from the last one to this one').waitFor()
    expect(await seriousOn(page)).toEqual([])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    // Clicked, it has the focus; keys go on all the same.
    await list().getByRole('checkbox', { name: /f10/ }).click()
    await page.getByText('1 selected').waitFor()
    expect(await seriousOn(page)).toEqual([])
    await press('s')
    await page.getByRole('dialog', { name: 'Snooze for' }).waitFor()
    await press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await press('Escape')
    await page.getByText('1 selected').waitFor({ state: 'detached' })
  }, 60_000)

  test('what is answered in a dialog is for the alert of which it was asked, although the list has moved on', async () => {
    await api.register('g00')
    const first = alertOf('g00', { remainingLife: { p10: 1, p50: 10, p90: 30 } })
    const { id: ticket } = await api.alertWithTicket(first)
    await page.goto(`${url}/alerts`)
    await chosen('g00')
    await press('e')
    const dialog = page.getByRole('dialog', { name: 'What is it?' })
    await dialog.waitFor()
    await api.database.transaction((tx) => saveAlert(tx, { ...first, ticket, state: 'cleared', clearedAt: NOW }))
    // The page hears that it has changed.
    await api.call('POST', '/api/alerts/al-g00/notes', { text: 'Well again.' })
    // Behind the dialog, nothing has a role.
    await page.locator('.alert-row', { hasText: 'g00' }).waitFor({ state: 'detached', timeout: 40_000 })
    await page.locator('.alert-row[data-chosen]', { hasText: 'f00' }).waitFor()
    await press('1')
    await page.getByText('1 put away').waitFor()
    await dialog.waitFor({ state: 'hidden' })
    await chosen('f00')
    await eventually('it is sent', async () => (await alertAt('g00')).marked !== undefined, 20_000)
    const others = await standing()
    expect(others.length).toBe(ALERTS)
    expect(others.filter(({ marked }) => marked)).toEqual([])
  }, 90_000)

  test('forty are worked off with three keys each at most: looked after, snoozed, put away', async () => {
    await list().getByRole('button', { name: /f00/ }).click()
    await chosen('f00')
    keys = 0
    const done = new Map<string, string>()
    for (let i = 0; i < ALERTS; i++) {
      const id = `f${String(i).padStart(2, '0')}`
      await chosen(id)
      const before = keys
      if (i % 4 === 0) {
        await press('s')
        await page.getByRole('dialog', { name: 'Snooze for' }).waitFor()
        await press('3')
      } else if (i % 4 === 1) {
        await press('e')
        await page.getByRole('dialog', { name: 'What is it?' }).waitFor()
        await press('1')
      } else await press('a')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      expect(keys - before).toBeLessThanOrEqual(MOST_KEYS)
      done.set(id, ['snoozed', 'closed', 'acknowledged', 'acknowledged'][i % 4]!)
    }
    console.log(`${keys} keys for ${ALERTS} alerts`)
    expect(keys).toBeLessThanOrEqual(ALERTS * MOST_KEYS)
    await page.getByText('1 acknowledged').first().waitFor()
    // Who leaves the page takes nothing back.
    await page.goto('about:blank')
    const came = async (): Promise<string[]> => {
      const wrong: string[] = []
      for (const [id, what] of done) {
        const { state, snoozedUntil } = await alertAt(id)
        if (what !== (snoozedUntil === undefined ? state : 'snoozed')) wrong.push(`${id} ${what}: ${state}`)
      }
      return wrong
    }
    await eventually('all forty are what was said of them', async () => (await came()).length === 0, 20_000).catch(
      async () => expect(await came()).toEqual([]),
    )
    expect((await standing()).length).toBe(30)
  }, 180_000)
})
