import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fleet } from '../lab/torture/roles.ts'
import { connectAppliance, eventually, newDataDir, removeDataDir, runDoctor, runToEnd } from './program.ts'
import { type RunningServer, serversMissing, startPostgres, startRedis } from './servers/servers.ts'

/** A change at the house is known at each edge within it. */
const SOON_MS = 2_000

test.each([
  ['edge', { REDIS_URL: 'redis://127.0.0.1:1' }, 'POSTGRES_URL'],
  ['edge', { POSTGRES_URL: 'postgres://127.0.0.1:1/x' }, 'REDIS_URL'],
  ['analysis,service,web', {}, 'POSTGRES_URL'],
  ['edge', { SIMULATE: '10' }, 'SIMULATE=0'],
  ['edge', { CLOCK: 'telemetry' }, 'CLOCK=wall'],
  ['web', {}, '--role edge'],
])('--role %s with %o does not start, and says %s', async (role, env, says) => {
  const dataDir = await newDataDir()
  const { code, output } = await runToEnd(dataDir, env, ['--role', role])
  expect(code).toBe(1)
  expect(output).toContain(says)
  await removeDataDir(dataDir)
})

describe.skipIf(serversMissing())('doors by themselves', () => {
  let redis: RunningServer
  let postgres: RunningServer
  let fleet: Fleet
  const clients: MqttClient[] = []
  beforeAll(async () => {
    ;[redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  })
  afterAll(async () => {
    for (const client of clients) client.end(true)
    await fleet?.stop()
    await redis.stop()
    await postgres.stop()
  })
  const servers = () => ({ POSTGRES_URL: postgres.url, REDIS_URL: redis.url })
  const edgeAlone = async (key?: (live: string) => void) => {
    const dataDir = await newDataDir()
    mkdirSync(join(dataDir, 'live'))
    key?.(join(dataDir, 'live', 'device-key'))
    const { code, output } = await runToEnd(dataDir, servers(), ['--role', 'edge'])
    await removeDataDir(dataDir)
    return { code, output }
  }
  const register = async (id: string): Promise<string> => {
    const body = [{ id, kind: 'fridge', model: 'M1', reports: 'interval' }]
    const [made] = await fleet.house.program.call<{ mqtt: { password: string } }[]>('POST', '/api/appliances', body)
    return made?.mqtt.password ?? ''
  }
  const signIn = (id: string, password: string, edge: number): Promise<MqttClient> =>
    eventually(
      `${id} signed in`,
      async () => {
        const program = fleet.edges[edge]?.program
        if (!program) throw new Error('no such edge')
        const client = await connectAppliance(program, id, password)
        clients.push(client)
        return client
      },
      SOON_MS,
    )

  test('an edge does not start without the key of the house, nor before the house', async () => {
    expect(await edgeAlone()).toMatchObject({ code: 1, output: expect.stringContaining('device-key') })
    const any = (path: string): void => writeFileSync(path, 'c29tZXRoaW5nIGVsc2Ugb2YgdGhpcnR5LXR3byBieXRlcw\n')
    expect(await edgeAlone(any)).toMatchObject({
      code: 1,
      output: expect.stringContaining('Start the process with the desk'),
    })
    fleet = await Fleet.start(servers())
    expect(await edgeAlone(any)).toMatchObject({
      code: 1,
      output: expect.stringContaining('is not the key of the house'),
    })
  })

  test('who is registered at the house signs in at an edge at once; a new secret or a retirement ends the session', async () => {
    const password = await register('fridge-a')
    const client = await signIn('fridge-a', password, 0)
    const gone = (one: MqttClient) => new Promise<void>((resolve) => one.once('close', resolve))
    const ended = gone(client)
    const { house } = fleet
    const { mqtt } = await house.program.call<{ mqtt: { password: string } }>(
      'POST',
      '/api/appliances/fridge-a/credentials',
      {},
    )
    await ended
    await expect(
      connectAppliance({ mqttUrl: fleet.edges[0]?.program.mqttUrl ?? '' }, 'fridge-a', password),
    ).rejects.toThrow()
    const again = await signIn('fridge-a', mqtt.password, 1)
    const retired = gone(again)
    await house.program.call('DELETE', '/api/appliances/fridge-a')
    await retired
  })

  test('a command reaches an appliance at an edge, and its answer the desk', async () => {
    const client = await signIn('fridge-b', await register('fridge-b'), 1)
    const heard = new Promise<{ id: string; type: string }>((resolve) =>
      client.once('message', (_, payload) => resolve(JSON.parse(payload.toString()))),
    )
    await client.subscribeAsync('appliances/fridge/fridge-b/command', { qos: 1 })
    const { program } = fleet.house
    const sent = await program.call<{ id: string }>('POST', '/api/appliances/fridge-b/commands', { type: 'restart' })
    const command = await heard
    expect(command).toMatchObject({ id: sent.id, type: 'restart' })
    const answer = JSON.stringify({ id: command.id, result: 'done' })
    await client.publishAsync('appliances/fridge/fridge-b/command/ack', answer, { qos: 1 })
    await eventually(
      'the command is done',
      async () => (await program.call<{ state: string }>('GET', `/api/commands/${sent.id}`)).state === 'done',
      SOON_MS,
    )
  })

  test('what an edge acknowledged is stored, and the house says how its doors stand', async () => {
    const client = await signIn('fridge-c', await register('fridge-c'), 0)
    const ts = Date.now() - 60_000
    const reading = JSON.stringify({ ts, metrics: { power: 42, cabinetTemp: 4 } })
    await client.publishAsync('appliances/fridge/fridge-c/telemetry', reading, { qos: 1 })
    await fleet.arrived(10_000)
    const { program } = fleet.house
    const stored = await eventually('it is stored', async () => {
      const path = `/api/appliances/fridge-c/telemetry?from=${ts - 1}&to=${ts + 1}&points=10&metrics=power`
      const { ts: times, series } = await program.call<{ ts: number[]; series: { power?: { mean: number[] } } }>(
        'GET',
        path,
      )
      return times.length > 0 && { times, power: series.power?.mean }
    })
    expect(stored).toEqual({ times: [ts], power: [42] })
    const { edges } = await program.call<{ edges: { heardAt: number }[] }>('GET', '/api/ingest')
    expect(edges.map(({ heardAt }) => Date.now() - heardAt < 5_000)).toEqual([true, true])
  })

  test('monitoring and the doctor say how the doors stand, asked at the house and at a door', async () => {
    await fleet.arrived(10_000)
    const { program } = fleet.house
    const metrics = await (await fetch(`${program.url}/metrics`)).text()
    expect(metrics.match(/^hearthwatch_edge_waiting_bytes\{edge="\w+"\} 0$/gm)).toHaveLength(2)
    expect(metrics.match(/^hearthwatch_edge_silent_ms\{edge="\w+"\} \d{1,4}$/gm)).toHaveLength(2)
    expect(metrics).toMatch(/^hearthwatch_edges_silent 0$/m)
    const asked = (one: Fleet['house'] | undefined) =>
      runDoctor({ ...servers(), ...one?.env, DATA_DIR: one?.dataDir ?? '' })
    const atHouse = await asked(fleet.house)
    expect(atHouse.said.match(/✓ edge \w+: the house has all that it acknowledged/g)).toHaveLength(2)
    expect(atHouse.said).toMatch(/✓ redis: \d+\.\d+\S* answers/)
    const atDoor = await asked(fleet.edges[0])
    expect(atDoor).toMatchObject({ code: 0, said: expect.stringMatching(/✓ edge \w+ \(this one\): the house has all/) })
    expect(atDoor.said).toContain('✓ key: the one of the house')
    expect(atDoor.said).toContain('✓ service: a door for appliances')
  })
})
