/**
 * ingest: makes what appliances say durable, then decides of every reading: stored, a duplicate, or in the quarantine.
 * In: frames of authenticated appliances (through TelemetryLog). Out: batches for analytics and the store.
 * Threads: the journal on the main one, the ingest stage beside analytics, the store on its own, reached by telemetryStorePort.ts.
 * Start at journal/journal.ts, then ingestStage.ts, reading/checkReading.ts, store/duckDbTelemetryStore.ts.
 */

export { carriageMigrations, type EdgeBook, type EdgeState, edgeStateOf, openEdgeBook } from './carriage/edgeBook.ts'
export { openIntake, openTaken } from './carriage/intake.ts'
export { openRedisStream } from './carriage/redisStream.ts'
export { openSender } from './carriage/sender.ts'
export { addCounters, noCounters } from './counters.ts'
export { eventSchema, statusSchema } from './eventChecks.ts'
export { encodings } from './files/decodeText.ts'
export { decimalSigns, numberOf } from './files/numberCells.ts'
export {
  type Change,
  type Recording,
  type RecordingOptions,
  readRecording,
  type Sample,
} from './files/readRecording.ts'
export {
  type CellRefusal,
  delimiters,
  readTable,
  type TableOptions,
  type TableShape,
} from './files/readTable.ts'
export {
  dateOrders,
  isZone,
  type TimeOptions,
  type TimeShape,
  timeOf,
  timeShapeOf,
  timeUnits,
} from './files/timeCells.ts'
export { createIngestStage } from './ingestStage.ts'
export { keepCatalogVersion, openCatalogVersions } from './journal/catalogVersions.ts'
export * from './journal/journal.ts'
export * from './journal/journalFollower.ts'
export { decodeGroup, type Frame, framesApart, joinGroups } from './journal/journalFrames.ts'
export { repairJournal } from './journal/repairJournal.ts'
export { readingSchema } from './reading/checkReading.ts'
export { asideFrame, patiently, requeueFrame } from './reading/payloadParts.ts'
export { MAX_READINGS } from './readingStage.ts'
export type { Mark } from './store/appendQueue.ts'
export * from './store/openTelemetryStores.ts'
export { remoteTelemetryStore, serveTelemetryStore } from './store/telemetryStorePort.ts'
