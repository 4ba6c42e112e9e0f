// FIELD J: a fault goes one way, from what is measured: it warns, it has failed (nothing is left of its life, and its owner
// reads what to do with the food), it is repaired and proves it, n of m, and is verified. No page contradicts another.
import type { MqttClient } from 'mqtt'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Alert, HOUR, MINUTE } from '../../core/index.ts'
import { chromiumMissing, openChromium, seriousOn } from '../chromium.ts'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../program.ts'

const DAY = 24 * HOUR
/** Always the same part of a day and of a cycle: a day's means are of cycles that do not divide it. */
const START = Math.floor(Date.now() / (5 * DAY)) * 5 * DAY - 40 * DAY
const STEP = 10 * MINUTE
const FOOD = /do not trust the food/

let dataDir: string
let program: Program
let client: MqttClient
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id: 'f1',
    kind: 'fridge',
    model: 'Test',
    cadenceSeconds: 600,
    location: { lat: 48.2, lon: 16.4 },
    owner: { name: 'Mia Owner', contact: 'mia@example.org', language: 'en' },
  })
  client = await connectAppliance(program, 'f1', mqtt.password)
  await send(0, 20 * DAY, sound)
}, 120_000)
afterAll(async () => {
  await client?.endAsync()
  await program.stop()
  await removeDataDir(dataDir)
})

type Metrics = Record<string, number>
/** Forty minutes of cooling, an hour of rest; the room is a little warmer by day. */
function sound(ts: number): Metrics {
  const phase = Math.floor(ts / STEP) % 10
  const isOn = phase < 4
  const jitter = (((ts / STEP) * 7919) % 13) / 20
  return {
    cabinetTemp: 3.6 + (isOn ? (4 - phase) * 0.25 : (phase - 4) * 0.17) + jitter / 5,
    setpointTemp: 4,
    ambientTemp: 21 + 2 * Math.sin((2 * Math.PI * ts) / DAY),
    power: isOn ? 88 + 3 * jitter : 3,
    compressorOn: isOn ? 1 : 0,
    compressorStarts: phase === 0 ? 1 : 0,
    doorOpen: 0,
  }
}
/** The compressor starts no more, and the cabinet warms to the room. */
const dead =
  (since: number) =>
  (ts: number): Metrics => ({
    ...sound(ts),
    cabinetTemp: Math.min(18, 5 + (ts - since) / HOUR / 0.5) + (((ts / STEP) * 7919) % 13) / 60,
    power: 3,
    compressorOn: 0,
    compressorStarts: 0,
  })

async function send(from: number, to: number, metrics: (ts: number) => Metrics): Promise<void> {
  const readings: { ts: number; metrics: Metrics }[] = []
  for (let at = from; at < to; at += STEP) readings.push({ ts: START + at, metrics: metrics(START + at) })
  for (let i = 0; i < readings.length; i += 500)
    await client.publishAsync('appliances/fridge/f1/telemetry', JSON.stringify(readings.slice(i, i + 500)), { qos: 1 })
  await quiet(program)
}

interface Told extends Alert {
  stage: string
  proving?: { done: number; of: number }
}
const alerts = async (): Promise<Told[]> =>
  (await program.call<{ items: Told[] }>('GET', '/api/alerts?appliance=f1&state=open,acknowledged')).items
interface ApplianceNow {
  status: string
  health: number
  failedAt?: number
  beyond?: { guard: string }[]
  proving?: { done: number; of: number }[]
}
const appliance = () => program.call<ApplianceNow>('GET', '/api/appliances/f1')
interface TicketNow {
  id: string
  state: string
  ownerLink: string
  verification?: string
}
const ticket = async (): Promise<TicketNow> => {
  const { items } = await program.call<{ items: TicketNow[] }>('GET', '/api/tickets?appliance=f1&limit=1')
  if (!items[0]) throw new Error('no ticket')
  return items[0]
}
const secretOf = ({ ownerLink }: TicketNow): string => ownerLink.slice(ownerLink.indexOf('/t/') + 3)
interface OwnerNow {
  safe: boolean
  noticed: { en: string }
  found: { en: string }
  advice?: { en: string; zh: string }
}
const owner = async () => program.call<OwnerNow>('GET', `/api/t/${secretOf(await ticket())}`)
const homeSecret = async (): Promise<string> =>
  (await program.call<{ path: string }>('POST', `/api/t/${secretOf(await ticket())}/own-page`, {})).path.slice(
    '/p/'.length,
  )

describe('J a fridge whose compressor dies', () => {
  test('warns, and then has failed: nothing is left of its life, and its owner reads of the food first', async () => {
    await send(20 * DAY, 20 * DAY + 3 * HOUR, dead(START + 20 * DAY))
    await send(20 * DAY + 3 * HOUR, 21 * DAY, dead(START + 20 * DAY))
    const standing = await alerts()
    const failed = standing.find(({ stage }) => stage === 'failed')
    expect(standing.map(({ stage, failureMode }) => [failureMode, stage])).toContainEqual([
      failed?.failureMode,
      'failed',
    ])
    expect(failed?.failedAt).toBeGreaterThan(START + 20 * DAY)
    expect(failed?.failedAt).toBeLessThan(START + 20 * DAY + 8 * HOUR)
    expect(failed?.remainingLife).toBeUndefined()
    expect(failed?.explanation.engineer.en).toContain('It has failed')
    expect(failed?.explanation.engineer.en).not.toContain('Fails in about')
    expect(failed?.explanation.owner.en).toMatch(FOOD)
    // What fired is one record, and is kept whatever is known later.
    expect(failed?.opened?.fired).toMatchObject({ scale: expect.any(String) })
    for (const { observed, expected } of failed?.evidence ?? [])
      expect(observed < expected[0] || observed > expected[1]).toBe(true)
    const now = await appliance()
    expect(now.beyond?.map(({ guard }) => guard)).toContain('tooWarm')
    expect([now.status, now.failedAt]).toEqual(['visit', failed?.failedAt])
    expect(now.health).toBeLessThan(50)
    expect(await owner()).toMatchObject({
      safe: false,
      advice: { en: expect.stringMatching(FOOD), zh: expect.stringContaining('食物') },
    })
    const home = await program.call<{ appliances: { word: string; advice?: { en: string }; safe: boolean }[] }>(
      'GET',
      `/api/p/${await homeSecret()}/home`,
    )
    expect(home.appliances).toMatchObject([
      { word: 'failed', safe: false, advice: { en: expect.stringMatching(FOOD) } },
    ])
  }, 120_000)

  test('is repaired, proves itself n of m without asking for a visit, and is verified', async () => {
    const { id } = await ticket()
    await program.call('POST', `/api/tickets/${id}/close`, {
      cause: 'compressor-wear',
      verdict: 'confirmed',
      parts: ['compressor'],
      note: 'replaced',
    })
    await send(21 * DAY + 2 * HOUR, 23 * DAY + HOUR, sound)
    const proving = await eventually('the first day of the proof', async () => {
      const now = await appliance()
      return now.proving?.[0] && now.proving[0].done > 0 ? now : undefined
    })
    expect(proving.proving).toMatchObject([{ of: 3 }])
    expect(proving.failedAt).toBeUndefined()
    expect(proving.status).not.toBe('visit')
    for (const alert of await alerts()) {
      if (alert.failureMode === 'sensor-stuck') continue
      expect([alert.stage, alert.remainingLife]).toEqual(['proving', undefined])
      expect(alert.explanation.engineer.en).not.toMatch(/Fails in about|has failed/)
    }
    // Nothing of what was wrong is told as if it were there.
    const said = await owner()
    expect(said).toMatchObject({ safe: true, noticed: { en: 'Your fridge was repaired' } })
    expect(said.advice).toBeUndefined()
    expect(said.found.en).not.toMatch(FOOD)
    await send(23 * DAY + HOUR, 27 * DAY, sound)
    const ended = await ticket()
    expect([ended.state, ended.verification]).toEqual(['verified', 'passed'])
    expect((await appliance()).proving).toBeUndefined()
    for (const { remainingLife } of await alerts()) expect(remainingLife).toBeUndefined()
  }, 120_000)
})

describe.skipIf(chromiumMissing())('J the owner on a phone', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openChromium()
  }, 60_000)
  afterAll(() => browser?.close())

  test('has a home with each appliance in a word, reports in two taps with a photo, and is asked before a visit ends', async () => {
    const home = await homeSecret()
    await eventually('it is known to be well', async () => {
      const { appliances } = await program.call<{ appliances: { word: string }[] }>('GET', `/api/p/${home}/home`)
      return appliances[0]?.word === 'well'
    })
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 844 } })
    const page = await context.newPage()
    await page.goto(`${program.url}/h/${home}`)
    const card = page.getByRole('region', { name: /Fridge Test/ })
    await card.getByText('well').waitFor()
    await card.getByText(/Visits and bills \(1\)/).click()
    await card.getByRole('link', { name: /Compressor wear/ }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await card.getByRole('link', { name: 'Something is wrong with it' }).click()
    await page.getByRole('radio').first().click()
    await page.locator('input[type=file]').setInputFiles({
      name: 'fridge.png',
      mimeType: 'image/png',
      buffer: Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==',
        'base64',
      ),
    })
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('heading', { name: /We have it/ }).waitFor()
    const reported = await ticket()
    expect(reported.state).not.toBe('verified')
    await page.goto(reported.ownerLink)
    const cancel = page.getByRole('button', { name: 'Cancel the visit' })
    await cancel.click()
    const sure = page.getByRole('alertdialog')
    await sure.getByRole('button', { name: 'Go back' }).click()
    expect((await ticket()).state).toBe(reported.state)
    await cancel.click()
    await sure.getByRole('button', { name: 'Cancel it' }).click()
    await eventually('the end of it', async () => (await ticket()).state === 'cancelled')
    await context.close()
  }, 90_000)

  test('opens the page of a ticket, which is light, and reads it in either look and language on the narrowest phone', async () => {
    const { id } = await ticket()
    const { items } = await program.call<{ items: TicketNow[] }>('GET', '/api/tickets?appliance=f1')
    const links = items.map(({ ownerLink }) => ownerLink)
    expect(items.map((one) => one.id)).toContain(id)
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [lang, heading] of [
        ['en', 'Steps'],
        ['zh', '进度'],
      ] as const) {
        for (const link of links) {
          // Nothing is kept of the one before.
          const context = await browser.newContext({ colorScheme, viewport: { width: 360, height: 780 } })
          const page = await context.newPage()
          // All that comes before somebody reads: page, script, style, words, and what the server says.
          const came: Promise<number>[] = []
          page.on('requestfinished', (request) => {
            const size = request.sizes().then((of) => of.responseBodySize + of.responseHeadersSize)
            came.push(size)
          })
          await page.goto(`${link}?lang=${lang}`)
          await page.getByRole('heading', { name: heading }).waitFor()
          const bytes = (await Promise.all(came)).reduce((sum, one) => sum + one, 0)
          expect([bytes > 10_000, bytes < 60 * 1024]).toEqual([true, true])
          expect(await seriousOn(page)).toEqual([])
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
          await context.close()
        }
      }
    }
  }, 90_000)
})
