// On InfluxDB, too: what is counted as stored can be read at once, while readings come and after a kill.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  connectAppliance,
  type IngestAnswer,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../program.ts'
import { fetchServers, type RunningServer, serversMissing, startInflux } from '../servers/servers.ts'

describe.skipIf(serversMissing())('on InfluxDB', () => {
  let influx: RunningServer
  let dataDir: string
  let program: Program
  let password: string
  const start = () => startProgram(dataDir, { INFLUX_URL: influx.url })
  beforeAll(async () => {
    fetchServers()
    influx = await startInflux()
    dataDir = await newDataDir()
    program = await start()
    const made = await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', {
      id: 'f1',
      kind: 'fridge',
      model: 'M',
    })
    password = made.mqtt.password
  }, 180_000)
  afterAll(async () => {
    await program?.stop()
    await influx?.stop()
    await removeDataDir(dataDir)
  })
  let ts = Date.now() - 86_400_000
  const first = ts
  async function send(count: number): Promise<void> {
    const client = await connectAppliance(program, 'f1', password)
    client.on('error', () => undefined)
    for (let i = 0; i < count; i++) {
      const reading = { ts: ts++, metrics: { power: 80 }, firmware: '1.0\n"\\' }
      await client.publishAsync('appliances/fridge/f1/telemetry', JSON.stringify(reading), { qos: 1 })
    }
    await client.endAsync()
  }
  async function look(): Promise<number> {
    const { readings, messages } = await program.call<IngestAnswer>('GET', '/api/ingest')
    const { ts: found } = await program.call<{ ts: number[] }>(
      'GET',
      `/api/appliances/f1/telemetry?from=${first}&to=${first + 1_000_000}&points=100000`,
    )
    expect(found.length).toBeGreaterThanOrEqual(readings.stored)
    expect(messages.processed).toBe(readings.stored)
    expect(messages.acked).toBeGreaterThanOrEqual(messages.processed)
    return readings.stored
  }

  test('C2 what is counted as stored can be read at once, in every answer while readings come', {
    timeout: 120_000,
  }, async () => {
    const sending = send(300)
    while ((await look()) < 300);
    await sending
    const more = send(100).catch(() => undefined)
    await program.kill()
    await more
    program = await start()
    await look()
    const { readings, messages } = await quiet(program)
    expect(messages.processed).toBe(messages.acked)
    expect(readings.received).toBe(readings.stored + readings.duplicates)
    expect(await look()).toBe(readings.stored)
  })
})
