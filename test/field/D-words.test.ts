// What encoders write where JSON has no word, and times that are of no clock.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAppliance, newDataDir, type Program, quiet, removeDataDir, startProgram } from '../program.ts'

interface Heard {
  clockAheadMs?: number
  lastReading: { ts: number; metrics: Record<string, number> } | null
  heard: { droppedValues: { metric: string; why: string; sample: string }[] }
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

async function appliance(id: string) {
  const body = { id, kind: 'fridge', model: 'Test' }
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', body)
  const client = await connectAppliance(program, id, mqtt.password)
  clients.push(client)
  const say = (payload: string, type = 'telemetry') =>
    client.publishAsync(`appliances/fridge/${id}/${type}`, payload, { qos: 1 })
  const view = async () => {
    await quiet(program)
    return program.call<Heard>('GET', `/api/appliances/${id}`)
  }
  return { say, view }
}
const refusals = async (id: string) =>
  (await program.call<{ items: { topic: string; detail: string }[] }>('GET', `/api/quarantine?appliance=${id}`)).items

test('D4 words of C, Microsoft, Python and JavaScript cost their own values', async () => {
  const { say, view } = await appliance('d4')
  const odd = '"power":-NAN,"fanSpeed":+INF,"vibration":1.#QNAN,"doorOpen":None,"defrost":undefined,"ambientTemp":+nan'
  await say(`{"ts":${T0},"metrics":{"cabinetTemp":4,${odd}}}`)
  const { lastReading, heard } = await view()
  expect(lastReading).toMatchObject({ ts: T0, metrics: { cabinetTemp: 4 } })
  expect(heard.droppedValues.map(({ metric, why }) => [metric, why])).toEqual([
    ['power', 'not-finite'],
    ['fanSpeed', 'not-finite'],
    ['vibration', 'not-finite'],
    ['doorOpen', 'not-a-number'],
    ['defrost', 'not-a-number'],
    ['ambientTemp', 'not-finite'],
  ])
})

test('D5 another unit of time, or no time at all, is not called a wrong clock', async () => {
  const { say, view } = await appliance('d5')
  for (const ts of [T0 / 1000, T0 * 1_000, T0 * 1e6, 1e308])
    await say(`{"ts":${Math.round(ts)},"metrics":{"cabinetTemp":4}}`)
  expect(await view()).not.toHaveProperty('clockAheadMs')
  await say(`{"ts":${Date.now() + 3 * 3_600_000},"metrics":{"cabinetTemp":4}}`)
  expect((await view()).clockAheadMs).toBeCloseTo(3 * 3_600_000, -5)
})

test('D6 seconds with a fraction are named in events and in until, and no until may be null', async () => {
  const { say } = await appliance('d6')
  const before = (await quiet(program)).readings
  await say(`{"ts":${T0 / 1000 + 0.25},"type":"error","code":"E1"}`, 'event')
  await say(`{"online":false,"until":${T0 / 1000 + 0.25}}`, 'status')
  await say('{"online":false,"until":null}', 'status')
  expect((await quiet(program)).readings).toEqual(before)
  const details = (await refusals('d6')).map(({ detail }) => detail)
  expect(details).toHaveLength(2)
  for (const detail of details) expect(detail).toContain('looks like seconds')
})

test('D7 of many unknown metrics those that are shown stay up to date', async () => {
  const { say, view } = await appliance('d7')
  const named = (from: number, value: number): string =>
    Array.from({ length: 32 }, (_, i) => `"x${from + i}":${value}`).join(',')
  for (const [i, from] of [0, 32, 64].entries()) await say(`{"ts":${T0 + i},"metrics":{${named(from, 1)}}}`)
  await say(`{"ts":${T0 + 10},"metrics":{${named(0, 2)}}}`)
  const { lastReading } = await view()
  expect(lastReading).toMatchObject({ ts: T0 + 10, metrics: { x0: 2, x31: 2, x32: 1 } })
})
