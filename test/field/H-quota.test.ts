// FIELD H: what one appliance may send, and what is kept of what it sends; one that runs away harms nobody, and loses nothing.
import mqtt, { type MqttClient } from 'mqtt'
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

/** One message a second frees up; the second half of what is sent has to wait for it. */
const MESSAGES = 3_600
let dataDir: string
let program: Program
const open: MqttClient[] = []
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir, {
    APPLIANCE_MESSAGES_PER_HOUR: String(MESSAGES),
    APPLIANCE_BYTES_PER_HOUR: String(24 * 2 ** 20),
    QUARANTINE_ROWS_PER_APPLIANCE: '50',
  })
}, 120_000)
afterAll(async () => {
  for (const client of open) await client.endAsync(true)
  await program.stop()
  await removeDataDir(dataDir)
})

interface Quota {
  messages: { used: number; limit: number }
  bytes: { used: number; limit: number }
  heldBack: { messages: number; bytes: number }
  until?: number
  dropped: number
  quarantine: {
    rows: { used: number }
    bytes: { used: number; limit: number }
    withoutPayload: number
    forgotten: number
  }
}
const quotaOf = (id: string) => program.call<Quota>('GET', `/api/appliances/${id}/quota`)
const password = new Map<string, string>()
async function appliance(id: string): Promise<MqttClient> {
  const made = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
    id,
    kind: 'fridge',
    model: 'M',
  })
  password.set(id, made.mqtt.password)
  const client = await connectAppliance(program, id, made.mqtt.password)
  open.push(client)
  return client
}
const topic = (id: string) => `appliances/fridge/${id}/telemetry`
const T0 = Date.now() - 3_600_000
const reading = (i: number) => JSON.stringify({ ts: T0 + i, metrics: { cabinetTemp: 4 } })

test('H an appliance over its quota is held back and loses nothing; its neighbour does not notice', {
  timeout: 120_000,
}, async () => {
  const [loud, neighbour] = [await appliance('loud'), await appliance('neighbour')]
  const from = Date.now()
  const sent = Array.from({ length: MESSAGES + 8 }, (_, i) => loud.publishAsync(topic('loud'), reading(i), { qos: 1 }))
  let acked = 0
  for (const one of sent) void one.then(() => acked++)
  const held = await eventually('held back', async () => {
    const now = await quotaOf('loud')
    return now.heldBack.messages > 0 && now
  })
  expect(held.messages).toEqual({ used: MESSAGES, limit: MESSAGES })
  expect(held.until).toBeGreaterThan(Date.now() - 1_000)
  expect(held.until).toBeLessThan(Date.now() + 10_000)
  expect(await program.call('GET', '/api/appliances/loud')).toMatchObject({ quota: { messages: { limit: MESSAGES } } })
  // Somebody else is taken at once.
  const before = performance.now()
  await neighbour.publishAsync(topic('neighbour'), reading(0), { qos: 1 })
  expect(performance.now() - before).toBeLessThan(2_000)
  expect((await quotaOf('neighbour')).heldBack.messages).toBe(0)
  // Without a promise it is dropped, and counted.
  await loud.publishAsync(topic('loud'), reading(90_000), { qos: 0 })
  await eventually('dropped', async () => (await quotaOf('loud')).dropped === 1)
  const metrics = await (await fetch(`${program.url}/metrics`)).text()
  expect(metrics).toMatch(/^hearthwatch_quota_held_appliances 1$/m)

  await Promise.all(sent)
  expect(acked).toBe(MESSAGES + 8)
  // Two a second would be more than the quota gives.
  expect(Date.now() - from).toBeGreaterThan(4_000)
  const { readings } = await quiet(program)
  expect(readings.stored).toBe(MESSAGES + 9)
  const after = await quotaOf('loud')
  expect(after.heldBack.messages).toBe(0)
  expect(after.until).toBeUndefined()
  expect(program.output()).toContain('loud is held back')
})

test('H who is held back and loses its connection says it again, and it counts once', { timeout: 60_000 }, async () => {
  const before = await quiet(program)
  const again = await mqtt.connectAsync(program.mqttUrl, {
    clientId: 'loud',
    username: 'loud',
    password: password.get('loud') ?? '',
    protocolVersion: 4,
    reconnectPeriod: 100,
  })
  open.push(again)
  const sent = Array.from({ length: 6 }, (_, i) => again.publishAsync(topic('loud'), reading(100_000 + i), { qos: 1 }))
  await eventually('held back', async () => (await quotaOf('loud')).heldBack.messages > 2)
  again.stream.destroy()
  await Promise.all(sent)
  expect((await quiet(program)).readings.stored - before.readings.stored).toBe(6)
  expect((await quotaOf('loud')).heldBack.messages).toBe(0)
})

test('H what is kept of one appliance’s junk is bounded in bytes and rows, and the counts stay exact', {
  timeout: 120_000,
}, async () => {
  const before = await quiet(program)
  const junk = await appliance('junk')
  for (let i = 0; i < 20; i++) await junk.publishAsync(topic('junk'), `${i}`.padEnd(500_000, 'x'), { qos: 1 })
  const counted = (await quiet(program)).readings.quarantined['bad-json'] ?? 0
  expect(counted - (before.readings.quarantined['bad-json'] ?? 0)).toBe(20)
  const { quarantine } = await quotaOf('junk')
  expect(quarantine.rows.used).toBe(20)
  expect(quarantine.bytes.used).toBeLessThanOrEqual(quarantine.bytes.limit)
  expect(quarantine.withoutPayload).toBe(4)
  const { items } = await program.call<{ items: { id: string; bytes: string; notKept?: number }[] }>(
    'GET',
    '/api/quarantine?appliance=junk&limit=100',
  )
  expect(items.map(({ notKept }) => notKept).filter((size) => size !== undefined)).toEqual(Array(4).fill(500_000))
  const oldest = items.at(-1)!
  expect(oldest.bytes).toBe('')
  await expect(program.call('POST', '/api/quarantine/replay', { ids: [oldest.id] })).rejects.toThrow('404')
  // Rows, too.
  for (let i = 0; i < 60; i++) await junk.publishAsync(topic('junk'), `{"n":${i}}`, { qos: 1 })
  const after = await quiet(program)
  expect(after.readings.quarantined['bad-shape']).toBe(60)
  expect((await quotaOf('junk')).quarantine).toMatchObject({ rows: { used: 50 }, forgotten: 30 })
  const { received, stored, duplicates, quarantined } = after.readings
  const refused = Object.values(quarantined).reduce((sum, count) => sum + count, 0)
  expect(received).toBe(stored + duplicates + refused)
  // Tried again it is refused again, and still balances.
  await program.call('POST', '/api/quarantine/replay', {})
  const again: IngestAnswer = await quiet(program)
  expect(again.readings.quarantined).toEqual(after.readings.quarantined)
})

test('H a firmware of 500 KB costs itself, a name of 400 KB its reading, and both are cut where they are told', {
  timeout: 60_000,
}, async () => {
  const before = await quiet(program)
  const wordy = await appliance('wordy')
  const say = (body: object) => wordy.publishAsync(topic('wordy'), JSON.stringify(body), { qos: 1 })
  await say({ ts: T0, metrics: { cabinetTemp: 4 }, firmware: 'v'.repeat(500_000) })
  await say({ ts: T0 + 1, metrics: { cabinetTemp: 4, ['n'.repeat(1_000)]: 1 } })
  await say({ ts: T0 + 2, metrics: { cabinetTemp: 4, ['n'.repeat(400_000)]: 1 } })
  const after = await quiet(program)
  expect(after.readings.stored - before.readings.stored).toBe(2)
  const seen = await program.call<{ lastReading: { metrics: object }; heard: object }>('GET', '/api/appliances/wordy')
  expect(JSON.stringify(seen).length).toBeLessThan(10_000)
  expect(seen.lastReading.metrics).toEqual({ cabinetTemp: 4 })
  expect(seen.heard).toMatchObject({
    droppedValues: [{ metric: 'firmware', why: 'too-long' }, { why: 'too-long' }],
    lastRefused: { reason: 'bad-shape' },
  })
})

test('H a restart keeps what was accepted, and what is known of the quarantine', { timeout: 120_000 }, async () => {
  for (const client of open.splice(0)) await client.endAsync(true)
  const before = await quotaOf('junk')
  await program.kill()
  program = await startProgram(dataDir, { QUARANTINE_ROWS_PER_APPLIANCE: '50' })
  expect((await quotaOf('junk')).quarantine).toEqual(before.quarantine)
  expect((await quotaOf('loud')).messages.limit).toBe(3_600_000)
  await program.stop()
  // Who is held back does not hold up an end.
  program = await startProgram(dataDir, { APPLIANCE_MESSAGES_PER_HOUR: '5' })
  const stored = (await quiet(program)).readings.stored
  const last = await connectAppliance(program, 'neighbour', password.get('neighbour') ?? '')
  for (let i = 1; i <= 8; i++) void last.publishAsync(topic('neighbour'), reading(i), { qos: 1 }).catch(() => undefined)
  await eventually('held back', async () => (await quotaOf('neighbour')).heldBack.messages === 3)
  const began = performance.now()
  expect(await program.stop()).toBe(0)
  expect(performance.now() - began).toBeLessThan(4_500)
  await last.endAsync(true)
  program = await startProgram(dataDir)
  expect((await quiet(program)).readings.stored).toBe(stored + 5)
})
