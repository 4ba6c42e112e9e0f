import type { CycleRow, Detection, DetectionControl, FeatureRow, HealthRow, VerificationRow } from './detection.ts'
import type { ApplianceId } from './ids.ts'
import type { ApplianceEvent, Offset, ReadingBatch } from './reading.ts'
import type { Millis } from './running/time.ts'
import type { Copyable } from './statistics/population.ts'

/** An appliance said that it is on or off (also its last will). */
export interface PresenceNote {
  appliance: ApplianceId
  online: boolean
  /** Off on purpose until then. */
  until?: Millis
  arrivedAt: Millis
  offset: Offset
}

/** A payload of which something was refused, as far as detection needs to know: it talks. */
export interface RefusalNote {
  appliance: ApplianceId
  kind: string
  /** In words. */
  why: string
  offset: Offset
}

/** One stretch of the journal, settled, as detection hears it. Everything carries its offset; that is the order. */
export interface AnalysisInput {
  upTo: Offset
  readings: ReadingBatch[]
  events: ApplianceEvent[]
  presence: PresenceNote[]
  /** The last refusal of each payload that had one. */
  refusals?: RefusalNote[]
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
  /** Appliances that run another firmware than was known. */
  firmware: { appliance: ApplianceId; firmware: string }[]
  /** Mostly none. */
  swaps: ModelsSwapped[]
}

/** How the inputs of one kind's model stand against those that it was trained with, or that it began with. */
export interface KindDrift {
  kind: string
  reference: 'training' | 'first-weeks'
  /** Counted since then; null before the first row. */
  since: Millis | null
  /** `learning`: too few rows to say. `shifting`: watch it; `drifted`: the model sees what it was not made for. */
  state: 'learning' | 'steady' | 'shifting' | 'drifted'
  /** Share of recent rows beyond the limit that 99 % of healthy ones keep, and of the reference's. */
  beyond: { share: number; reference: number; rows: number } | null
  /** The most changed first; `psi`: population stability index of the last four weeks; `level:…` is the distance from healthy. */
  inputs: { name: string; psi: number; rows: number }[]
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
  /** By kind: are the model's inputs still what they were? */
  drift(): KindDrift[]
}
