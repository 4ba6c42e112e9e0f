import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { brokerContext } from '../broker/commands.fixture.ts'
import { openBroker } from '../broker/index.ts'
import { loadCatalog } from '../catalog/index.ts'
import { type Device, hashSecret, wallClock } from '../core/index.ts'
import { createIngestStage, openDuckDbTelemetryStore, openJournal, patiently } from '../ingest/index.ts'
import { averageTo, batchesOf, powerOf, shiftTo } from './recordedSeries.ts'
import { replay } from './replay.ts'

const dir = mkdtempSync(join(tmpdir(), 'replay-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const catalog = loadCatalog()
const fridge = catalog.kind('fridge')
const T0 = Date.UTC(2026, 0, 1)

describe('a recorded series', () => {
  test('is read from watts or from named metrics, packed or not, and averaged to the cadence', () => {
    const watts = powerOf(gzipSync('unix_s,watts\n60,10\n70,20\n\n125,7\njunk,1\n200,\n'), fridge)
    expect(watts).toEqual([
      { ts: 60_000, metrics: { power: 10 } },
      { ts: 70_000, metrics: { power: 20 } },
      { ts: 125_000, metrics: { power: 7 } },
    ])
    expect(averageTo(watts, 60_000, fridge).readings).toEqual([
      { ts: 120_000, metrics: { power: 15 } },
      { ts: 180_000, metrics: { power: 7 } },
    ])
    const named = powerOf(Buffer.from('ts,cabinetTemp,compressorStarts\n0,4,1\n1000,6,2\n'), fridge)
    expect(averageTo(named, 60_000, fridge).readings).toEqual([
      { ts: 60_000, metrics: { cabinetTemp: 5, compressorStarts: 3 } },
    ])
    expect(() => powerOf(Buffer.from('a,b\n1,2'), fridge)).toThrow('is a time')
  })

  test('keeps its distances when shifted, and loses no reading in batches, whatever the speed', () => {
    const readings = fc
      .uniqueArray(fc.nat(100_000), { minLength: 1 })
      .map((minutes) => minutes.sort((a, b) => a - b).map((m) => ({ ts: m * 60_000, metrics: { power: m } })))
    fc.assert(
      fc.property(readings, fc.constantFrom(1, 60, 3600, Infinity), (all, speed) => {
        const shifted = shiftTo(all, T0, 60_000)
        expect(shifted[0]!.ts).toBe(T0)
        expect(shifted.map(({ ts }) => ts - T0)).toEqual(all.map(({ ts }) => ts - all[0]!.ts))
        const batches = [...batchesOf(all, speed, 60_000)]
        expect(batches.flat()).toEqual(all)
        expect(batches.every(({ length }) => length >= 1 && length <= 1000)).toBe(true)
      }),
    )
  })
})

test('a replayed file is registered, published, journaled, settled and stored, each reading once', async () => {
  const secretKey = Buffer.alloc(32, 1)
  const devices = new Map<string, Device>()
  const api = createServer((request, response) => {
    request.resume()
    const id = 'box'
    devices.set(id, { id, secretHash: hashSecret(secretKey, 's3'), speaksFor: new Map([[id, 'fridge']]) })
    response.end(JSON.stringify({ id, mqtt: { username: id, password: 's3' } }))
  }).listen(0, '127.0.0.1')
  const log = await openJournal({ dir: join(dir, 'journal') })
  const store = await openDuckDbTelemetryStore({ dir: join(dir, 'store'), catalog, commitEveryMs: 0 })
  const stage = createIngestStage({ catalog, clockKind: 'telemetry', known: store.known.bind(store) })
  let work = Promise.resolve()
  log.onGroup((group) => {
    work = work.then(async () => {
      const { batch } = await stage.take(group)
      await patiently(() => store.append(batch))
    })
  })
  const broker = await openBroker({
    host: '127.0.0.1',
    port: 0,
    log,
    directory: { find: (id) => devices.get(id), onRevoked: () => undefined },
    secretKey,
    catalog,
    clock: wallClock,
    ...brokerContext(),
  })
  const file = join(dir, 'box.csv')
  writeFileSync(
    file,
    `unix_s,watts\n${Array.from({ length: 6_000 }, (_, i) => `${1_336_387_740 + i * 10},${i % 120}`).join('\n')}`,
  )
  const { port } = api.address() as { port: number }
  const done = await replay({
    file,
    kind: 'fridge',
    metric: 'power',
    id: 'box',
    model: 'recorded',
    start: T0,
    speed: Infinity,
    url: `mqtt://127.0.0.1:${broker.port}`,
    api: `http://127.0.0.1:${port}`,
    token: 't',
  })
  await broker.close()
  await log.close()
  await work
  expect(done).toEqual({ readings: 1000, from: T0, to: T0 + 999 * 60_000 })
  expect(await store.counters()).toMatchObject({
    readings: { received: 1000, stored: 1000 },
    messages: { acked: 17, processed: 17 },
  })
  const { ts, series } = await store.series({ appliance: 'box', kind: 'fridge', from: T0, to: T0 * 2, points: 1000 })
  expect(ts).toHaveLength(1000)
  expect(series.power?.mean[0]).toBe(2.5)
  await store.close()
  api.close()
})
