import type { ApplianceId } from './ids.ts'
import type { Millis } from './running/time.ts'

/**
 * A place in the journal: the number of bytes of all frames up to and including one. It only rises, and survives
 * restarts. Consumers commit the offset up to which they have taken effect together with that effect.
 */
export type Offset = number

/** What one appliance says of one interval. `(appliance, ts)` is its identity. */
export interface Reading {
  ts: Millis
  firmware?: string
  /** Finite numbers by metric name, in the catalog's unit. */
  metrics: Record<string, number>
  states?: Record<string, string>
}

/** Why a payload or a reading is not in the store. Stable words: they are counters, filters and rows. */
export const quarantineReasons = [
  'bad-json',
  'too-large',
  'too-many',
  'bad-shape',
  'too-old',
  'in-future',
  'no-valid-metric',
  'conflict',
  'unprocessable',
] as const
export type QuarantineReason = (typeof quarantineReasons)[number]

/**
 * What the journal carries. `control` frames are our own: whatever else changes what detection says. `requeue` frames
 * carry a row of the quarantine that is tried again: its bytes as they came. `catalog` frames say by which version of the
 * catalog what follows is judged; `aside` frames carry a frame that was stored and then could not be decided.
 */
export const frameTypes = [
  'telemetry',
  'event',
  'status',
  'tick',
  'control',
  'requeue',
  'void',
  'catalog',
  'aside',
] as const
export type FrameType = (typeof frameTypes)[number]

/**
 * Readings of one kind, in columns, as they leave validation: accepted, not duplicate, in journal order.
 * All columns have `count` rows and may be transferred between threads.
 */
export interface ReadingBatch {
  kind: string
  count: number
  /** Row → appliance, by index into `appliances`. */
  applianceIndex: Uint32Array
  appliances: ApplianceId[]
  ts: Float64Array
  /** One column for each metric, in the order of the kind's `metricNames`; NaN where it is absent. */
  values: Float64Array[]
  /** Bit m of row r (`invalid[r * words + (m >> 5)] >> (m & 31)`): metric m is outside its plausible range. */
  invalid: Uint32Array
  /** One column for each state, in the order of `stateNames`: index into the state's words, or into `words` for free text; −1 where absent. */
  states: Int32Array[]
  /** Free texts that state columns and `firmware` point into. */
  words: string[]
  /** Index into `words`, −1 where absent. */
  firmware: Int32Array
  /** Metrics of unknown name, as JSON, by row; absent rows have none. */
  extras: Map<number, string>
  /** 64-bit hash of the reading's content by value; two halves. */
  hashHigh: Uint32Array
  hashLow: Uint32Array
  /** Place in the journal: the frame's offset, and the reading's index within its payload. */
  offset: Float64Array
  index: Uint32Array
}

/** An event message that passed its check. */
export interface ApplianceEvent {
  appliance: ApplianceId
  kind: string
  ts: Millis
  type: string
  code: string | null
  /** The whole message as it came. */
  body: Record<string, unknown>
  offset: Offset
}

/** Counts that always balance: `received = stored + duplicates + Σ quarantined`. */
export interface IngestCounters {
  messages: { acked: number; processed: number; withoutPromise: number }
  readings: {
    received: number
    stored: number
    duplicates: number
    quarantined: Partial<Record<QuarantineReason, number>>
  }
  events: { received: number; stored: number; duplicates: number; quarantined: number }
}
