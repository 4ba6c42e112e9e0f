/**
 * ingest: makes what appliances say durable, then decides of every reading: stored, a duplicate, or in the quarantine.
 * In: frames of authenticated appliances (through TelemetryLog). Out: settled batches for analytics and the store.
 * Threads: journal on the main one, settler with analytics, the store on its own, reached by telemetryStorePort.ts.
 * Start at journal.ts, then settle.ts, checkReading.ts, duckDbTelemetryStore.ts.
 */

export type { Mark } from './appendQueue.ts'
export { type CatalogVersions, keepCatalogVersion, openCatalogVersions } from './catalogVersions.ts'
export { MAX_UNKNOWN_METRICS, readingSchema } from './checkReading.ts'
export { addCounters, noCounters } from './counters.ts'
export type { DuckDbOptions } from './duckDbTelemetryStore.ts'
export { type Encoding, encodings } from './files/decodeText.ts'
export { type DecimalSign, decimalSigns, numberOf } from './files/numberCells.ts'
export {
  type Change,
  type Recording,
  type RecordingOptions,
  readRecording,
  type Sample,
} from './files/readRecording.ts'
export {
  type CellRefusal,
  type Delimiter,
  delimiters,
  readTable,
  type Table,
  type TableOptions,
  type TableShape,
} from './files/readTable.ts'
export {
  type DateOrder,
  dateOrders,
  isZone,
  type TimeOptions,
  type TimeShape,
  type TimeUnit,
  timeOf,
  timeShapeOf,
  timeUnits,
} from './files/timeCells.ts'
export type { InfluxOptions } from './influxTelemetryStore.ts'
export * from './journal.ts'
export * from './journalFollower.ts'
export { decodeGroup, type Frame, framesApart } from './journalFrames.ts'
export * from './openTelemetryStores.ts'
export { asideFrame, patiently, requeueFrame } from './payloadParts.ts'
export { type LostStretch, repairJournal } from './repairJournal.ts'
export { createSettler, MAX_PAYLOAD_BYTES, MAX_READINGS, type Settler, type SettlerOptions } from './settle.ts'
export { remoteTelemetryStore, serveTelemetryStore } from './telemetryStorePort.ts'
