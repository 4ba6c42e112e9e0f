import type { CycleRow, Detection, DetectionControl, FeatureRow, HealthRow, VerificationRow } from './detection.ts'
import type { ApplianceId } from './ids.ts'
import type { Copyable } from './population.ts'
import type { ApplianceEvent, Offset, ReadingBatch } from './reading.ts'
import type { Millis } from './time.ts'

/** An appliance said that it is on or off (also its last will). */
export interface PresenceNote {
  appliance: ApplianceId
  online: boolean
  /** Off on purpose until then. */
  until?: Millis
  arrivedAt: Millis
  offset: Offset
}

/** One stretch of the journal, settled, as detection hears it. Everything carries its offset; that is the order. */
export interface AnalysisInput {
  upTo: Offset
  readings: ReadingBatch[]
  events: ApplianceEvent[]
  presence: PresenceNote[]
  controls: { control: DetectionControl; offset: Offset }[]
  /** Arrival times of tick frames: what moves a wall clock. */
  ticks: { at: Millis; offset: Offset }[]
}

/** Another version of the models judges what came after `offset`; `refused`: it cannot be used, and the one before stays. */
export interface ModelsSwapped {
  swap: string
  set: string
  offset: Offset
  /** The world's clock then. */
  at: Millis
  refused?: string
}

/** What detection makes of it. */
export interface AnalysisOutput {
  upTo: Offset
  /** The world's clock after it. */
  now: Millis
  detections: Detection[]
  features: FeatureRow[]
  cycles: CycleRow[]
  verifications: VerificationRow[]
  /** Only the appliances whose health or status changed. */
  health: HealthRow[]
  /** Mostly none. */
  swaps: ModelsSwapped[]
}

/**
 * Streaming detection over a whole fleet. A deterministic function of what is accepted, in event time: opened from a
 * copy it goes on as if nothing had happened.
 */
export interface Analysis extends Copyable {
  accept(input: AnalysisInput): Promise<AnalysisOutput>
  now(): Millis
  /** Readings that wait for a gap to fill. */
  held(): number
  /** The version of the models that judges now. */
  models(): string
}
