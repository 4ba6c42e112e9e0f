// The same reading again is a duplicate, whatever its values count for by now.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  connectAppliance,
  eventually,
  type IngestAnswer,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../program.ts'

let dataDir: string
let program: Program
const clients: MqttClient[] = []
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
})
afterAll(async () => {
  for (const client of clients) await client.endAsync(true)
  await program.stop()
  await removeDataDir(dataDir)
})

const T0 = Date.now() - 7_200_000
const MINUTE = 60_000

async function appliance(id: string, kind: string, more: object = {}) {
  const body = { id, kind, model: 'Test', ...more }
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', body)
  const client = await connectAppliance(program, id, mqtt.password)
  clients.push(client)
  return async (minute: number, metrics: object, states?: object): Promise<void> => {
    const reading = JSON.stringify({ ts: T0 + minute * MINUTE, metrics, states })
    await client.publishAsync(`appliances/${kind}/${id}/telemetry`, reading, { qos: 1 })
  }
}
const counts = async (): Promise<IngestAnswer['readings']> => (await quiet(program)).readings
const powerOf = async (id: string, readings: number): Promise<(number | null)[] | undefined> => {
  await quiet(program)
  return eventually('it is stored', async () => {
    const { series } = await program.call<{ series: Record<string, { mean: (number | null)[] }> }>(
      'GET',
      `/api/appliances/${id}/telemetry?from=${T0}&to=${T0 + 7_000_000}&points=1000`,
    )
    return series.power?.mean.length === readings && series.power.mean.map((watts) => watts && Number(watts.toFixed(6)))
  })
}

test('C7 a total sent again alone is a duplicate, and so is a value that looks like a total by now', async () => {
  const total = await appliance('c7-total', 'fridge', { counters: ['compressorStarts'] })
  await total(0, { compressorStarts: 5 })
  await total(1, { compressorStarts: 6 })
  const once = await counts()
  await total(1, { compressorStarts: 6 })
  expect(await counts()).toEqual({ ...once, received: once.received + 1, duplicates: once.duplicates + 1 })

  const suspect = await appliance('c7-suspect', 'fridge')
  for (let i = 0; i < 6; i++) await suspect(i, { compressorStarts: 3 + i })
  const named = await counts()
  expect(named.quarantined['no-valid-metric']).toBeGreaterThan(once.quarantined['no-valid-metric'] ?? 0)
  await suspect(0, { compressorStarts: 3 })
  expect(await counts()).toEqual({ ...named, received: named.received + 1, duplicates: named.duplicates + 1 })
})

test('F5 a total of energy is spread over the time since its own last reading, however many lie between', async () => {
  const say = await appliance('f5', 'fridge', { units: { power: 'kWh' }, counters: ['power'] })
  await say(0, { power: 100, cabinetTemp: 4 })
  await say(2, { power: 100.004, cabinetTemp: 4 })
  await say(3, { cabinetTemp: 4 })
  await say(4, { power: 100.008, cabinetTemp: 4 })
  await say(5, { power: 100.01, cabinetTemp: 4 })
  expect(await powerOf('f5', 5)).toEqual([null, 120, null, 120, 120])
})

test('F6 at rest a washer speaks each ten minutes: its totals and its energy are of those', async () => {
  const total = await appliance('f6-total', 'washer', { units: { power: 'Wh' }, counters: ['power'] })
  const energy = await appliance('f6-energy', 'washer', { units: { power: 'Wh' } })
  for (let i = 0; i < 4; i++) {
    await total(i * 10, { power: 50_000 + i / 2, waterTemp: 20 }, { phase: 'idle' })
    await energy(i * 10, { power: 0.5, waterTemp: 20 }, { phase: 'idle' })
  }
  await total(30.5, { power: 50_011.5, waterTemp: 20 }, { phase: 'heat' })
  expect(await powerOf('f6-total', 5)).toEqual([null, 3, 3, 3, 1_200])
  expect(await powerOf('f6-energy', 4)).toEqual([3, 3, 3, 3])
})

test('F7 what speaks on change alone has totals over whatever time went by', async () => {
  const more = { units: { power: 'kWh' }, counters: ['power'], reports: 'on-change' }
  const say = await appliance('f7', 'fridge', more)
  await say(0, { power: 7, cabinetTemp: 4 })
  await say(60, { power: 7.06, cabinetTemp: 4 })
  expect(await powerOf('f7', 2)).toEqual([null, 60])
})

test('C8 of a reading older than memory holds the store is asked: one without use is refused, and one that is known a duplicate', async () => {
  const send = await appliance('c8', 'fridge', { counters: ['compressorStarts'] })
  // Newest first, so that the oldest lie within what was heard; memory holds the newest 128.
  const minutes = Array.from({ length: 300 }, (_, i) => 2 * i)
  for (const minute of minutes) await send(minute - 1_200, { power: 50 + (minute % 7), compressorStarts: minute })
  const before = await counts()
  await send(11 - 1_200, {})
  await send(13 - 1_200, { power: null })
  const refused = await counts()
  expect(refused.quarantined['no-valid-metric']).toBe((before.quarantined['no-valid-metric'] ?? 0) + 2)
  await send(12 - 1_200, { power: 50 + (12 % 7), compressorStarts: 12 })
  const after = await counts()
  expect(after.duplicates).toBe(refused.duplicates + 1)
  expect(after.quarantined.unprocessable ?? 0).toBe(before.quarantined.unprocessable ?? 0)
})
