// A house sees its appliances: devices with entities on a broker of its own, until they are retired.
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Answer } from '../dashboards/api/answers/index.ts'
import { connectAppliance, eventually, newDataDir, type Program, removeDataDir, startProgram } from './program.ts'
import { type RunningServer, serversMissing, startMosquitto } from './servers/servers.ts'

describe.skipIf(serversMissing())('Home Assistant', () => {
  let dataDir: string
  let program: Program
  let server: RunningServer
  let house: MqttClient
  let place: { dir: string; more: string[] }
  const heard = new Map<string, string>()
  const json = (topic: string) => JSON.parse(heard.get(topic) || '{}') as Record<string, unknown>
  const config = (id: string): string => `homeassistant/device/hearthwatch_${id}/config`
  const state = () => program.call<Answer<'GET /api/home-assistant'>>('GET', '/api/home-assistant')
  beforeAll(async () => {
    const dir = await newDataDir()
    place = { dir, more: ['persistence true', 'persistence_location ./'] }
    server = await startMosquitto(place)
    house = await mqtt.connectAsync(server.url, { protocolVersion: 5 })
    house.on('message', (topic, payload) => heard.set(topic, payload.toString()))
    await house.subscribeAsync('#', { qos: 1 })
    // Somebody else's device stands where one of ours would.
    await house.publishAsync(config('taken'), '{"dev":{"ids":["x"]},"o":{"name":"other"}}', { qos: 1, retain: true })
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { HOMEASSISTANT_URL: server.url })
  }, 120_000)
  afterAll(async () => {
    house.end(true)
    await program.stop()
    await server.stop()
    await removeDataDir(dataDir)
  })

  test('an appliance is a device with its entities, its values and its presence', async () => {
    const { mqtt: credentials } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
      id: 'fridge-1',
      kind: 'fridge',
      model: 'Polar 300',
      firmware: '2.3.1',
    })
    await program.call('POST', '/api/appliances', {
      id: 'fridge-2',
      kind: 'fridge',
      model: 'Polar 300',
      firmware: '2.10.0',
    })
    const appliance = await connectAppliance(program, 'fridge-1', credentials.password)
    const reading = { ts: Date.now(), metrics: { power: 81.5 } }
    await appliance.publishAsync('appliances/fridge/fridge-1/telemetry', JSON.stringify(reading), { qos: 1 })
    await eventually('discovered', async () => heard.has(config('fridge-1')))
    const device = json(config('fridge-1')) as { cmps: Record<string, { p: string; cmd_t?: string }>; stat_t: string }
    const kinds = Object.values(device.cmps).map(({ p }) => p)
    expect(kinds).toEqual(['sensor', 'binary_sensor', 'sensor', 'sensor', 'sensor', 'update', 'button'])
    const base = device.stat_t.replace('/fridge-1/state', '')
    await eventually('its power', async () => json(device.stat_t).power === 81.5)
    expect(json(device.stat_t)).toMatchObject({ health: 100, problem: 'OFF', ticket: 'none' })
    // Each topic has its own message, and they need not come together.
    await eventually('all is there', async () => heard.get(`${base}/status`) === 'online')
    await eventually('it is there', async () => heard.get(`${base}/fridge-1/availability`) === 'online')
    await eventually('its firmware', async () => heard.has(`${base}/fridge-1/firmware`))
    expect(json(`${base}/fridge-1/firmware`)).toEqual({ installed_version: '2.3.1', latest_version: '2.10.0' })
    await appliance.endAsync()
    await eventually('it is away', async () => heard.get(`${base}/fridge-1/availability`) === 'offline')
    expect(await state()).toMatchObject({ connected: true, version: 5, foreign: [] })
  })

  test('an open ticket is shown, and the button closes it', async () => {
    await program.call('POST', '/api/appliances/fridge-1/report', { text: 'it hums' })
    const device = json(config('fridge-1')) as { cmps: { serviced: { cmd_t: string } }; stat_t: string }
    await eventually('the ticket', async () => json(device.stat_t).ticket !== 'none')
    await house.publishAsync(device.cmps.serviced.cmd_t, 'SERVICED', { qos: 1 })
    await eventually('no ticket', async () => json(device.stat_t).ticket === 'none')
  })

  test('a discovery topic of somebody else is left alone, and said', async () => {
    const before = heard.get(config('taken'))
    await program.call('POST', '/api/appliances', { id: 'taken', kind: 'fridge', model: 'Polar 300' })
    await eventually('it is said', async () => (await state()).foreign.includes(config('taken')))
    expect(heard.get(config('taken'))).toBe(before)
  })

  test('what is retired goes, also what was retired while the link was away', async () => {
    await program.call('DELETE', '/api/appliances/fridge-1')
    await eventually('it is removed', async () => heard.get(config('fridge-1')) === '')
    await server.stop(true)
    await eventually('the link is down', async () => !(await state()).connected)
    await program.call('DELETE', '/api/appliances/fridge-2')
    heard.clear()
    server = await startMosquitto({ ...place, port: server.port })
    await eventually('it is removed, too', async () => heard.get(config('fridge-2')) === '', 40_000)
  }, 90_000)
})
