// An area falls silent, and comes back: one notice, told apart from one appliance's own silence and from one switched off.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Alert, type CohortNotice, HOUR, MINUTE } from '../core/index.ts'
import { chromiumMissing, openChromium } from './chromium.ts'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from './program.ts'

const START = Date.UTC(2026, 4, 1)
const here = Array.from({ length: 14 }, (_, i) => `here-${i}`)
const there = Array.from({ length: 14 }, (_, i) => `there-${i}`)
const env = { CLOCK: 'telemetry' }

let dataDir: string
let program: Program
let passwords: Map<string, string>
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, env)
  const registered = await program.call<{ id: string; mqtt: { password: string } }[]>(
    'POST',
    '/api/appliances',
    [...here, ...there].map((id) => ({
      id,
      kind: 'fridge',
      model: 'Polar 300',
      homeId: `home-${id}`,
      location: id.startsWith('here') ? { lat: 48.1, lon: 11.6 } : { lat: 53.5, lon: 10 },
    })),
  )
  passwords = new Map(registered.map(({ id, mqtt }) => [id, mqtt.password]))
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})

/** All of them say something every ten minutes of this stretch. */
async function speak(ids: string[], from: number, to: number, firmware = '2.0.0'): Promise<void> {
  for (let ts = from; ts < to; ts += 10 * MINUTE) {
    await Promise.all(
      ids.map(async (id) =>
        (await clientOf(id)).publishAsync(
          `appliances/fridge/${id}/telemetry`,
          JSON.stringify({ ts, firmware, metrics: { cabinetTemp: 4, power: 80 } }),
          { qos: 1 },
        ),
      ),
    )
  }
  await quiet(program)
}
const clients = new Map<string, MqttClient>()
async function clientOf(id: string): Promise<MqttClient> {
  const known = clients.get(id)
  if (known?.connected) return known
  const client = await connectAppliance(program, id, passwords.get(id) ?? '')
  clients.set(id, client)
  return client
}
const notices = async (): Promise<CohortNotice[]> =>
  (await program.call<{ items: CohortNotice[] }>('GET', '/api/cohorts')).items
const quietOf = async (id: string): Promise<{ why: string } | undefined> =>
  (await program.call<{ quiet?: { why: string } }>('GET', `/api/appliances/${id}`)).quiet

describe('an outage of an area', () => {
  test('is one notice over all its silent alerts, opens no ticket, survives a kill, and ends when they come back', {
    timeout: 300_000,
  }, async () => {
    await speak([...here, ...there], START, START + HOUR)
    // One that is switched off for a day, and says so; one elsewhere that is silent by itself.
    await (await clientOf('here-0')).publishAsync(
      'appliances/fridge/here-0/status',
      JSON.stringify({ online: false, until: START + 25 * HOUR }),
      { qos: 1 },
    )
    const others = there.slice(1)
    await speak(others, START + HOUR, START + 6 * HOUR)
    await program.kill()
    for (const client of clients.values()) client.end(true)
    program = await startProgram(dataDir, env)
    await speak(others, START + 6 * HOUR, START + 8 * HOUR)
    const [notice] = await eventually('the notice', async () => {
      const found = await notices()
      return found[0]?.joined === 13 && found
    })
    expect(notice).toMatchObject({ cause: 'outage', by: 'region', cohort: '48,12', state: 'open', size: 14 })
    const { items } = await program.call<{ items: Alert[] }>('GET', `/api/alerts?cohort=${notice?.id}`)
    expect(items.map(({ appliance }) => appliance).sort()).toEqual(here.slice(1).sort())
    const apart = await program.call<{ items: Alert[] }>('GET', '/api/alerts?apart=true')
    expect(apart.items.map(({ appliance }) => appliance)).toEqual(['there-0'])
    expect((await program.call<{ items: unknown[] }>('GET', '/api/tickets')).items).toEqual([])
    expect(await quietOf('here-0')).toMatchObject({ why: 'off', until: START + 25 * HOUR })
    expect(await quietOf('here-1')).toMatchObject({ why: 'outage', cohort: notice?.id })
    expect(await quietOf('there-0')).toMatchObject({ why: 'silent' })
    expect(await quietOf('there-1')).toBeUndefined()
    const told = async (): Promise<string[]> =>
      (await program.call<{ items: { title: { en: string } }[] }>('GET', '/api/inbox')).items.map(
        ({ title }) => title.en,
      )
    await eventually('the desk to be told', async () => (await told()).length === 1)
    expect(await told()).toEqual(['Network outage in area 48°N 12°E: 13 appliances'])

    if (!chromiumMissing()) await lookAtIt()

    await speak([...here.slice(1), ...others], START + 8 * HOUR, START + 9 * HOUR)
    await eventually('its end', async () => (await notices())[0]?.state === 'closed')
    expect(await notices()).toHaveLength(1)
    expect(await quietOf('here-1')).toBeUndefined()
  })

  test('leaves nobody behind in an old cohort: what an appliance says that it runs is what it is counted by', async () => {
    const firmwareOf = async (id: string): Promise<string | undefined> =>
      (await program.call<{ firmware?: string }>('GET', `/api/appliances/${id}`)).firmware
    expect(await firmwareOf('here-1')).toBe('2.0.0')
    await speak(['here-1'], START + 9 * HOUR, START + 9 * HOUR + 1, '2.1.0')
    await eventually('the new firmware', async () => (await firmwareOf('here-1')) === '2.1.0')
    expect(await firmwareOf('here-2')).toBe('2.0.0')
    await program.kill()
    for (const client of clients.values()) client.end(true)
    program = await startProgram(dataDir, env)
    expect(await firmwareOf('here-1')).toBe('2.1.0')
  })
})

/** What a person at the pages sees of it, found by role and label. */
async function lookAtIt(): Promise<void> {
  const browser = await openChromium()
  try {
    const headers = { authorization: `Bearer ${program.token}` }
    const page = await (await browser.newContext({ locale: 'en-GB', extraHTTPHeaders: headers })).newPage()
    await page.goto(`${program.url}/`)
    const title = 'Network outage in area 48°N 12°E: 13 appliances'
    await page.getByRole('link', { name: title }).click()
    await page.getByRole('button', { name: 'Back to all' }).waitFor()
    const list = page.getByRole('group', { name: 'Alerts', exact: true })
    await list.getByRole('button').nth(12).waitFor()
    expect(await list.getByRole('button').count()).toBe(13)
    // Without it, what is left is the one elsewhere that is silent by itself.
    await page.getByRole('button', { name: 'Back to all' }).click()
    await list.getByText('there-0').waitFor()
    expect(await list.getByRole('button').count()).toBe(1)
    await page.getByRole('group', { name: 'What many appliances share' }).getByText(title).waitFor()
  } finally {
    await browser.close()
  }
}
