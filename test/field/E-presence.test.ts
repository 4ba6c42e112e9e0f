// "I am off" holds until the appliance itself speaks again, however it was written and whatever its gateway does.
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAppliance, eventually, newDataDir, type Program, removeDataDir, startProgram } from '../program.ts'

let dataDir: string
let program: Program
const passwords = new Map<string, string>()
const clients: MqttClient[] = []
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
  for (const id of ['p1', 'p2', 'p3']) await make('/api/appliances', { id, kind: 'fridge', model: 'Test' })
  await make('/api/gateways', { id: 'gate', appliances: ['p2', 'p3'] })
})
afterAll(async () => {
  for (const client of clients) await client.endAsync(true)
  await program.stop()
  await removeDataDir(dataDir)
})
async function make(path: string, body: { id: string; [more: string]: unknown }): Promise<void> {
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', path, body)
  passwords.set(body.id, mqtt.password)
}
async function come(id: string): Promise<MqttClient> {
  const client = await connectAppliance(program, id, passwords.get(id)!)
  clients.push(client)
  return client
}
const isOnline = async (id: string): Promise<boolean> =>
  (await program.call<{ online: boolean }>('GET', `/api/appliances/${id}`)).online
const status = (client: MqttClient, id: string, payload: string | Buffer) =>
  client.publishAsync(`appliances/fridge/${id}/status`, payload, { qos: 1 })

test('E8 off with a byte order mark and zeros behind it is off', async () => {
  const own = await come('p1')
  expect(await isOnline('p1')).toBe(true)
  await status(own, 'p1', Buffer.from('\uFEFF{"online":false}\0\0'))
  expect(await isOnline('p1')).toBe(false)
  // Who signs in again itself is back.
  await own.endAsync()
  await come('p1')
  expect(await isOnline('p1')).toBe(true)
})

test('E9 a gateway that comes back has said nothing of an appliance that said it is off', async () => {
  const gate = await come('gate')
  await status(gate, 'p2', '{"online":false}')
  expect([await isOnline('p2'), await isOnline('p3')]).toEqual([false, true])
  await gate.endAsync()
  await eventually('it is gone', async () => !(await isOnline('p3')))
  const again = await come('gate')
  expect([await isOnline('p2'), await isOnline('p3')]).toEqual([false, true])
  const reading = JSON.stringify({ ts: Date.now() - 60_000, metrics: { cabinetTemp: 4 } })
  await again.publishAsync('appliances/fridge/p2/telemetry', reading, { qos: 1 })
  expect(await isOnline('p2')).toBe(true)
})
