// PostgreSQL: while it is away every call says so and may be tried again; no text reaches it that it refuses.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  connectAppliance,
  eventually,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../program.ts'
import { fetchServers, freePort, type RunningServer, serversMissing, startPostgres } from '../servers/servers.ts'

describe.skipIf(serversMissing())('on PostgreSQL', () => {
  let place: { port: number; dir: string }
  let postgres: RunningServer
  let dataDir: string
  let program: Program
  beforeAll(async () => {
    fetchServers()
    place = { port: await freePort(), dir: await mkdtemp(join(tmpdir(), 'hearthwatch-postgres-')) }
    postgres = await startPostgres(place)
    dataDir = await newDataDir()
    program = await startProgram(dataDir, { POSTGRES_URL: postgres.url })
  })
  afterAll(async () => {
    await program?.stop()
    await postgres?.stop()
    await removeDataDir(dataDir)
  })
  const register = (id: string) =>
    program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', { id, kind: 'washer', model: 'M1' })

  test('A a NUL in what an appliance says never ends a transaction', async () => {
    const { mqtt } = await register('w1')
    const client = await connectAppliance(program, 'w1', mqtt.password)
    const ts = Date.now() - 60_000
    const reading = { ts, metrics: { power: 3 }, firmware: '1.0\u0000x' }
    await client.publishAsync('appliances/washer/w1/telemetry', JSON.stringify(reading), { qos: 1 })
    for (const body of [
      { ts: ts + 1, type: 'error', code: 'E18' },
      { ts: ts + 2, type: 'error', code: 'E\u0000' },
    ])
      await client.publishAsync('appliances/washer/w1/event', JSON.stringify(body), { qos: 1 })
    client.end(true)
    await quiet(program)
    await eventually('the alert of the sound frame', async () => {
      const { items } = await program.call<{ items: object[] }>('GET', '/api/alerts?appliance=w1&state=open')
      return items.length > 0
    })
    expect(program.output()).not.toContain('0x00')
  })

  test('A while it is away every call is 503 and may be tried again, and it goes on once it is back', {
    timeout: 120_000,
  }, async () => {
    await postgres.stop(true)
    const calls: [string, string, object?][] = [
      ['GET', '/api/alerts'],
      ['GET', '/api/tickets'],
      ['GET', '/api/jobs'],
      ['POST', '/api/appliances/w1/report', { text: 'it hums' }],
      ['POST', '/api/appliances', { id: 'w2', kind: 'washer', model: 'M1' }],
    ]
    for (const [method, path, body] of calls)
      await expect(program.call(method, path, body), `${method} ${path}`).rejects.toThrow(/ 503 .*"retryable":true/)
    postgres = await startPostgres(place)
    await eventually('it goes on', () => register('w2'))
  })
})
