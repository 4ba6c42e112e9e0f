import { join } from 'node:path'
import type { Catalog } from '../../catalog/index.ts'
import type { Offset, TelemetryStore } from '../../core/index.ts'
import type { DuckDbOptions } from './duckDbTelemetryStore.ts'
import type { InfluxOptions } from './influxTelemetryStore.ts'

/* Each driver is loaded by the thread that opens its store, and by no other: DuckDB's takes 70 MB. */

/** See duckDbTelemetryStore.ts. */
export async function openDuckDbTelemetryStore(options: DuckDbOptions): Promise<TelemetryStore> {
  const store = await import('./duckDbTelemetryStore.ts')
  return await store.openDuckDbTelemetryStore(options)
}

/** See influxTelemetryStore.ts. */
export async function openInfluxTelemetryStore(options: InfluxOptions): Promise<TelemetryStore> {
  const store = await import('./influxTelemetryStore.ts')
  return await store.openInfluxTelemetryStore(options)
}

/** Up to where the store in a folder holds everything, while no service has it open; `influx`: its readings are elsewhere. */
export async function storedUpTo(dir: string, catalog: Catalog, influx: boolean): Promise<Offset> {
  if (influx) {
    const { ApplianceFile } = await import('./applianceFile.ts')
    const file = new ApplianceFile(join(dir, 'appliances.sqlite'), catalog, false)
    file.close()
    return file.offset
  }
  const store = await openDuckDbTelemetryStore({ dir, catalog })
  try {
    return await store.offset()
  } finally {
    await store.close()
  }
}
