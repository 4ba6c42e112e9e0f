import type { TelemetryStore } from '../core/index.ts'
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
