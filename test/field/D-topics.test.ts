// FIELD D and E: own but unknown topics, filters below one's own name, presence by session and gateway.
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../program.ts'

let dataDir: string
let program: Program
const passwords = new Map<string, string>()
beforeAll(async () => {
  dataDir = await newDataDir()
  program = await startProgram(dataDir)
  for (const id of ['f1', 'f2', 'f3']) {
    const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
      id,
      kind: 'fridge',
      model: 'Polar 300',
    })
    passwords.set(id, mqtt.password)
  }
  const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/gateways', {
    id: 'gate',
    appliances: ['f2', 'f3'],
  })
  passwords.set('gate', mqtt.password)
}, 120_000)
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})
const come = (id: string) => connectAppliance(program, id, passwords.get(id) ?? '')
const isOnline = async (id: string): Promise<boolean> =>
  (await program.call<{ online: boolean }>('GET', `/api/appliances/${id}`)).online
const reading = (power: number): string => JSON.stringify({ ts: Date.now() - 60_000 + power, metrics: { power } })

test('D a wrong topic of one’s own is acknowledged, dropped and shown, and readings on the same connection count', async () => {
  const client = await come('f1')
  for (let i = 0; i < 3; i++) {
    await client.publishAsync('appliances/fridge/f1/state', reading(i), { qos: 1 })
    await client.publishAsync('appliances/fridge/f1/telemetry/', reading(i), { qos: 1 })
  }
  await client.publishAsync('appliances/fridge/f1/telemetry', reading(10), { qos: 1 })
  expect((await quiet(program)).readings).toMatchObject({ received: 1, stored: 1 })
  const { misdirected } = await program.call<{ misdirected: { topic: string; count: number }[] }>(
    'GET',
    '/api/appliances/f1',
  )
  expect(misdirected.map(({ topic, count }) => [topic, count])).toEqual([
    ['appliances/fridge/f1/telemetry/', 3],
    ['appliances/fridge/f1/state', 3],
  ])
  expect(client.connected).toBe(true)
  await client.endAsync()
})

test('D one wrong topic of a gateway locks out none of its appliances; another’s topic still cuts the line', async () => {
  const gate = await come('gate')
  await gate.publishAsync('appliances/fridge/f2/state', '{}', { qos: 1 })
  await gate.publishAsync('appliances/fridge/f3/telemetry', reading(20), { qos: 1 })
  expect((await quiet(program)).readings.stored).toBe(2)
  const cut = new Promise<void>((resolve) => gate.once('close', () => resolve()))
  gate.publish('appliances/fridge/f1/telemetry', reading(30), { qos: 1 })
  await cut
  expect((await quiet(program)).readings.received).toBe(2)
})

test('D filters below one’s own name are granted, wildcards included; others are not', async () => {
  const client = await come('f1')
  for (const filter of ['#', '+', 'command/#', 'command/+', 'command']) {
    expect(await client.subscribeAsync(`appliances/fridge/f1/${filter}`, { qos: 1 })).toMatchObject([{ qos: 1 }])
  }
  for (const filter of ['#', 'appliances/#', 'appliances/fridge/+/command', 'appliances/fridge/f2/#']) {
    await expect(client.subscribeAsync(filter, { qos: 1 })).rejects.toThrow()
  }
  await client.endAsync()
})

test.each([
  ['/mqtt/', 'mqtt'],
  ['/mqtt', 'mqttv3.1'],
])('D MQTT over WebSocket is served at %s as %s', async (path, protocol) => {
  const socket = new WebSocket(`${program.url.replace('http', 'ws')}${path}`, [protocol])
  await once(socket, 'open')
  expect(socket.protocol).toBe(protocol)
  socket.terminate()
})

test.each([
  ['/mqttt', 'mqtt', 404],
  ['/mqtt', 'soap', 400],
] as const)('D and at %s as %s an HTTP status says why not', async (path, protocol, status) => {
  const socket = new WebSocket(`${program.url.replace('http', 'ws')}${path}`, [protocol])
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
  expect(response.statusCode).toBe(status)
  socket.on('error', () => undefined)
  socket.terminate()
})

test('E an appliance that is connected itself stays online when its gateway leaves, and the other way round', async () => {
  const [own, gate] = [await come('f2'), await come('gate')]
  expect([await isOnline('f2'), await isOnline('f3')]).toEqual([true, true])
  await gate.endAsync()
  await eventually('f3 is offline', async () => !(await isOnline('f3')))
  expect(await isOnline('f2')).toBe(true)
  const again = await come('gate')
  await own.endAsync()
  expect(await isOnline('f2')).toBe(true)
  await again.publishAsync('appliances/fridge/f2/status', '{"online":false}', { qos: 1 })
  expect(await isOnline('f2')).toBe(false)
  await again.publishAsync('appliances/fridge/f2/telemetry', reading(40), { qos: 1 })
  expect(await isOnline('f2')).toBe(true)
  await again.endAsync()
  await eventually('f2 is offline', async () => !(await isOnline('f2')))
})
