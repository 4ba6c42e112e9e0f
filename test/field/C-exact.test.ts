// A frame is judged the same by whoever judges it again; what is retried is judged by the time and catalog of the retry.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { preload } from '../../lab/torture/preloads/preload.ts'
import {
  connectAppliance,
  type IngestAnswer,
  newDataDir,
  type Program,
  quiet,
  removeDataDir,
  startProgram,
} from '../program.ts'
import { kindFile } from './kindFile.ts'

let dataDir = ''
let kind = ''
let program: Program
let password = ''
beforeEach(async () => {
  dataDir = await newDataDir()
  kind = join(dataDir, 'catalog', 'kettle.json')
  await mkdir(join(dataDir, 'catalog'), { recursive: true })
})
afterEach(async () => {
  await program.stop()
  await removeDataDir(dataDir)
})
const start = async (env: Record<string, string> = {}): Promise<void> => {
  program = await startProgram(dataDir, env)
}
async function register(): Promise<void> {
  const body = { id: 'k1', kind: 'kettle', model: 'K' }
  password = (await program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', body)).mqtt.password
}
async function send(...readings: object[]): Promise<void> {
  const client = await connectAppliance(program, 'k1', password)
  for (const reading of readings)
    await client.publishAsync('appliances/kettle/k1/telemetry', JSON.stringify(reading), { qos: 1 })
  client.end(true)
}
const told = (metric = 'waterTemp') =>
  program.call<{ ts: number[]; series: Record<string, { mean: (number | null)[] }> }>(
    'GET',
    `/api/appliances/k1/telemetry?from=0&to=4000000000000&points=1000&metrics=${metric}`,
  )
const T = Date.now() - 3_600_000

test('C1 a reading that was set aside for its missing kind is stored once when the kind is back, over a kill', async () => {
  await writeFile(kind, JSON.stringify(kindFile('kettle', ['waterTemp'])))
  await start()
  await register()
  await program.kill()
  await rm(kind)
  await start()
  await send({ ts: T, metrics: { waterTemp: 20 } })
  expect((await quiet(program)).readings).toMatchObject({ stored: 0, quarantined: { 'bad-shape': 1 } })
  await program.kill()
  await writeFile(kind, JSON.stringify(kindFile('kettle', ['waterTemp'])))
  await start()
  await program.call('POST', '/api/quarantine/replay', {})
  expect((await quiet(program)).readings).toEqual({ received: 1, stored: 1, duplicates: 0, quarantined: {} })
  expect((await told()).ts).toEqual([T])
  await send({ ts: T, metrics: { waterTemp: 20 } })
  expect((await quiet(program)).readings).toMatchObject({ stored: 1, duplicates: 1 })
})

test('C1 a range that is widened between a crash and the next start changes nothing of what was judged before', async () => {
  await writeFile(kind, JSON.stringify(kindFile('kettle', ['waterTemp'], 90)))
  await start()
  await register()
  await send({ ts: T, metrics: { waterTemp: 99 } }, { ts: T + 1, metrics: { waterTemp: 50 } })
  expect((await quiet(program)).readings).toMatchObject({ stored: 1, quarantined: { 'no-valid-metric': 1 } })
  await program.kill()
  await writeFile(kind, JSON.stringify(kindFile('kettle', ['waterTemp', 'power'], 120)))
  await start()
  await send({ ts: T, metrics: { waterTemp: 99 } })
  expect((await quiet(program)).readings).toEqual({
    received: 3,
    stored: 2,
    duplicates: 0,
    quarantined: { 'no-valid-metric': 1 },
  })
  expect((await told()).series.waterTemp?.mean).toEqual([99, 50])
})

test('C1 a kind that is taken out after a reading was stored keeps it, and knows its repeat when it is back', async () => {
  await writeFile(kind, JSON.stringify(kindFile('kettle', ['waterTemp', 'lidTemp'])))
  await start()
  await register()
  await send({ ts: T, metrics: { waterTemp: 20, lidTemp: 21 } })
  await program.kill()
  await rm(kind)
  await start()
  expect((await quiet(program)).readings).toMatchObject({ received: 1, stored: 1 })
  await program.kill()
  await writeFile(kind, JSON.stringify(kindFile('kettle', ['lidTemp', 'waterTemp', 'power'])))
  await start()
  await send({ ts: T, metrics: { waterTemp: 20, lidTemp: 21 } })
  expect((await quiet(program)).readings).toMatchObject({ received: 2, stored: 1, duplicates: 1 })
  expect((await told('waterTemp')).series.waterTemp?.mean).toEqual([20])
  expect((await told('lidTemp')).series.lidTemp?.mean).toEqual([21])
})

test('C3 a reading that a wrong clock refused is stored when it is tried again by the right one', async () => {
  await writeFile(kind, JSON.stringify(kindFile('kettle', ['waterTemp'])))
  const offset = join(dataDir, 'offset')
  await writeFile(offset, String(-86_400_000))
  await start(preload('clockJump', { CLOCK_OFFSET_FILE: offset }))
  await register()
  await send({ ts: T, metrics: { waterTemp: 20 } })
  expect((await quiet(program)).readings).toMatchObject({ quarantined: { 'in-future': 1 } })
  await writeFile(offset, '0')
  // Its clocks look at the file every 20 ms.
  await wait(200)
  await program.call('POST', '/api/quarantine/replay', { reason: 'in-future' })
  expect((await quiet(program)).readings).toEqual({ received: 1, stored: 1, duplicates: 0, quarantined: {} })
})

test('C6 the same reading with an unknown state added is a duplicate; a known one makes it another', async () => {
  const file = { ...kindFile('kettle', ['waterTemp']), states: { mode: ['boil', 'keep'] } }
  await writeFile(kind, JSON.stringify(file))
  await start()
  await register()
  const reading = { ts: T, metrics: { waterTemp: 20 }, states: { mode: 'boil' } }
  await send(
    reading,
    { ...reading, states: { mode: 'boil', lid: 'open' } },
    { ...reading, states: { mode: 'boil', toString: { a: 1 } } },
    { ...reading, states: { mode: 'keep' } },
  )
  expect((await quiet(program)).readings).toEqual({
    received: 4,
    stored: 1,
    duplicates: 2,
    quarantined: { conflict: 1 },
  })
})

test('C2 what is counted as stored can be read at once, in every answer while readings come', async () => {
  await writeFile(kind, JSON.stringify(kindFile('kettle', ['waterTemp'])))
  await start()
  await register()
  const sending = send(...Array.from({ length: 50 }, (_, i) => ({ ts: T + i, metrics: { waterTemp: 20 } })))
  for (let stored = 0; stored < 50; ) {
    const { readings, messages } = await program.call<IngestAnswer>('GET', '/api/ingest')
    const { ts } = await told()
    expect(ts.length).toBeGreaterThanOrEqual(readings.stored)
    expect(messages.processed).toBe(readings.stored)
    expect(messages.acked).toBeGreaterThanOrEqual(messages.processed)
    expect(readings.received).toBe(readings.stored)
    stored = readings.stored
  }
  await sending
  await program.kill()
  await start()
  const { messages, readings } = await program.call<IngestAnswer>('GET', '/api/ingest')
  expect(messages.acked).toBe(50)
  expect(messages.processed).toBe(readings.stored)
})
