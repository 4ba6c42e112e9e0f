// Appliances at a broker of somebody else. What kills of both sides come to is tried in test/torture/outside.test.ts.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt, { type MqttClient } from 'mqtt'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Answer } from '../dashboards/api/answers/index.ts'
import { startBareAedes } from '../lab/bench/startBareAedes.ts'
import { certificateOf, openAuthority } from './certificates.ts'
import { eventually, newDataDir, type Program, quiet, removeDataDir, startProgram } from './program.ts'
import { type RunningServer, serversMissing, startMosquitto } from './servers/servers.ts'

describe.skipIf(serversMissing()).each([5, 4] as const)('an outside broker, MQTT version %i', (version) => {
  let dataDir: string
  let program: Program
  let server: RunningServer
  let field: MqttClient
  const state = () => program.call<Answer<'GET /api/outside-broker'>>('GET', '/api/outside-broker')
  beforeEach(async () => {
    server = await startMosquitto()
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { MQTT_URL: server.url, MQTT_VERSION: String(version) })
    await eventually('the link', async () => (await state()).connected)
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
  const say = (id: string, i: number) => field.publishAsync(`appliances/fridge/${id}/telemetry`, reading(i), { qos: 1 })

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
  test('a group shares what comes, and who leaves it for another, or for none, leaves all of it to the others', async () => {
    const dataDir = await newDataDir()
    const server = await startMosquitto()
    let program = await startProgram(dataDir, { MQTT_URL: server.url, MQTT_GROUP: 'desks' })
    await program.call('POST', '/api/appliances', { id: 'f1', kind: 'fridge', model: 'Polar 300' })
    const state = () => program.call<Answer<'GET /api/outside-broker'>>('GET', '/api/outside-broker')
    await eventually('the link', async () => (await state()).connected)
    const other = await mqtt.connectAsync(server.url, { protocolVersion: 5 })
    let others = 0
    other.on('message', () => others++)
    await other.subscribeAsync('$share/desks/appliances/+/+/telemetry', { qos: 1 })
    const say = async (from: number) => {
      for (let i = from; i < from + 20; i++)
        await other.publishAsync('appliances/fridge/f1/telemetry', reading(i), { qos: 1 })
    }
    await say(0)
    // What each of the two has comes by its own way: together it is all of it, and nothing twice.
    await eventually('all of it', async () => (await quiet(program)).readings.stored + others >= 20)
    const { readings } = await quiet(program)
    expect([readings.stored > 0, others > 0, readings.stored + others]).toEqual([true, true, 20])
    let stored = readings.stored
    const changes: Record<string, string>[] = [{ MQTT_GROUP: 'lab' }, {}, { MQTT_VERSION: '4' }]
    for (const [i, env] of changes.entries()) {
      await program.stop()
      program = await startProgram(dataDir, { MQTT_URL: server.url, ...env })
      await eventually('the link', async () => (await state()).connected)
      others = 0
      await say(20 * (i + 1))
      await eventually('all of it there', async () => others >= 20)
      await eventually('all of it here', async () => (await quiet(program)).readings.stored >= stored + 20)
      stored = (await quiet(program)).readings.stored
      expect([others, stored]).toEqual([20, readings.stored + 20 * (i + 1)])
    }
    await other.endAsync()
    await program.stop()
    await server.stop()
    await removeDataDir(dataDir)
  }, 120_000)

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

  test('of 3.1.1 alone is spoken to in 3.1.1', async () => {
    const dataDir = await newDataDir()
    // It closes the connection over a CONNECT of version 5, with a word of 3.1.1.
    const bare = await startBareAedes()
    const program = await startProgram(dataDir, { MQTT_URL: `mqtt://127.0.0.1:${bare.port}` })
    const state = () => program.call<Answer<'GET /api/outside-broker'>>('GET', '/api/outside-broker')
    await eventually('the link', async () => (await state()).connected)
    expect(await state()).toEqual({ connected: true, version: 4, appliances: 0 })
    await program.call('POST', '/api/appliances', { id: 'f1', kind: 'fridge', model: 'Polar 300' })
    const field = await mqtt.connectAsync(`mqtt://127.0.0.1:${bare.port}`)
    await field.publishAsync('appliances/fridge/f1/telemetry', reading(1), { qos: 1 })
    await eventually('its reading', async () => (await quiet(program)).readings.stored === 1)
    await field.endAsync()
    await program.stop()
    await bare.stop()
    await removeDataDir(dataDir)
  })

  test('over TLS it is believed by its authority alone', async () => {
    const [dataDir, dir] = [await newDataDir(), mkdtempSync(join(tmpdir(), 'mosquitto-'))]
    const authority = await openAuthority('company')
    const { cert, key } = await certificateOf('broker', authority, 10)
    writeFileSync(join(dir, 'authority.pem'), authority.cert)
    writeFileSync(join(dir, 'cert.pem'), cert)
    writeFileSync(join(dir, 'key.pem'), key)
    const server = await startMosquitto({ dir, more: ['certfile cert.pem', 'keyfile key.pem'] })
    const MQTT_URL = `mqtts://127.0.0.1:${server.port}`
    const stateOf = (one: Program) => one.call<Answer<'GET /api/outside-broker'>>('GET', '/api/outside-broker')
    const strict = await startProgram(dataDir, { MQTT_URL })
    await eventually('its error', async () => (await stateOf(strict)).error !== undefined)
    expect((await stateOf(strict)).error).toMatch(/certificate/)
    await strict.stop()
    const program = await startProgram(dataDir, { MQTT_URL, NODE_EXTRA_CA_CERTS: join(dir, 'authority.pem') })
    await eventually('the link', async () => (await stateOf(program)).connected)
    await program.call('POST', '/api/appliances', { id: 'f1', kind: 'fridge', model: 'Polar 300' })
    const field = await mqtt.connectAsync(MQTT_URL, { ca: authority.cert })
    await field.publishAsync('appliances/fridge/f1/telemetry', reading(1), { qos: 1 })
    await eventually('its reading', async () => (await quiet(program)).readings.stored === 1)
    await field.endAsync()
    await program.stop()
    await server.stop()
    await removeDataDir(dataDir)
  })
})

const reading = (i: number): string =>
  JSON.stringify({ ts: Date.UTC(2026, 5, 1) + i * 60_000, metrics: { power: i % 500 } })
