// Whatever fails while one frame is handled costs that frame: it is set aside with the error and the place, nothing else is
// lost or doubled, and the program goes on, also where its thread or the program itself ended.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { preload } from '../../lab/torture/preloads/preload.ts'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../program.ts'

let dataDir = ''
let program: Program
let passwords = new Map<string, string>()
let client: MqttClient
let other: MqttClient
const bombs = preload('bomb')
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, bombs)
  const made = await program.call<{ id: string; mqtt: { password: string } }[]>(
    'POST',
    '/api/appliances',
    ['w1', 'w2'].map((id) => ({ id, kind: 'washer', model: 'M1' })),
  )
  passwords = new Map(made.map(({ id, mqtt }) => [id, mqtt.password]))
  await connect()
})
afterAll(async () => {
  client.end(true)
  other.end(true)
  await program.stop()
  await removeDataDir(dataDir)
})
async function connect(): Promise<void> {
  client = await connectAppliance(program, 'w1', passwords.get('w1') ?? '')
  other = await connectAppliance(program, 'w2', passwords.get('w2') ?? '')
}

let ts = Date.now() - 86_400_000
const next = (): number => {
  ts += 600_000
  return ts
}
const send = (topic: string, body: object): Promise<unknown> =>
  client.publishAsync(`appliances/washer/w1/${topic}`, JSON.stringify(body), { qos: 1 })
/** What a sound neighbour sends meanwhile. */
const sent: number[] = []
async function neighbour(count: number): Promise<void> {
  const readings = Array.from({ length: count }, next)
  sent.push(...readings)
  await Promise.all(
    readings.map((at) =>
      other.publishAsync('appliances/washer/w2/telemetry', JSON.stringify({ ts: at, metrics: { power: 3 } }), {
        qos: 1,
      }),
    ),
  )
}
const burst = (first: number) => ({
  ts: next(),
  type: 'burst',
  code: 'tub',
  sampleRate: 4096,
  unit: 'mm/s',
  speed: 1200,
  points: 64,
  samples: [first, ...Array.from({ length: 63 }, (_, i) => i)],
})
interface Row {
  reason: string
  detail: string
  topic: string
  text: string
  readings: number
}
const rows = async (): Promise<Row[]> =>
  (await program.call<{ items: Row[] }>('GET', '/api/quarantine?reason=unprocessable&limit=1000')).items
async function balanced(): Promise<void> {
  const { readings } = await quiet(program)
  const refused = Object.values(readings.quarantined).reduce((a, b) => a + b, 0)
  expect(readings.received).toBe(readings.stored + readings.duplicates + refused)
  const { ts: found } = await program.call<{ ts: number[] }>(
    'GET',
    `/api/appliances/w2/telemetry?from=0&to=4000000000000&points=100000`,
  )
  expect(found).toEqual(sent)
}
const setAside = (count: number) =>
  eventually(`${count} set aside`, async () => (await rows()).length === count && rows(), 60_000)

test('A what throws while it is settled, scored or stored is set aside with the error and the place', async () => {
  await neighbour(5)
  await send('telemetry', [
    { ts: 1_700_000_000_666, metrics: { power: 1 } },
    { ts: next(), metrics: { power: 1 } },
  ] as never)
  await neighbour(5)
  await send('event', burst(66_601))
  await neighbour(5)
  await send('event', { ts: next(), type: 'error', code: 'store-throws' })
  await neighbour(5)
  const found = await setAside(3)
  expect(found.map(({ detail, topic }) => `${topic} ${detail}`).sort()).toEqual([
    'event analysis: the analysis throws',
    'event store: the store throws',
    'telemetry settle: settling throws',
  ])
  expect(found.find(({ detail }) => detail.startsWith('analysis'))?.text).toContain('66601')
  await balanced()
})

test('A a thread that ends or overflows at a frame is started again, and the frame set aside', {
  timeout: 240_000,
}, async () => {
  const before = (await rows()).length
  for (const [i, first] of [66_603, 66_602].entries()) {
    await neighbour(3)
    await send('event', burst(first))
    await neighbour(3)
    await setAside(before + i + 1)
  }
  await balanced()
})

test('A the store’s thread is started again', { timeout: 240_000 }, async () => {
  const before = (await rows()).length
  await neighbour(3)
  await send('event', { ts: next(), type: 'error', code: 'store-ends' })
  await neighbour(3)
  await setAside(before + 1)
  await balanced()
})

test('A a frame at which the program died twice is set aside at the next start', { timeout: 240_000 }, async () => {
  const before = (await rows()).length
  await neighbour(3)
  const ended = program.ended
  // It may be gone before its answer leaves, and then nobody says so to who waits for it.
  void send('event', burst(66_605)).catch(() => undefined)
  await ended
  client.end(true)
  other.end(true)
  let starts = 0
  program = await eventually(
    'a start that lasts',
    async () => {
      starts++
      const started = await startProgram(dataDir, bombs)
      await quiet(started)
      return started
    },
    160_000,
  )
  expect(starts).toBeLessThanOrEqual(3)
  expect((await rows()).length).toBe(before + 1)
  await connect()
  await neighbour(3)
  await balanced()
})
