// FIELD F: values in another unit, and totals, that nobody declared: no fault is made of them, and they are named.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, HOUR } from '../../core/index.ts'
import { createFleet } from '../../simulator/index.ts'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

const START = Date.UTC(2026, 4, 1)
const DAYS = 18
const SWITCH = START + 12 * DAY
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

const celsius = ['cabinetTemp', 'freezerTemp', 'evaporatorTemp', 'condenserTemp', 'ambientTemp', 'setpointTemp']
const inFahrenheit = (metrics: Record<string, number>): Record<string, number> => {
  const converted = { ...metrics }
  for (const name of celsius)
    if (name in converted) converted[name] = Math.round((converted[name]! * 1.8 + 32) * 10) / 10
  return converted
}
let total = 4_210
/** How each says what it measured. */
const ways: Record<string, (metrics: Record<string, number>, ts: number) => Record<string, number>> = {
  fahrenheit: inFahrenheit,
  'fahrenheit-later': (metrics, ts) => (ts < SWITCH ? metrics : inFahrenheit(metrics)),
  totals(metrics, ts) {
    total += metrics.compressorStarts ?? 0
    if (ts >= SWITCH && total > 1_000) total = 0
    return { ...metrics, compressorStarts: total }
  },
  permille: (metrics) => ({ ...metrics, compressorOn: (metrics.compressorOn ?? 0) * 1_000 }),
}

test('F Fahrenheit, totals and permille that nobody declared are named, and no sound fridge is called ill for them', {
  timeout: 240_000,
}, async () => {
  const catalog = loadCatalog()
  const names = Object.keys(ways)
  const { appliances } = createFleet({
    seed: 21,
    catalog,
    kinds: { fridge: names.length },
    start: START,
    faults: 'none',
    nuisances: false,
  })
  const { metricNames } = catalog.kind('fridge')
  for (const [i, appliance] of appliances.entries()) {
    const id = names[i]!
    const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
      ...appliance.registration,
      id,
    })
    const client = await connectAppliance(program, id, mqtt.password)
    for (let to = START + 12 * HOUR; to <= START + DAYS * DAY; to += 12 * HOUR) {
      const readings: object[] = []
      while (appliance.nextAt() <= to) {
        if (!appliance.next()) continue
        const metrics: Record<string, number> = {}
        for (const [m, name] of metricNames.entries()) {
          const value = appliance.values[m] ?? Number.NaN
          if (!Number.isNaN(value)) metrics[name] = value
        }
        readings.push({ ts: appliance.ts, metrics: ways[id]!(metrics, appliance.ts) })
      }
      await client.publishAsync(`appliances/fridge/${id}/telemetry`, JSON.stringify(readings), { qos: 1 })
    }
    await client.endAsync()
  }
  await quiet(program, 200_000)
  const alerts = await program.call<{ items: { appliance: string; failureMode: string; state: string }[] }>(
    'GET',
    '/api/alerts?limit=1000',
  )
  expect(alerts.items.filter(({ failureMode }) => failureMode !== 'silent')).toEqual([])
  expect((await program.call<{ items: object[] }>('GET', '/api/tickets?limit=100')).items).toEqual([])
  const look = async (id: string) =>
    program.call<{ health: number; heard: { hints: { metric: string; looksLike: string; unit?: string }[] } }>(
      'GET',
      `/api/appliances/${id}`,
    )
  for (const [id, metric, wanted] of [
    ['fahrenheit', 'cabinetTemp', { looksLike: 'unit', unit: '[degF]' }],
    ['fahrenheit-later', 'cabinetTemp', { looksLike: 'unit', unit: '[degF]' }],
    ['totals', 'compressorStarts', { looksLike: 'counter' }],
    ['permille', 'compressorOn', { looksLike: 'unit', unit: '[ppth]' }],
  ] as const) {
    const { health, heard } = await look(id)
    expect(
      heard.hints.find((hint) => hint.metric === metric),
      id,
    ).toMatchObject(wanted)
    expect(health, id).toBeGreaterThan(80)
  }
})
