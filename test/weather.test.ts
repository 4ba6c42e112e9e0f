// What a whole area's fridges show at once is the weather first: one notice, and no visits for a time. The rest of the fleet
// goes on as ever.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCatalog } from '../catalog/index.ts'
import { type Alert, type CohortNotice, DAY, HOUR, type Ticket } from '../core/index.ts'
import { createFleet } from '../simulator/index.ts'
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
const AREA = 12
const catalog = loadCatalog()

describe('weather over an area', () => {
  let dataDir: string
  let program: Program
  beforeAll(async () => {
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  }, 120_000)
  afterAll(async () => {
    await program.stop()
    await removeDataDir(dataDir)
  })

  test('is one notice, its findings send nobody for a time, and then those that still stand do', {
    timeout: 400_000,
  }, async () => {
    // From day 16 on the condensers of the first twelve work as in a heat that the other twelve do not have.
    const { appliances } = createFleet({
      seed: 5,
      catalog,
      kinds: { fridge: 2 * AREA },
      models: ['Polar 300'],
      start: START,
      coarse: 5,
      faults: Array.from({ length: AREA }, (_, index) => ({
        index,
        failureMode: 'condenser-fouling',
        onsetDay: 16,
        days: 20,
        shape: 'step' as const,
      })),
      nuisances: false,
    })
    const clients = new Map<string, MqttClient>()
    for (const [i, { id, registration }] of appliances.entries()) {
      const location = i < AREA ? { lat: 48.1, lon: 11.6 } : { lat: 53.5, lon: 10 }
      const body = { ...registration, homeId: `home-${id}`, location }
      const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', body)
      clients.set(id, await connectAppliance(program, id, mqtt.password))
    }
    const { metricNames } = catalog.kind('fridge')
    async function runTo(until: number, from: number): Promise<void> {
      for (let to = from + 3 * HOUR; to <= until; to += 3 * HOUR) {
        await Promise.all(
          appliances.map(async (appliance) => {
            const readings: object[] = []
            while (appliance.nextAt() <= to) {
              if (!appliance.next()) continue
              const metrics: Record<string, number> = {}
              for (const [m, name] of metricNames.entries()) {
                const value = appliance.values[m] ?? Number.NaN
                if (!Number.isNaN(value)) metrics[name] = value
              }
              readings.push({ ts: appliance.ts, metrics })
            }
            const topic = `appliances/fridge/${appliance.id}/telemetry`
            await clients.get(appliance.id)?.publishAsync(topic, JSON.stringify(readings), { qos: 1 })
          }),
        )
      }
      await quiet(program)
    }
    const items = async <T>(path: string): Promise<T[]> => (await program.call<{ items: T[] }>('GET', path)).items

    await runTo(START + 22 * DAY, START)
    const [notice, ...others] = await items<CohortNotice>('/api/cohorts')
    expect(others).toEqual([])
    expect(notice).toMatchObject({
      cause: 'weather',
      cohort: '48,12',
      kind: 'fridge',
      failureMode: 'condenser-fouling',
      state: 'open',
      size: AREA,
    })
    const shared = await items<Alert>(`/api/alerts?cohort=${notice?.id}`)
    expect(shared.length).toBe(notice?.joined)
    expect(shared.length).toBeGreaterThanOrEqual(8)
    // Those that came before it showed have their tickets; those that came with it and after it wait.
    const held = shared.filter(({ heldUntil }) => heldUntil !== undefined)
    expect(held.length).toBeGreaterThanOrEqual(3)
    expect(held.every(({ ticket, heldUntil }) => !ticket && heldUntil === notice?.holdUntil)).toBe(true)
    expect(await items<Ticket>('/api/tickets')).toHaveLength(shared.length - held.length)
    expect(await items<Alert>('/api/alerts?apart=true&state=open')).toEqual([])

    await runTo(START + 25 * DAY, START + 22 * DAY)
    await eventually(
      'the end of the notice',
      async () => (await items<CohortNotice>('/api/cohorts'))[0]?.state === 'closed',
    )
    const later = await eventually('their tickets', async () => {
      const all = await items<Alert>(`/api/alerts?cohort=${notice?.id}`)
      return all.every(({ ticket, state }) => ticket || state === 'cleared') && all
    })
    expect(later.filter(({ ticket }) => ticket).length).toBeGreaterThan(shared.length - held.length)
    for (const client of clients.values()) client.end(true)
  })
})
