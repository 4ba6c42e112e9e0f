// The threads of the database and of the simulated world are started again when they die: what was asked of them then is
// answered with 503, what was under way is rolled back, and everything goes on.
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { preload } from '../../lab/torture/preloads/preload.ts'
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
let wishes: string
let env: Record<string, string>
let program: Program
beforeAll(async () => {
  dataDir = await newDataDir()
  wishes = await mkdtemp(join(tmpdir(), 'hearthwatch-ends-'))
  env = preload('threadEnds', { END_THREADS: wishes })
  program = await startProgram(dataDir, env)
})
afterAll(async () => {
  await program.stop()
  await removeDataDir(dataDir)
  await removeDataDir(wishes)
})

const endThread = (name: string): Promise<void> => writeFile(join(wishes, name), '')
const register = (id: string, model = 'M1') =>
  program.call<{ mqtt: { password: string } }>('POST', '/api/appliances', { id, kind: 'washer', model })
const known = async (): Promise<string[]> =>
  (await program.call<{ items: { id: string }[] }>('GET', '/api/appliances')).items.map(({ id }) => id)

test('A a transaction in which the database’s thread ends is rolled back and answered with 503, and the next one is done', async () => {
  await register('w1')
  await expect(register('w2', 'the database ends')).rejects.toThrow(/503.*"retryable":true/)
  await eventually('the next call', async () => (await register('w2')).mqtt.password)
  expect((await known()).sort()).toEqual(['w1', 'w2'])
})

test('A a full disk is 503 that may be tried again, and leaves nothing half done', async () => {
  await expect(register('w3', 'the disk is full')).rejects.toThrow(/503.*full.*"retryable":true/)
  expect((await known()).sort()).toEqual(['w1', 'w2'])
  await register('w3')
})

test('A calls and decisions that meet a dead database thread again and again lose nothing', {
  timeout: 120_000,
}, async () => {
  const { mqtt } = await register('w4')
  const client = await connectAppliance(program, 'w4', mqtt.password)
  const from = Date.now() - 3_600_000
  let tried = 0
  let refused = 0
  for (let i = 0; i < 12; i++) {
    if (i % 4 === 1) await endThread('sqliteThread')
    const reading = { ts: from + i * 60_000, metrics: { power: 3 }, firmware: `1.${i}` }
    await client.publishAsync('appliances/washer/w4/telemetry', JSON.stringify(reading), { qos: 1 })
    for (let call = 0; call < 10; call++) {
      tried++
      await program
        .call('POST', '/api/appliances/w4/report', { text: `it hums ${i} ${call}` })
        .catch((error: Error) => {
          refused++
          expect(error.message).toMatch(/ 503 .*"retryable":true/)
        })
    }
  }
  client.end(true)
  await quiet(program)
  expect(refused).toBeLessThan(tried)
  const { firmware } = await program.call<{ firmware?: string }>('GET', '/api/appliances/w4')
  expect(firmware).toBe('1.11')
  expect(program.output()).toContain('database-died')
  expect(await program.stop()).toBe(0)
  program = await startProgram(dataDir, env)
  expect((await known()).sort()).toEqual(['w1', 'w2', 'w3', 'w4'])
})

test('A readings that come while another analysis is opening are heard once, in their order, and no frame is blamed', {
  timeout: 120_000,
}, async () => {
  const { mqtt } = await register('w5')
  const client = await connectAppliance(program, 'w5', mqtt.password)
  const from = Date.now() - 24 * 3_600_000
  const deaths = 3
  let sent = 0
  for (let death = 0; death < deaths; death++) {
    await endThread('analysis')
    const until = Date.now() + 3_000
    while (Date.now() < until) {
      const readings = Array.from({ length: 5 }, () => ({ ts: from + sent++ * 1_000, metrics: { power: 3 } }))
      await Promise.all(
        readings.map((reading) =>
          client.publishAsync('appliances/washer/w5/telemetry', JSON.stringify(reading), { qos: 1 }),
        ),
      )
    }
  }
  client.end(true)
  await quiet(program)
  const { items } = await program.call<{ items: object[] }>('GET', '/api/quarantine')
  expect(items).toEqual([])
  expect(program.output()).not.toContain('frame-failed')
  const { readings } = await program.call<{ readings: { stored: number } }>('GET', '/api/ingest')
  expect(readings.stored).toBeGreaterThanOrEqual(sent)
})

test('A the simulated world goes on in another thread, from what it saved', { timeout: 240_000 }, async () => {
  await program.stop()
  program = await startProgram(dataDir, { ...env, SIMULATE: '6', SIMULATE_DAYS: '1' })
  interface Status {
    opening?: boolean
    now: number
    lapse?: object
  }
  const status = () => program.call<Status>('GET', '/api/simulator')
  await eventually('it runs', async () => !(await status()).opening, 120_000)
  await endThread('simulator')
  await eventually('it is gone', async () => (await status()).opening, 20_000)
  const again = await eventually('it is back', async () => {
    const now = await status()
    return !now.opening && now
  })
  await eventually('it goes on', async () => (await status()).now > again.now)
  expect(program.output()).toContain('simulator-died')
  await endThread('simulator')
  const call = await program.call('PATCH', '/api/simulator', { paused: true }).catch((error: Error) => error.message)
  if (typeof call === 'string') expect(call).toMatch(/ 503 /)
})
