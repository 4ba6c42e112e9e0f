import type { CycleRow, FeatureRow } from './detection.ts'
import type { ApplianceId } from './ids.ts'
import type { QuarantineUse } from './quota.ts'
import type { ApplianceEvent, IngestCounters, Offset, QuarantineReason, ReadingBatch } from './reading.ts'
import type { FoundQuery, FoundRows, ScannedRows, ScanQuery } from './rules/scan.ts'
import type { Millis } from './running/time.ts'

export interface QuarantineRow {
  /** `${offset}-${index}`; a payload refused whole has index 0. */
  id: string
  appliance: ApplianceId
  kind: string
  reason: QuarantineReason
  /** What exactly, for a person. */
  detail: string
  at: Millis
  /** The payload (refused whole) or the one reading, as it came. */
  bytes: Uint8Array
  /** The payload's size where it was not kept, since its appliance has no more room: then `bytes` is empty. */
  notKept?: number
  readings: number
  /** What it was sent as; rows of events and status messages are counted with the events. */
  topic: 'telemetry' | 'event' | 'status'
}

/** What one stretch of the journal settled to. All of it commits together with `upTo`. */
export interface StoredBatch {
  /** The journal from here (exclusive) … */
  from: Offset
  /** … to here (inclusive) is settled by this. */
  upTo: Offset
  /** Frames of the journal in it. */
  frames: number
  readings: ReadingBatch[]
  quarantined: QuarantineRow[]
  events: ApplianceEvent[]
  /** Rows that leave the quarantine with this commit, because they were tried again. */
  requeued: string[]
  /** What analytics made of it, so that pages see both or neither. */
  features: FeatureRow[]
  cycles: CycleRow[]
  /** What this stretch adds to the counters. */
  counters: IngestCounters
}

export interface SeriesQuery {
  appliance: ApplianceId
  kind: string
  from: Millis
  to: Millis
  /** 1 to 1,000,000; a range with no more readings than this is answered as it is. */
  points: number
  metrics?: string[]
}
export interface Series {
  ts: Millis[]
  series: Record<string, { min: (number | null)[]; mean: (number | null)[]; max: (number | null)[] }>
}

/**
 * Readings by appliance and event time.
 * `append` is idempotent by offset: a batch whose `upTo` is already committed changes nothing.
 * Rejects with a retryable Problem `store-unavailable` while its server is away, and with `store-unprocessable` when a
 * batch itself cannot be stored; nothing is half done.
 */
export interface TelemetryStore {
  /**
   * Resolves once data, counters and offset are committed together. Batches come in rising order, each where the one
   * before ended. The next may be given before the last has resolved: those that wait share a commit.
   */
  append(batch: StoredBatch): Promise<void>
  /**
   * Another giver of batches begins: what an earlier one gave and was not committed is forgotten. @returns where the store
   * stands, and what it has counted up to there
   */
  begin(): Promise<{ upTo: Offset; counters: IngestCounters }>
  /** Up to where the journal is committed. */
  offset(): Promise<Offset>
  /** What is known of exactly these readings; absent ones are not in the answer. For readings older than memory holds. */
  known(
    keys: { appliance: ApplianceId; kind: string; ts: Millis }[],
  ): Promise<{ appliance: ApplianceId; ts: Millis; hashHigh: number; hashLow: number; offset: Offset; index: number }[]>
  series(query: SeriesQuery): Promise<Series>
  /** The beginning of the hour of the first reading that is kept, by event time; undefined: none is. */
  firstHour(of: Pick<SeriesQuery, 'appliance' | 'kind'>): Promise<Millis | undefined>
  /** Latest value of each metric, with its time; one row an appliance; absent ones have sent nothing. */
  latest(appliances: ApplianceId[]): Promise<Map<ApplianceId, LatestReading>>
  features(appliance: ApplianceId, feature: string | null, from: Millis, to: Millis): Promise<FeatureRow[]>
  cycles(appliance: ApplianceId, from: Millis, to: Millis): Promise<CycleRow[]>
  events(appliance: ApplianceId, from: Millis, to: Millis): Promise<ApplianceEvent[]>
  /**
   * Readings of many appliances: the stretches in which something held, whole.
   * @throws Problem `scan-too-large`, `scan-too-long`
   */
  scan(query: ScanQuery): Promise<ScannedRows>
  /** What was found of many appliances, in the order of appliance and time. @throws as `scan` */
  found(query: FoundQuery): Promise<FoundRows>
  counters(): Promise<IngestCounters>
  quarantine(query: {
    reason?: QuarantineReason
    appliance?: ApplianceId
    limit: number
    before?: string
  }): Promise<QuarantineRow[]>
  /**
   * The rows among these that are still in the quarantine, to be put into the journal again as `requeue` frames. They
   * leave the quarantine in the commit that settles those frames, so a crash between loses nothing and a second call
   * doubles nothing. A row whose payload was not kept cannot be tried again.
   */
  takeFromQuarantine(ids: string[]): Promise<QuarantineRow[]>
  /** What it has of one appliance, and may have. */
  quarantineUse(appliance: ApplianceId): Promise<QuarantineUse>
  /**
   * Deletes the oldest raw readings and what was refused before a time, in a bite; summaries by hour, features, cycles and events stay. `done` when nothing
   * that may go is left. A store whose server has a retention of its own leaves readings to that.
   */
  forget(retention: Retention): Promise<{ rows: number; done: boolean }>
  /**
   * Copies what is committed at one moment into files of this folder, while commits go on.
   * @throws Problem `store-elsewhere` where the readings are a server's, which has a backup of its own
   */
  copyTo(dir: string): Promise<void>
  close(): Promise<void>
}

/** What may go: readings before a time, except windows that are pinned. */
export interface Retention {
  before: Millis
  /** What was refused and stands in the quarantine since before this goes, too. */
  refusedBefore: Millis
  keep: { appliance: ApplianceId; from: Millis; to: Millis }[]
  /** About so many rows at most in one call. */
  most: number
}

export interface LatestReading {
  ts: Millis
  firmware?: string
  metrics: Record<string, number>
  states: Record<string, string>
}
