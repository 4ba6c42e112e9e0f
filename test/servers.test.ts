// The same program on the servers that one outgrows into: InfluxDB, PostgreSQL and Redis, each started here.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from './program.ts'
import {
  fetchServers,
  type RunningServer,
  serversMissing,
  startInflux,
  startPostgres,
  startRedis,
} from './servers/servers.ts'

describe.skipIf(serversMissing())('on InfluxDB, PostgreSQL and Redis', () => {
  const servers: RunningServer[] = []
  let env: Record<string, string>
  let dataDir: string
  let program: Program
  beforeAll(async () => {
    fetchServers()
    const [influx, postgres, redis] = await Promise.all([startInflux(), startPostgres(), startRedis()])
    servers.push(influx, postgres, redis)
    env = { CLOCK: 'telemetry', INFLUX_URL: influx.url, POSTGRES_URL: postgres.url, REDIS_URL: redis.url }
    dataDir = await newDataDir()
    program = await startProgram(dataDir, env)
  })
  afterAll(async () => {
    await program?.stop()
    for (const server of servers) await server.stop()
    await removeDataDir(dataDir)
  })

  const START = Date.UTC(2026, 2, 1)
  const readings = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      ts: START + (from + i) * 60_000,
      metrics: { cabinetTemp: 4 + (i % 5) / 10, power: 80 },
    }))

  test('readings are stored, repeats and conflicts told apart, and a kill loses nothing', {
    timeout: 300_000,
  }, async () => {
    const { mqtt } = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
      id: 'fridge-1',
      kind: 'fridge',
      model: 'M1',
      owner: { name: 'Ann', contact: 'ann@example.invalid', language: 'en' },
    })
    const send = async (body: unknown): Promise<void> => {
      const client = await connectAppliance(program, 'fridge-1', mqtt.password)
      await client.publishAsync('appliances/fridge/fridge-1/telemetry', JSON.stringify(body), { qos: 1 })
      await client.endAsync()
    }
    await send(readings(0, 500))
    await send(
      readings(400, 100).map((reading, i) =>
        i === 7
          ? { ...reading, metrics: { power: 1 } }
          : { ...reading, metrics: { cabinetTemp: 4 + ((400 + i) % 5) / 10, power: 80 } },
      ),
    )
    await send(readings(500, 300))
    await program.kill()
    program = await startProgram(dataDir, env)
    await send(readings(500, 300))
    const balance = await quiet(program)
    expect(balance.readings).toMatchObject({
      received: 1200,
      stored: 800,
      duplicates: 399,
      quarantined: { conflict: 1 },
    })
    const { ts } = await program.call<{ ts: number[] }>(
      'GET',
      `/api/appliances/fridge-1/telemetry?from=${START}&to=${START + 1e9}&points=100000`,
    )
    expect(ts).toEqual(Array.from({ length: 800 }, (_, i) => START + i * 60_000))
  })

  test('a report becomes a ticket, and its notices leave through the queue', async () => {
    const ticket = await program.call<{ id: string; state: string; ownerLink: string }>(
      'POST',
      '/api/appliances/fridge-1/report',
      { text: 'It is warm.' },
    )
    expect(ticket.state).toBe('accepted')
    await eventually('the mail to leave', async () => {
      const { waiting, dead } = await program.call<{ waiting: number; dead: number }>('GET', '/api/jobs')
      expect(dead).toBe(0)
      return waiting === 0
    })
    const { items } = await program.call<{ items: { ticket: string }[] }>('GET', '/api/inbox?of=owners')
    expect(items.map((notice) => notice.ticket)).toContain(ticket.id)
  })
})
