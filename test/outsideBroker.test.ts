// Appliances at a broker of somebody else: what that broker holds comes here once, whoever of the two is killed.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Answer } from '../dashboards/api/answers/index.ts'
import { eventually, newDataDir, type Program, quiet, removeDataDir, startProgram } from './program.ts'
import { type RunningServer, serversMissing, startMosquitto } from './servers/servers.ts'

describe.skipIf(serversMissing()).each([5, 4] as const)('an outside broker, MQTT version %i', (version) => {
  let dataDir: string
  let program: Program
  let server: RunningServer
  let place: { dir: string; more: string[] }
  let field: MqttClient
  const state = () => program.call<Answer<'GET /api/outside-broker'>>('GET', '/api/outside-broker')
  const start = async (): Promise<void> => {
    program = await startProgram(dataDir, { MQTT_URL: server.url, MQTT_VERSION: String(version) })
    await eventually('the link', async () => (await state()).connected)
  }
  beforeEach(async () => {
    const dir = mkdtempSync(join(tmpdir(), 'mosquitto-'))
    place = {
      dir,
      more: ['persistence true', 'persistence_location ./', 'max_queued_messages 0', 'max_inflight_messages 100'],
    }
    server = await startMosquitto(place)
    dataDir = await newDataDir()
    await start()
    await program.call(
      'POST',
      '/api/appliances',
      [1, 2, 3].map((i) => ({ id: `f${i}`, kind: 'fridge', model: 'Polar 300' })),
    )
    field = await mqtt.connectAsync(server.url, { clientId: 'field', clean: false, reconnectPeriod: 100 })
  }, 120_000)
  afterEach(async () => {
    field.end(true)
    await program.stop()
    await server.stop()
    await removeDataDir(dataDir)
  })
  const say = (id: string, i: number) => {
    const reading = { ts: Date.UTC(2026, 5, 1) + i * 60_000, metrics: { power: i % 500 } }
    return field.publishAsync(`appliances/fridge/${id}/telemetry`, JSON.stringify(reading), { qos: 1 })
  }

  test('what it acknowledged is stored once, over kills of both sides', async () => {
    let acknowledged = 0
    let isOver = false
    const senders = [1, 2, 3].map(async (number) => {
      for (let i = 0; !isOver; i++) {
        await say(`f${number}`, i)
        acknowledged++
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    })
    for (let kill = 0; kill < 3; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 700))
      await program.kill()
      await new Promise((resolve) => setTimeout(resolve, 300))
      await start()
    }
    // Mosquitto writes what it holds when it is ended in order; killed, it forgets what it acknowledged.
    await server.stop(true)
    server = await startMosquitto({ ...place, port: server.port })
    await eventually('the link is back', async () => (await state()).connected)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    isOver = true
    await Promise.all(senders)
    await eventually(
      'all of it',
      async () => {
        const { readings } = await quiet(program)
        return readings.stored >= acknowledged
      },
      30_000,
    )
    const { readings } = await quiet(program)
    console.log(
      `version ${version}: ${acknowledged} acknowledged, ${readings.stored} stored, ${readings.duplicates} repeats`,
    )
    expect(readings.stored).toBe(acknowledged)
    expect(readings.quarantined).toEqual({})
  }, 180_000)

  test('commands go down over it, and their answers come back', async () => {
    const commands: { id: string }[] = []
    field.on('message', (_, payload) => commands.push(JSON.parse(payload.toString()) as { id: string }))
    await field.subscribeAsync('appliances/fridge/f1/command', { qos: 1 })
    await say('f1', 1)
    const { id } = await program.call<{ id: string }>('POST', '/api/appliances/f1/commands', { type: 'restart' })
    await eventually('the command', async () => commands.some((one) => one.id === id))
    await field.publishAsync('appliances/fridge/f1/command/ack', JSON.stringify({ id, result: 'done' }), { qos: 1 })
    const stateOf = async () => (await program.call<{ state: string }>('GET', `/api/commands/${id}`)).state
    await eventually('done', async () => (await stateOf()) === 'done')
    expect(await state()).toMatchObject({ version, appliances: 1 })
    expect((await program.call<{ online: boolean }>('GET', '/api/appliances/f1')).online).toBe(true)
  })

  test('plugs at it are heard and mapped', async () => {
    await field.publishAsync('zigbee2mqtt/plug', '{"power":5}', { qos: 1 })
    const device = await eventually('heard', async () =>
      (await program.call<Answer<'GET /api/mapping'>>('GET', '/api/mapping')).devices.find(
        (one) => one.device === 'plug',
      ),
    )
    const { source, format } = device
    const values = [{ value: 'power', metric: 'power', unit: 'W' }]
    await program.call('POST', '/api/mapping', {
      source,
      format,
      device: 'plug',
      appliance: 'plug-1',
      kind: 'fridge',
      values,
    })
    await field.publishAsync('zigbee2mqtt/plug', '{"power":77}', { qos: 1 })
    await eventually('its reading', async () => {
      const { lastReading } = await program.call<{ lastReading: { metrics: object } | null }>(
        'GET',
        '/api/appliances/plug-1',
      )
      return JSON.stringify(lastReading?.metrics) === '{"power":77}'
    })
  })
})

describe.skipIf(serversMissing())('a group, and a broker that does not let it in', () => {
  test('a group shares what comes', async () => {
    const dataDir = await newDataDir()
    const server = await startMosquitto()
    const program = await startProgram(dataDir, { MQTT_URL: server.url, MQTT_GROUP: 'desks' })
    await program.call('POST', '/api/appliances', { id: 'f1', kind: 'fridge', model: 'Polar 300' })
    const state = () => program.call<Answer<'GET /api/outside-broker'>>('GET', '/api/outside-broker')
    await eventually('the link', async () => (await state()).connected)
    const other = await mqtt.connectAsync(server.url, { protocolVersion: 5 })
    let others = 0
    other.on('message', () => others++)
    await other.subscribeAsync('$share/desks/appliances/+/+/telemetry', { qos: 1 })
    for (let i = 0; i < 20; i++) {
      const reading = { ts: Date.UTC(2026, 5, 1) + i * 60_000, metrics: { power: i } }
      await other.publishAsync('appliances/fridge/f1/telemetry', JSON.stringify(reading), { qos: 1 })
    }
    // What each of the two has comes by its own way: together it is all of it, and nothing twice.
    await eventually('all of it', async () => (await quiet(program)).readings.stored + others >= 20)
    const { readings } = await quiet(program)
    expect([readings.stored > 0, others > 0, readings.stored + others]).toEqual([true, true, 20])
    await other.endAsync()
    await program.stop()
    await server.stop()
    await removeDataDir(dataDir)
  }, 60_000)

  test('is said in a sentence, and appliances of our own are served meanwhile', async () => {
    const dataDir = await newDataDir()
    const server = await startMosquitto({ more: ['allow_anonymous false'] })
    const program = await startProgram(dataDir, { MQTT_URL: server.url })
    const state = () => program.call<Answer<'GET /api/outside-broker'>>('GET', '/api/outside-broker')
    await eventually('its error', async () => ((await state()).error?.length ?? 0) > 5)
    expect(await state()).toMatchObject({ connected: false })
    await program.stop()
    await server.stop()
    await removeDataDir(dataDir)
  })
})
