// The thread that owns the telemetry store: its checkpoints take their time, and nothing waits for them.
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { loadCatalog } from '../../catalog/index.ts'
import { Problem, servePort } from '../../core/index.ts'
import {
  openCatalogVersions,
  openDuckDbTelemetryStore,
  openInfluxTelemetryStore,
  serveTelemetryStore,
} from '../../ingest/index.ts'
import { giveBackWhenIdle } from '../giveBack.ts'
import type { StoreData, StoreThread } from '../protocol.ts'
import { storeMark } from '../suspects.ts'
import { openMark } from './mark.ts'

const data = workerData as StoreData
try {
  const catalog = openCatalogVersions(data.worldDir, loadCatalog(data.catalogDir)).withFormer
  const dir = join(data.worldDir, 'telemetry')
  const mark = openMark(storeMark(data.worldDir))
  const { influx, quarantine } = data
  const store = influx
    ? await openInfluxTelemetryStore({ dir, catalog, mark, quarantine, ...influx })
    : await openDuckDbTelemetryStore({ dir, catalog, mark, quarantine })
  let analysis: { end(): void } | undefined
  serveTelemetryStore(data.port, store)
  servePort<StoreThread>(data.control, {
    analysis(port) {
      // Nothing that an earlier analysis gave may be committed from here on.
      analysis?.end()
      analysis = serveTelemetryStore(port, store)
    },
    close: () => store.close(),
  })
  parentPort?.postMessage({ type: 'ready' })
  giveBackWhenIdle()
} catch (error) {
  const problem = error instanceof Problem ? error : undefined
  parentPort?.postMessage({
    type: 'failed',
    error: {
      code: problem?.code ?? 'store-unusable',
      message: (error as Error).message,
      remedy: problem?.remedy ?? 'Check the telemetry folder in DATA_DIR; the journal still has what was not stored.',
    },
  })
}
