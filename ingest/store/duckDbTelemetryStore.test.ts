import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { indexKind, loadCatalog } from '../../catalog/index.ts'
import { DAY, HOUR, MINUTE, type QuarantineBounds } from '../../core/index.ts'
import { createIngestStage } from '../ingestStage.ts'
import { groupInMemory } from '../journal/groupInMemory.ts'
import { openDuckDbTelemetryStore } from './duckDbTelemetryStore.ts'
import { reading, T0, telemetry, telemetryStoreContract } from './telemetryStore.contract.ts'

const base = mkdtempSync(join(tmpdir(), 'duck-'))
let dir = base
let n = 0
beforeEach(() => {
  dir = join(base, String(n++))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))
const catalog = loadCatalog()
const open = (more: { quarantine?: QuarantineBounds } = {}) =>
  openDuckDbTelemetryStore({ dir, catalog, commitEveryMs: 0, ...more })

telemetryStoreContract('DuckDB', open)

test('a metric that the catalog gains becomes a column, and one that it loses stays readable in what remains', async () => {
  const fridge = catalog.kind('fridge')
  const { power, ...rest } = fridge.metrics
  const changed = indexKind({ ...fridge, metrics: { hum: power!, ...rest } }, true)
  const later = { ...catalog, kind: () => changed, kinds: new Map([['fridge', changed]]) }
  const stageOf = (of: typeof catalog) => createIngestStage({ catalog: of, clockKind: 'wall', known: async () => [] })
  let store = await open()
  const first = await stageOf(catalog).take(groupInMemory([telemetry(reading(T0, 80))], 0))
  await store.append(first.batch)
  await store.close()
  store = await openDuckDbTelemetryStore({ dir, catalog: later, commitEveryMs: 0 })
  const group = groupInMemory([telemetry({ ts: T0 + 1, metrics: { hum: 5, cabinetTemp: 6 } })], first.batch.upTo)
  await store.append((await stageOf(later).take(group)).batch)
  for (const from of [0, T0]) {
    const { series } = await store.series({ appliance: 'f1', kind: 'fridge', from, to: T0 + 9, points: 9 })
    expect(series.hum?.mean).toEqual([null, 5])
    expect(series.cabinetTemp?.mean).toEqual([4, 6])
  }
  await store.close()
})

test('a commit that fails half way leaves nothing, and the batch is stored once when it is given again', async () => {
  const store = await open()
  const stage = createIngestStage({ catalog, clockKind: 'wall', known: async () => [] })
  const { batch } = await stage.take(groupInMemory([telemetry([reading(T0, 1), reading(T0 + 1, 2)])], 0))
  const broken = { ...batch, readings: [...batch.readings, { ...batch.readings[0]!, kind: 'unheard-of' }] }
  await expect(store.append(broken)).rejects.toMatchObject({ code: 'unknown-kind' })
  expect(await store.offset()).toBe(0)
  await store.append(batch)
  const query = { appliance: 'f1', kind: 'fridge', to: T0 + 9, points: 9 }
  expect((await store.series({ ...query, from: 0 })).series.power?.mean).toEqual([1, 2])
  expect((await store.series({ ...query, from: T0 })).series.power?.mean).toEqual([1, 2])
  expect((await store.counters()).readings.stored).toBe(2)
  await store.close()
})

test('what is old goes in bites, what is pinned stays, and the hours still speak of what went', async () => {
  const store = await open()
  const stage = createIngestStage({ catalog, clockKind: 'wall', known: async () => [] })
  let at = 0
  const feed = async (appliance: string, from: number, count: number) => {
    const readings = Array.from({ length: count }, (_, i) => reading(from + i * MINUTE, 50 + (i % 7)))
    const group = groupInMemory([telemetry(readings, appliance)], at)
    at = group.upTo
    await store.append((await stage.take(group)).batch)
  }
  for (const appliance of ['f1', 'f2']) for (const day of [0, 1, 40]) await feed(appliance, T0 + day * DAY, 300)
  const keep = [
    { appliance: 'f1', from: T0 + HOUR, to: T0 + 2 * HOUR },
    { appliance: 'never-heard', from: 0, to: T0 + 90 * DAY },
  ]
  const retention = { before: T0 + 30 * DAY, refusedBefore: T0, keep, most: 400 }
  let rows = 0
  let bites = 0
  for (let done = false; !done; bites++) {
    const bite = await store.forget(retention)
    rows += bite.rows
    done = bite.done
  }
  expect(bites).toBeGreaterThan(1)
  expect(rows).toBe(2 * 600 - 60)
  const rawOf = async (appliance: string, from: number, to: number) =>
    (await store.series({ appliance, kind: 'fridge', from, to, points: 1_000 })).ts.length
  // A pinned window is there reading by reading; beside it the hours are left.
  expect(await rawOf('f1', T0 + HOUR, T0 + 2 * HOUR)).toBe(60)
  expect(await rawOf('f2', T0, T0 + 300 * MINUTE)).toBeLessThanOrEqual(6)
  expect(await rawOf('f2', T0, T0 + 300 * MINUTE)).toBeGreaterThan(0)
  expect(await rawOf('f2', T0 + 40 * DAY, T0 + 41 * DAY)).toBe(300)
  // And what comes meanwhile is stored as ever.
  await feed('f2', T0 + 41 * DAY, 10)
  expect(await rawOf('f2', T0 + 41 * DAY, T0 + 42 * DAY)).toBe(10)
  expect(await store.forget(retention)).toEqual({ rows: 0, done: true })
  await store.close()
})
