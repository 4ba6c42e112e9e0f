// One bad value costs one value, and whoever looks is told which.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../program.ts'

interface Heard {
  droppedValues: { metric: string; why: string; sample: string; count: number; lastAt: number }[]
  lastRefused?: { reason: string; detail: string; sample: string }
  refusedInARow: number
}

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

const T0 = Date.now() - 3_600_000

async function appliance(id: string, more: object = {}) {
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id,
    kind: 'fridge',
    model: 'Test',
    ...more,
  })
  const client = await connectAppliance(program, id, mqtt.password)
  clients.push(client)
  const say = async (payload: unknown, type = 'telemetry'): Promise<void> => {
    const bytes = Buffer.isBuffer(payload) || typeof payload === 'string' ? payload : JSON.stringify(payload)
    await client.publishAsync(`appliances/fridge/${id}/${type}`, bytes, { qos: 1 })
  }
  const heard = async (): Promise<Heard> => {
    await quiet(program)
    return (await program.call<{ heard: Heard }>('GET', `/api/appliances/${id}`)).heard
  }
  const last = async (): Promise<Record<string, number>> => {
    await quiet(program)
    return eventually('it is stored', async () => {
      const { lastReading } = await program.call<{ lastReading: { metrics: Record<string, number> } | null }>(
        'GET',
        `/api/appliances/${id}`,
      )
      return lastReading?.metrics
    })
  }
  return { say, heard, last }
}

test('D1 null, a text, a boolean among the metrics cost themselves alone, and are named', async () => {
  const { say, heard, last } = await appliance('d1')
  for (let i = 0; i < 3; i++) {
    const metrics = { cabinetTemp: 4 + i, power: null, fanSpeed: 'n/a', vibration: true, doorOpen: [1] }
    await say({ ts: T0 + i * 60_000, metrics, states: { mode: 3 }, firmware: 'x'.repeat(200) })
  }
  expect(await last()).toEqual({ cabinetTemp: 6 })
  const { droppedValues } = await heard()
  expect(droppedValues.map(({ metric, why, sample, count }) => [metric, why, sample.slice(0, 3), count])).toEqual([
    ['power', 'null', 'nul', 3],
    ['fanSpeed', 'not-a-number', 'n/a', 3],
    ['vibration', 'not-a-number', 'tru', 3],
    ['doorOpen', 'not-a-number', '[…]', 3],
    ['mode', 'not-a-text', '3', 3],
    ['firmware', 'too-long', 'xxx', 3],
  ])
})

test('D2 one NaN among 1,000 readings costs one value; a byte order mark and zeros at the end cost nothing', async () => {
  const { say, heard } = await appliance('d2')
  const before = (await quiet(program)).readings.stored
  const readings = Array.from(
    { length: 1_000 },
    (_, i) => `{"ts":${T0 + i},"metrics":{"power":${i === 7 ? 'NaN' : i},"cabinetTemp":4}}`,
  )
  await say(`\ufeff[${readings.join(',')}]\0\0`)
  await say(`{"ts":${T0 + 2_000},"metrics":{"power":-Infinity,"cabinetTemp":4}}`)
  expect((await quiet(program)).readings.stored - before).toBe(1_001)
  expect((await heard()).droppedValues).toMatchObject([
    { metric: 'power', why: 'not-finite', sample: '-Infinity', count: 2 },
  ])
})

test('D3 more than 32 unknown metrics cost those beyond', async () => {
  const { say, heard, last } = await appliance('d3')
  const odd = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`x${i}`, i]))
  await say({ ts: T0, metrics: { cabinetTemp: 4, ...odd, y: null } })
  expect(Object.keys(await last())).toHaveLength(33)
  expect((await heard()).droppedValues.map(({ why }) => why)).toEqual([...Array(8).fill('too-many'), 'null'])
})

test.each([
  ['', 'bad-json', /empty/],
  ['{"ts":1', 'bad-json', /not JSON/],
  [Buffer.from('{"ts":1}', 'utf16le'), 'bad-json', /UTF-16: send UTF-8/],
  [Buffer.from([0x7b, 0xb0]), 'bad-json', /not UTF-8/],
  [{ ts: Math.floor(T0 / 1000), metrics: { power: 1 } }, 'too-old', /looks like seconds: multiply by 1000/],
  [{ ts: T0 * 1000, metrics: { power: 1 } }, 'in-future', /microseconds/],
  [`{"ts":${T0}000000,"metrics":{"power":1}}`, 'in-future', /nanoseconds/],
  [{ ts: new Date(T0).toISOString(), metrics: { power: 1 } }, 'bad-shape', /is a text/],
  [{ metrics: { power: 1 } }, 'bad-shape', /missing/],
  [{ ts: T0, metrics: { power: null } }, 'no-valid-metric', /power null \(null\)/],
  [{ ts: T0, metrics: {} }, 'no-valid-metric', /empty/],
  [{ ts: T0, metrics: { power: -40 } }, 'no-valid-metric', /power -40 is not within 0 to 1500/],
])('D4 what is refused says why, under its appliance (%#)', async (payload, reason, detail) => {
  const { say, heard } = await appliance(`d4-${reason}-${String(detail).replace(/\W/g, '').slice(0, 12)}`)
  await say(payload)
  const { lastRefused, refusedInARow } = await heard()
  expect([lastRefused?.reason, refusedInARow]).toEqual([reason, 1])
  expect(lastRefused?.detail).toMatch(detail)
})

test('D5 what it said that did not count is remembered over a kill', async () => {
  const { say, heard } = await appliance('d5')
  await say({ ts: T0, metrics: { power: null, cabinetTemp: 4 } })
  await say({ ts: 'now', metrics: {} })
  const before = await heard()
  await program.kill()
  program = await startProgram(dataDir)
  expect(await heard()).toEqual(before)
  expect(before).toMatchObject({ droppedValues: [{ metric: 'power', count: 1 }], refusedInARow: 1 })
})

test('F1 numbers by which a sensor says that it has none are missing, counted and named', async () => {
  const { say, heard, last } = await appliance('f1')
  await say({
    ts: T0,
    metrics: {
      cabinetTemp: 85,
      freezerTemp: -127,
      evaporatorTemp: 6553.5,
      power: 65535,
      fanSpeed: 1e9,
      condenserTemp: 85,
    },
  })
  expect(await last()).toEqual({ condenserTemp: 85 })
  expect((await heard()).droppedValues.map(({ metric, why, sample }) => [metric, why, sample])).toEqual([
    ['cabinetTemp', 'sentinel', '85'],
    ['freezerTemp', 'sentinel', '-127'],
    ['evaporatorTemp', 'sentinel', '6553.5'],
    ['power', 'sentinel', '65535'],
    ['fanSpeed', 'sentinel', '1000000000'],
  ])
})

test('F2 declared units are converted as they come in, and a sentinel is one in any unit', async () => {
  const units = {
    cabinetTemp: 'degF',
    freezerTemp: '°F',
    power: 'kW',
    compressorOn: '%',
    ambientTemp: 'K',
    vibration: 'in/s',
  }
  const { say, heard, last } = await appliance('f2', { units })
  const metrics = {
    cabinetTemp: 41,
    power: 0.12,
    compressorOn: 50,
    ambientTemp: 293.15,
    vibration: 0.1,
    freezerTemp: -127,
  }
  await say({ ts: T0, metrics })
  const stored = await last()
  for (const [metric, value] of Object.entries({
    cabinetTemp: 5,
    power: 120,
    compressorOn: 0.5,
    ambientTemp: 20,
    vibration: 2.54,
  }))
    expect(stored[metric]).toBeCloseTo(value, 6)
  expect(stored).not.toHaveProperty('freezerTemp')
  expect((await heard()).droppedValues).toMatchObject([{ metric: 'freezerTemp', why: 'sentinel', sample: '-127' }])
  // Sent again it is the same reading, whatever was made of it.
  const { duplicates } = (await quiet(program)).readings
  await say({ ts: T0, metrics })
  expect((await quiet(program)).readings.duplicates).toBe(duplicates + 1)
})

test('F3 energy of the interval becomes power; totals count by their differences, and begin anew when they fall', async () => {
  const { say } = await appliance('f3', { units: { power: 'kWh' }, counters: ['compressorStarts'] })
  const totals = [4_211, 4_212, 4_212, 2, 3]
  for (const [i, compressorStarts] of totals.entries())
    await say({ ts: T0 + i * 60_000, metrics: { power: 0.002, compressorStarts } })
  await quiet(program)
  const series = await eventually('all are stored', async () => {
    const { series } = await program.call<{ series: Record<string, { mean: (number | null)[] }> }>(
      'GET',
      `/api/appliances/f3/telemetry?from=${T0}&to=${T0 + 300_000}&points=1000`,
    )
    return series.power?.mean.length === totals.length && series
  })
  expect(series.power?.mean).toEqual(Array(5).fill(120))
  expect(series.compressorStarts?.mean).toEqual([null, 1, 0, 2, 1])
})

test.each([
  [{ units: { cabinetTemp: 'W' } }, 422, /cannot be converted/],
  [{ units: { cabinetTemp: 'parsec' } }, 422, /'parsec' cannot be converted/],
  [{ units: { toString: 'Cel' } }, 422, /no metric 'toString'/],
  [{ counters: ['constructor'] }, 422, /no metric 'constructor'/],
  [{ timeZone: 'Mars/Olympus' }, 4, /IANA/],
  [{ reports: 'sometimes' }, 4, /bad-request/],
  [{ heartbeatSeconds: -1 }, 4, /heartbeatSeconds/],
])('F4 a registration that cannot be understood is refused: %j', async (more, status, why) => {
  const answer = await appliance('f4', more).then(
    () => 'taken',
    (error: Error) => error.message,
  )
  expect(answer).toMatch(new RegExp(`: ${status}`))
  expect(answer).toMatch(why)
})
