/**
 * core: the words of the domain and what every room needs. No I/O, no product's name.
 * In: nothing. Out: types of what travels between the rooms (Reading, Detection, Alert, Ticket), the ports they meet
 * at (TelemetryLog, TelemetryStore, Database, JobQueue, Notifier), time, randomness, ids, errors, settings.
 * Start at reading.ts, then detection.ts, alert.ts, ticket.ts.
 */
export * from './alert.ts'
export * from './analysis.ts'
export * from './bounds.ts'
export * from './burst.ts'
export * from './cohort.ts'
export * from './database.ts'
export * from './detection.ts'
export * from './device.ts'
export * from './diskForecast.ts'
export * from './errors.ts'
export * from './ids.ts'
export * from './jobQueue.ts'
export * from './names.ts'
export * from './normal.ts'
export * from './notice.ts'
export * from './poisson.ts'
export * from './population.ts'
export * from './pump.ts'
export * from './random.ts'
export * from './reading.ts'
export * from './registry.ts'
export * from './settings.ts'
export * from './telemetryClock.ts'
export * from './telemetryLog.ts'
export * from './telemetryStore.ts'
export * from './ticket.ts'
export * from './time.ts'
