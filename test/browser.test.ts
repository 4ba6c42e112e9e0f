// What a person sees and does, in real Chromium, found by role and label.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Alert } from '../core/index.ts'
import { chromiumMissing, openChromium, seriousOn, watched } from './chromium.ts'
import { eventually, newDataDir, type Program, removeDataDir, startProgram } from './program.ts'

describe.skipIf(chromiumMissing())('a person at the page', () => {
  let dataDir: string
  let program: Program
  let browser: Browser
  let page: Page
  const faults: string[] = []

  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { SIMULATE: '12', SIMULATE_DAYS: '18' })
    browser = await openChromium()
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })
    page = await context.newPage()
    page.on('pageerror', (error) => faults.push(String(error)))
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    await removeDataDir(dataDir)
  })

  /** Nothing serious that axe finds on the page as it is now. */
  const accessible = async (): Promise<void> => expect(await seriousOn(page)).toEqual([])

  test('signs in by the link that the start printed, and sees the fleet live while a month passes', {
    timeout: 480_000,
  }, async () => {
    const link = /sign in: (\S+)/.exec(program.output())?.[1] ?? ''
    await page.goto(link)
    await page.getByRole('button', { name: 'Later' }).click()
    await page.getByRole('heading', { name: 'Fleet' }).waitFor()
    await page
      .getByRole('link', { name: /fridge-0001/ })
      .first()
      .waitFor()
    await eventually(
      'the end of the time-lapse',
      async () => {
        const now = await program.call<{ lapse?: object; opening?: boolean }>('GET', '/api/simulator')
        return !now.lapse && !now.opening
      },
      150_000,
    )
    await accessible()
  })

  test('breaks a fridge, is told why, closes its ticket as confirmed, and the scoreboard counts it', {
    timeout: 600_000,
  }, async () => {
    const { items } = await program.call<{ items: { id: string; model: string; status: string; tickets: string[] }[] }>(
      'GET',
      '/api/appliances?kind=fridge&limit=100',
    )
    const truth = await program.call<{ items: { appliance: string }[] }>('GET', '/api/simulator/faults')
    const faulty = new Set(truth.items.map(({ appliance }) => appliance))
    const fridge = items.find(
      ({ id, model, tickets, status }) =>
        /Polar/.test(model) && status === 'healthy' && tickets.length === 0 && !faulty.has(id),
    )?.id
    expect(fridge).toBeDefined()

    await page.goto(`${program.url}/appliances/${fridge}`)
    await page.getByRole('heading', { name: fridge ?? '' }).waitFor()
    await page.getByRole('button', { name: 'Inject a fault' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Failure mode' }).click()
    await page.getByRole('option', { name: 'Compressor wear' }).click()
    await dialog.getByRole('textbox', { name: /days/i }).fill('10')
    await dialog.getByRole('combobox', { name: /course|shape/i }).click()
    await page.getByRole('option', { name: 'steady' }).click()
    await dialog.getByRole('button', { name: 'Inject', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })

    await page.goto(`${program.url}/simulator`)
    await page.getByRole('slider').focus()
    await page.keyboard.press('End')
    const alert = await eventually(
      'the alert',
      async () => {
        const open = await program.call<{ items: Alert[] }>(
          'GET',
          `/api/alerts?appliance=${fridge}&state=open,acknowledged`,
        )
        return open.items.find(({ ticket }) => ticket)
      },
      120_000,
    )
    await program.call('PATCH', '/api/simulator', { paused: true })

    await page.goto(`${program.url}/appliances/${fridge}`)
    await page
      .getByText(/Compressor wear/)
      .first()
      .waitFor()
    await page.goto(`${program.url}/tickets/${alert.ticket}`)
    await page.getByRole('button', { name: 'Close ticket' }).waitFor()
    const ticket = await program.call<{
      number: string
      engineer?: string
      kit: { part: string }[]
      candidates: { rank?: number }[]
    }>('GET', `/api/tickets/${alert.ticket}`)
    await page.getByRole('heading', { name: new RegExp(ticket.number) }).waitFor()
    expect(ticket.kit.map(({ part }) => part)).toContain('compressor')
    expect(ticket.candidates.some(({ rank }) => rank === 1)).toBe(true)
    await accessible()

    const before = await program.call<{ verdicts: { precision: { count: number; of: number } } }>(
      'GET',
      '/api/scoreboard',
    )
    await page.getByRole('button', { name: 'Close ticket' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Close as confirmed' }).click()
    await eventually(
      'the closure',
      async () => (await program.call<{ state: string }>('GET', `/api/tickets/${alert.ticket}`)).state === 'closed',
    )
    await page.goto(`${program.url}/scoreboard`)
    const { of, count } = before.verdicts.precision
    await page
      .getByText(`${count + 1} of ${of + 1}`)
      .first()
      .waitFor()
    // Its number leads down to its ticket.
    await page
      .getByRole('region', { name: 'The record, cut' })
      .getByRole('row', { name: /^Fridge/ })
      .getByRole('link', { name: /^\d+$/ })
      .first()
      .click()
    await page.getByText('Shown are tickets with').waitFor()
    await page.getByRole('link', { name: ticket.number }).first().waitFor()
    await accessible()
    expect(faults).toEqual([])
  })

  test('reads every page, by keyboard and on a phone, in English and Chinese, with nothing serious to complain of', {
    timeout: 480_000,
  }, async () => {
    const seen = watched(page)
    for (const [path, heading] of [
      ['/alerts', 'Alerts'],
      ['/tickets', 'Tickets'],
      ['/dispatch', 'Dispatch'],
      ['/trends', 'Trends'],
      ['/scoreboard', 'Scoreboard'],
      ['/data', 'Data'],
      ['/simulator', 'Simulator'],
      ['/connect', 'Connect'],
      ['/people', 'People'],
      ['/parts', 'Parts'],
      ['/inbox', 'Inbox'],
      ['/care', 'Care desk'],
      ['/quality', 'Quality'],
      ['/policy', 'Policy'],
      ['/file', 'Service file'],
      ['/settings', 'Settings'],
    ] as const) {
      await page.setViewportSize({ width: 1280, height: 900 })
      await page.goto(program.url + path)
      await page.getByRole('heading', { level: 1, name: heading }).waitFor()
      await seen()
      await accessible()
      await page.setViewportSize({ width: 390, height: 844 })
      // The layout follows the new width a frame later.
      await page
        .waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth, undefined, { timeout: 5_000 })
        .catch(() => {
          throw new Error(`${path} scrolls sideways on a phone`)
        })
    }
    await page.goto(`${program.url}/?lang=zh`)
    await page.getByRole('heading', { level: 1, name: '设备总览' }).waitFor()
    expect(faults).toEqual([])
  })

  test('the owner reads the ticket on a phone, without signing in, and agrees to a time', {
    timeout: 180_000,
  }, async () => {
    const { items } = await program.call<{ items: { id: string; kind: string }[] }>(
      'GET',
      '/api/appliances?kind=ac&limit=1',
    )
    await program.call('POST', `/api/appliances/${items[0]?.id}/report`, { text: 'It rattles.' })
    const tickets = await program.call<{ items: { id: string; number: string; ownerLink: string }[] }>(
      'GET',
      `/api/tickets?appliance=${items[0]?.id}&limit=1`,
    )
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB' })
    const owner = await context.newPage()
    await owner.goto(tickets.items[0]?.ownerLink ?? '')
    await owner
      .getByText(tickets.items[0]?.number ?? '')
      .first()
      .waitFor()
    expect(await owner.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    await context.close()
  })
})
