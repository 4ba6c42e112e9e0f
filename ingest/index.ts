/**
 * ingest: makes what appliances say durable, then decides of every reading: stored, a duplicate, or in the quarantine.
 * In: frames of authenticated appliances (through TelemetryLog). Out: batches for analytics and the store.
 * Threads: the journal on the main one, the ingest stage beside analytics, the store on its own, reached by telemetryStorePort.ts.
 * Start at journal/journal.ts, then ingestStage.ts, reading/checkReading.ts, store/duckDbTelemetryStore.ts.
 */

export { addCounters, noCounters } from './counters.ts'
export { eventSchema, statusSchema } from './eventChecks.ts'
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
export {
  createIngestStage,
  type IngestStage,
  type IngestStageOptions,
} from './ingestStage.ts'
export { type CatalogVersions, keepCatalogVersion, openCatalogVersions } from './journal/catalogVersions.ts'
export * from './journal/journal.ts'
export * from './journal/journalFollower.ts'
export { decodeGroup, type Frame, framesApart, joinGroups } from './journal/journalFrames.ts'
export { type LostStretch, repairJournal } from './journal/repairJournal.ts'
export { MAX_UNKNOWN_METRICS, readingSchema } from './reading/checkReading.ts'
export { asideFrame, patiently, requeueFrame } from './reading/payloadParts.ts'
export { MAX_PAYLOAD_BYTES, MAX_READINGS } from './readingStage.ts'
export type { Mark } from './store/appendQueue.ts'
export type { DuckDbOptions } from './store/duckDbTelemetryStore.ts'
export type { InfluxOptions } from './store/influxTelemetryStore.ts'
export * from './store/openTelemetryStores.ts'
export { remoteTelemetryStore, serveTelemetryStore } from './store/telemetryStorePort.ts'
