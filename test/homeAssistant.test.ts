// A house sees its appliances: devices with entities on a broker of its own, until they are retired.
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Answer } from '../dashboards/api/answers/index.ts'
import { startBareAedes } from '../lab/bench/startBareAedes.ts'
import { type Entity, HouseClient } from './house/houseClient.ts'
import { connectAppliance, eventually, newDataDir, type Program, removeDataDir, startProgram } from './program.ts'
import { type RunningServer, serversMissing, startMosquitto } from './servers/servers.ts'

interface View {
  health: number
  online: boolean
  lastReading?: { metrics: Record<string, number> }
  alerts: string[]
  tickets: string[]
}
const stateOf = (program: Program) => program.call<Answer<'GET /api/home-assistant'>>('GET', '/api/home-assistant')
const config = (id: string): string => `homeassistant/device/hearthwatch_${id}/config`

/** What each entity of an appliance should say, by the API. */
async function asTheApiSays(program: Program, id: string): Promise<Record<string, string>> {
  const view = await program.call<View>('GET', `/api/appliances/${id}`)
  const [ticketId] = view.tickets
  const ticket = ticketId
    ? await program.call<{ number: number; state: string }>('GET', `/api/tickets/${ticketId}`)
    : undefined
  const alerts = await Promise.all(
    view.alerts.map((one) => program.call<Answer<'GET /api/alerts/:id'>>('GET', `/api/alerts/${one}`)),
  )
  const open = alerts.filter(({ state }) => state === 'open' || state === 'acknowledged')
  if (!view.online)
    return { health: 'unavailable', problem: 'unavailable', ticket: 'unavailable', power: 'unavailable' }
  return {
    health: String(Math.round(view.health)),
    problem: open.length > 0 ? 'on' : 'off',
    ticket: ticket ? `${ticket.number} ${ticket.state}` : 'none',
    power: String(view.lastReading?.metrics.power ?? 'unknown'),
  }
}
const statesIn = (entities: Record<string, Entity>, like: object) =>
  Object.fromEntries(Object.keys(like).map((name) => [name, entities[name]?.state]))

describe.skipIf(serversMissing())('Home Assistant', () => {
  let dataDir: string
  let program: Program
  let server: RunningServer
  /** Somebody who listens to all. */
  let field: MqttClient
  let houses: HouseClient[]
  let place: { dir: string; more: string[] }
  const heard = new Map<string, string>()
  const said: string[] = []
  const state = () => stateOf(program)
  const appliances = new Map<string, MqttClient>()

  beforeAll(async () => {
    const dir = await newDataDir()
    place = { dir, more: ['persistence true', 'persistence_location ./'] }
    server = await startMosquitto(place)
    field = await mqtt.connectAsync(server.url, { protocolVersion: 5 })
    field.on('message', (topic, payload, { retain }) => {
      heard.set(topic, payload.toString())
      if (!retain) said.push(topic)
    })
    await field.subscribeAsync('#', { qos: 1 })
    // Somebody else's device stands where one of ours would.
    await field.publishAsync(config('taken'), FOREIGN, { qos: 1, retain: true })
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { HOMEASSISTANT_URL: server.url })
    houses = [await HouseClient.start(server.url, 5), await HouseClient.start(server.url, 4)]
  }, 120_000)
  afterAll(async () => {
    field.end(true)
    for (const client of appliances.values()) client.end(true)
    for (const house of houses) await house.stop()
    await program.stop()
    await server.stop()
    await removeDataDir(dataDir)
  })

  const register = async (id: string, kind: string, firmware?: string) => {
    const body = { id, kind, model: 'Polar 300', ...(firmware ? { firmware } : {}) }
    const { mqtt: credentials } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', body)
    return credentials.password
  }
  const connect = async (id: string, kind: string, firmware?: string) => {
    const appliance = await connectAppliance(program, id, await register(id, kind, firmware))
    appliances.set(id, appliance)
    return (what: string, body: object) =>
      appliance.publishAsync(`appliances/${kind}/${id}/${what}`, JSON.stringify(body), { qos: 1 })
  }
  /** Both houses show of an appliance what the API says of it. */
  const agree = (id: string) =>
    eventually(`${id} is as the API says`, async () => {
      const should = await asTheApiSays(program, id)
      return houses.every((house) => JSON.stringify(statesIn(house.of(id), should)) === JSON.stringify(should))
    })

  test('an appliance is a device with its entities, its values and its presence', async () => {
    const say = await connect('fridge-1', 'fridge', '2.3.1')
    await register('fridge-2', 'fridge', '2.10.0')
    await say('telemetry', { ts: Date.now() - 600_000, metrics: { power: 81.5 } })
    await eventually('its power', async () => houses.every((house) => house.of('fridge-1').power?.state === '81.5'))
    await agree('fridge-1')
    await say('telemetry', { ts: Date.now(), metrics: { power: 90.5 } })
    await eventually('its energy', async () => Number(houses[0]?.of('fridge-1').energy?.state) > 0.01)
    await agree('fridge-1')
    const entities = houses[0]?.of('fridge-1') ?? {}
    expect(Object.entries(entities).map(([name, { component }]) => [name, component.platform])).toEqual([
      ['health', 'sensor'],
      ['problem', 'binary_sensor'],
      ['ticket', 'sensor'],
      ['repair', 'sensor'],
      ['power', 'sensor'],
      ['energy', 'sensor'],
      ['firmware', 'update'],
      ['serviced', 'button'],
    ])
    expect(statesIn(entities, { health: 1, problem: 1, ticket: 1, repair: 1, firmware: 1 })).toEqual({
      health: '100',
      problem: 'off',
      ticket: 'none',
      repair: 'none',
      // A newer one was heard of the same model.
      firmware: 'on',
    })
    await appliances.get('fridge-1')?.endAsync()
    await eventually('it is away', async () =>
      houses.every((house) => house.of('fridge-1').health?.state === 'unavailable'),
    )
    await agree('fridge-1')
    expect(await state()).toMatchObject({ connected: true, version: 5, foreign: [] })
  })

  test('a fault is a problem with its cause, and what to do', async () => {
    const say = await connect('washer-1', 'washer')
    await say('telemetry', { ts: Date.now(), metrics: { power: 4 } })
    await say('event', { ts: Date.now(), type: 'error', code: 'E18' })
    await eventually('a problem', async () => houses.every((house) => house.of('washer-1').problem?.state === 'on'))
    await eventually('its ticket', async () => houses[0]?.of('washer-1').ticket?.state !== 'none')
    await agree('washer-1')
    const { problem, repair } = houses[0]?.of('washer-1') ?? {}
    const { items } = await program.call<{ items: Answer<'GET /api/alerts/:id'>[] }>(
      'GET',
      '/api/alerts?appliance=washer-1',
    )
    const [alert] = items
    expect(problem?.attributes).toMatchObject({
      cause: alert?.failureMode,
      severity: alert?.severity,
      advice: alert?.explanation.owner.en,
      since: new Date(alert?.openedAt ?? 0).toISOString(),
    })
    expect(repair?.state.slice(0, 40)).toBe(`${alert?.explanation.owner.en} `.slice(0, 40))
  })

  test('the button closes the open ticket; what a broker kept of one, or another word, closes none', async () => {
    await connect('fridge-3', 'fridge')
    const report = () => program.call('POST', '/api/appliances/fridge-3/report', { text: 'it hums' })
    await report()
    const ticket = () => houses[0]?.of('fridge-3').ticket?.state
    await eventually('the ticket', async () => ticket() !== undefined && ticket() !== 'none')
    const [house] = houses
    const button = house?.of('fridge-3').serviced?.component
    if (button?.platform !== 'button') throw new Error('no button')
    await field.publishAsync(button.command_topic, 'PRESS', { qos: 1 })
    await field.publishAsync(button.command_topic, '', { qos: 1 })
    await house?.press('fridge-3', 'serviced')
    await eventually('no ticket', async () => ticket() === 'none')
    await agree('fridge-3')
    // Kept by the broker, it comes again whenever the link subscribes.
    await server.stop(true)
    await eventually('the link is down', async () => !(await state()).connected)
    await report()
    const { port } = server
    const elsewhere = await startMosquitto(place)
    const presses = await mqtt.connectAsync(elsewhere.url)
    await presses.publishAsync(button.command_topic, 'SERVICED', { qos: 1, retain: true })
    await presses.endAsync()
    await elsewhere.stop(true)
    server = await startMosquitto({ ...place, port })
    await eventually('the link is back', async () => (await state()).connected, 40_000)
    await eventually(
      'the ticket',
      async () => ticket() !== undefined && ticket() !== 'none' && ticket() !== 'unavailable',
      40_000,
    )
    await agree('fridge-3')
    expect(heard.get(button.command_topic)).toBe('SERVICED')
    await field.publishAsync(button.command_topic, '', { qos: 1, retain: true })
  }, 120_000)

  test('a restarted house knows all of it again, and is told anew after its birth', async () => {
    said.length = 0
    for (const house of houses) await house.restart()
    for (const id of ['fridge-1', 'washer-1', 'fridge-3']) await agree(id)
    await eventually('it is told anew', async () => said.includes(config('washer-1')))
    expect(houses.map((house) => Object.keys(house.of('washer-1')).length)).toEqual([7, 7])
  })

  test('a discovery topic of somebody else is left alone, and said, also when its appliance is retired', async () => {
    await register('taken', 'fridge')
    await eventually('it is said', async () => (await state()).foreign.includes(config('taken')), 15_000)
    expect(heard.get(config('taken'))).toBe(FOREIGN)
    // Somebody takes one that was ours.
    await connect('lost', 'fridge')
    await eventually('it is shown', async () => heard.get(config('lost'))?.includes('Polar 300') ?? false, 15_000)
    const stateTopic = houses[0]?.of('lost').health?.component
    if (stateTopic?.platform !== 'sensor') throw new Error('no sensor')
    await field.publishAsync(config('lost'), FOREIGN, { qos: 1, retain: true })
    await eventually('it is said, too', async () => (await state()).foreign.includes(config('lost')), 15_000)
    await program.call('DELETE', '/api/appliances/taken')
    await program.call('DELETE', '/api/appliances/lost')
    await eventually('what was said of it is gone', async () => heard.get(stateTopic.state_topic) === '', 15_000)
    await eventually('nothing foreign is left', async () => (await state()).foreign.length === 0, 15_000)
    expect([heard.get(config('taken')), heard.get(config('lost'))]).toEqual([FOREIGN, FOREIGN])
  })

  test('what is retired goes, also what was retired while the link was away', async () => {
    await program.call('DELETE', '/api/appliances/fridge-1')
    await eventually('it is removed', async () =>
      houses.every((house) => Object.keys(house.of('fridge-1')).length === 0),
    )
    await server.stop(true)
    await eventually('the link is down', async () => !(await state()).connected)
    await program.call('DELETE', '/api/appliances/fridge-2')
    heard.clear()
    server = await startMosquitto({ ...place, port: server.port })
    await eventually('it is removed, too', async () => heard.get(config('fridge-2')) === '', 40_000)
    await eventually('of the house', async () => Object.keys(houses[0]?.of('fridge-2') ?? {}).length === 0)
  }, 90_000)

  test('nothing that was published was refused by the schema', () => {
    const ours = houses.map((house) => house.refused.filter(([, why]) => !why.includes('already')))
    // The two that are somebody else's have no components.
    expect(ours.map((refused) => [...new Set(refused.map(([topic]) => topic))].sort())).toEqual([
      [config('lost'), config('taken')],
      [config('lost'), config('taken')],
    ])
  })
})

test('a broker of 3.1.1 alone shows them as well', async () => {
  const dataDir = await newDataDir()
  const bare = await startBareAedes()
  const url = `mqtt://127.0.0.1:${bare.port}`
  const program = await startProgram(dataDir, { HOMEASSISTANT_URL: url, HOMEASSISTANT_PREFIX: 'ha/discovery' })
  const house = await HouseClient.start(url, 4, 'ha/discovery')
  const body = { id: 'f1', kind: 'fridge', model: 'Polar 300' }
  const { mqtt: credentials } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', body)
  const appliance = await connectAppliance(program, 'f1', credentials.password)
  await eventually('its health', async () => house.of('f1').health?.state === '100', 30_000)
  expect(await stateOf(program)).toMatchObject({ connected: true, version: 4 })
  expect(house.refused).toEqual([])
  await appliance.endAsync()
  await program.call('DELETE', '/api/appliances/f1')
  await eventually('it is gone', async () => Object.keys(house.of('f1')).length === 0)
  await house.stop()
  await program.stop()
  await bare.stop()
  await removeDataDir(dataDir)
}, 90_000)

const FOREIGN = '{"dev":{"ids":["x"]},"o":{"name":"other"}}'
