import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import type { QuarantineBounds } from '../../core/index.ts'
import { type RunningServer, serversMissing, startInflux } from '../../test/servers/servers.ts'
import { createIngestStage } from '../ingestStage.ts'
import { groupInMemory } from '../journal/groupInMemory.ts'
import { openInfluxTelemetryStore } from './influxTelemetryStore.ts'
import { reading, T0, telemetry, telemetryStoreContract } from './telemetryStore.contract.ts'

describe.skipIf(serversMissing())('InfluxDB 1.x, a real one', () => {
  const base = mkdtempSync(join(tmpdir(), 'influx-'))
  const catalog = loadCatalog()
  let server: RunningServer
  let n = 0
  beforeAll(async () => {
    server = await startInflux()
  })
  beforeEach(() => {
    n++
  })
  afterAll(async () => {
    await server.stop()
    rmSync(base, { recursive: true, force: true })
  })
  const open = (more: { quarantine?: QuarantineBounds } = {}) =>
    openInfluxTelemetryStore({
      ...more,
      url: server.url,
      database: `test${n}`,
      dir: join(base, String(n)),
      catalog,
      commitEveryMs: 0,
      timeoutMs: 3_000,
    })

  telemetryStoreContract('InfluxDB', open)

  test('while the server is away it says so, retryably, and a batch given again is stored once', async () => {
    const stage = createIngestStage({ catalog, clockKind: 'wall', known: async () => [] })
    const { batch } = await stage.take(groupInMemory([telemetry([reading(T0, 1), reading(T0 + 60_000, 2)])], 0))
    const store = await open()
    const { port } = server
    await server.stop()
    await expect(store.append(batch)).rejects.toMatchObject({ code: 'store-unavailable', retryable: true })
    await expect(
      store.series({ appliance: 'f1', kind: 'fridge', from: 0, to: T0 * 2, points: 9 }),
    ).rejects.toMatchObject({
      code: 'store-unavailable',
    })
    expect(await store.offset()).toBe(0)
    await expect(
      openInfluxTelemetryStore({ url: server.url, database: 'x', dir: join(base, 'x'), catalog }),
    ).rejects.toMatchObject({
      code: 'store-unavailable',
    })
    server = await startInflux({ port })
    await store.close()
    const again = await open()
    await again.append(batch)
    await again.append(batch)
    expect(
      (await again.series({ appliance: 'f1', kind: 'fridge', from: 0, to: T0 * 2, points: 9 })).series.power?.mean,
    ).toEqual([1, 2])
    expect((await again.counters()).readings.stored).toBe(2)
    await again.close()
  })
})
