import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import type { TelemetryStore } from '../../core/index.ts'
import { openDuckDbTelemetryStore } from './duckDbTelemetryStore.ts'
import { telemetryStoreContract } from './telemetryStore.contract.ts'
import { remoteTelemetryStore, serveTelemetryStore } from './telemetryStorePort.ts'

const base = mkdtempSync(join(tmpdir(), 'port-'))
let dir = base
let n = 0
beforeEach(() => {
  dir = join(base, String(n++))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

telemetryStoreContract(
  'DuckDB behind a port',
  async (more): Promise<TelemetryStore> => {
    const store = await openDuckDbTelemetryStore({ dir, catalog: loadCatalog(), commitEveryMs: 0, ...more })
    const { port1, port2 } = new MessageChannel()
    serveTelemetryStore(port2, store)
    const remote = remoteTelemetryStore(port1)
    return {
      ...remote,
      // The suite gives a batch twice; over a port its memory moves away the first time.
      append: (batch) => remote.append(structuredClone(batch)),
      async close() {
        await remote.close()
        await store.close()
      },
    }
  },
  { waitsOutGaps: true },
)

test('when the store’s thread ends, callers hear a problem that trying again can help', async () => {
  const { port1, port2 } = new MessageChannel()
  const remote = remoteTelemetryStore(port1)
  const asked = remote.offset()
  port2.close()
  await expect(asked).rejects.toMatchObject({ code: 'store-unavailable', retryable: true })
  await expect(remote.counters()).rejects.toMatchObject({ code: 'store-unavailable' })
})
