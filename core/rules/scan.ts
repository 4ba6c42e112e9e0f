import type { ApplianceId } from '../ids.ts'
import type { Millis } from '../running/time.ts'

/** What must hold of at least one reading of a stretch for the stretch to be wanted; unknown is not. */
export type ScanTest =
  | { metric: string; minus?: string | undefined; over?: string | undefined; above: number }
  | { metric: string; minus?: string | undefined; over?: string | undefined; below: number }
  | { state: string; is: readonly string[] }

/** Which readings of a fleet are wanted: whole stretches of time, of appliances of which all tests hold at once in them. */
export interface ScanQuery {
  kind: string
  appliances: readonly ApplianceId[]
  from: Millis
  to: Millis
  metrics: readonly string[]
  states: readonly string[]
  tests: readonly ScanTest[]
  /** Width of a stretch; they lie on multiples of it. */
  stretchMs: Millis
  /** More rows than this are not answered. */
  most: number
  /** No longer than this is looked. */
  withinMs: number
}

/** In the order of appliance and `ts`; one appliance's rows lie together. */
export interface ScannedRows {
  appliances: ApplianceId[]
  applianceIndex: Int32Array
  ts: Float64Array
  /** By metric of the query; NaN where absent or implausible. */
  values: Float64Array[]
  /** By state of the query; null where absent. */
  states: (string | null)[][]
}

/** What was found in readings, of many appliances: values of one feature, minutes of one cycle, moments of one event. */
export interface FoundQuery {
  appliances: readonly ApplianceId[]
  from: Millis
  to: Millis
  what:
    | { of: 'feature'; feature: string }
    | { of: 'cycle'; cycle: string }
    | { of: 'event'; type: string; code?: string | undefined }
  most: number
  withinMs: number
}
export interface FoundRows {
  appliances: ApplianceId[]
  applianceIndex: Int32Array
  at: Float64Array
  /** 1 for events. */
  value: Float64Array
}
