import { z } from 'zod'
import type { ApplianceId } from './ids.ts'
import type { Offset } from './reading.ts'
import type { Rule } from './rules/rule.ts'
import type { Millis } from './running/time.ts'
import type { Text } from './texts/languages.ts'

/** One cause that would explain what was seen. Probabilities of one detection sum to at most 1. */
export interface Hypothesis {
  failureMode: string
  /** 0 to 1. */
  probability: number
}

/**
 * How a row of proof was seen, and so how it is drawn: a finished day or cycle; the last hours of a running day; a limit that
 * one reading passed; a limit on how long something held; a sensor that does not move; a value out of its sensor's range; a
 * code of its own.
 */
export const evidenceScales = ['day', 'cycle', 'hours', 'limit', 'lasting', 'still', 'range', 'code'] as const
export type EvidenceScale = (typeof evidenceScales)[number]

/** One row of proof: what was seen, what was expected here, and how much of the score it is. */
export interface Evidence {
  feature: string
  metric?: string
  observed: number
  expected: [low: number, high: number]
  unit: string
  from: Millis
  /** The moment that it is drawn at. */
  to: Millis
  /** 0 to 1; the shares of one alert sum to 1 with the rest. */
  share: number
  /** Absent on what earlier programs said. */
  scale?: EvidenceScale
}

/** JSON writes what is no number as null; it is read as what it was. */
const measured = z.union([z.number(), z.null().transform(() => Number.NaN)])
/** What columns hold of them. Loose: what an earlier or a later program wrote besides is kept as it is. */
export const hypothesisSchema: z.ZodType<Hypothesis> = z.looseObject({
  failureMode: z.string(),
  probability: z.number(),
})
export const evidenceSchema: z.ZodType<Evidence> = z.looseObject({
  feature: z.string(),
  metric: z.string().optional(),
  observed: measured,
  expected: z.tuple([measured, measured]),
  unit: z.string(),
  from: z.number(),
  to: z.number(),
  share: z.number(),
  scale: z.enum(evidenceScales).optional(),
})

/** Hours until functional failure; null where the upper end cannot be known. */
export interface RemainingLife {
  p10: number
  p50: number
  p90: number | null
}

export type Severity = 'info' | 'warning' | 'critical'

/**
 * What detection says of one condition on one appliance. The same readings give the same detections, whatever the
 * order they arrived in and however often they are replayed: `condition` identifies it for ever.
 */
export interface Detection {
  /** `${appliance}/${failureMode when first seen}/${firstSeenAt}`. */
  condition: string
  appliance: ApplianceId
  kind: string
  /**
   * `suspected`: seen, not yet sure (a pending alert); `confirmed`: sure enough to open (again: what is known has
   * changed); `recovered`: the signal has been back in its band for long enough.
   */
  phase: 'suspected' | 'confirmed' | 'recovered'
  /** Event time of the reading that led to this. */
  at: Millis
  firstSeenAt: Millis
  /** Journal place of the reading that led to this. */
  offset: Offset
  /** Most probable first; never empty. */
  hypotheses: Hypothesis[]
  severity: Severity
  /** 0 to 1: that this is a fault at all. */
  confidence: number
  remainingLife?: RemainingLife
  /** Since when it no longer does its job, as its own signal shows: then nothing is left of its life. */
  failedAt?: Millis
  /** It was repaired then, and its own signal has not yet said whether that helped: nothing is said of its life meanwhile. */
  repairedAt?: Millis
  /** Largest share first; empty where nothing is outside of its band now. */
  evidence: Evidence[]
  explanation: { engineer: Text; owner: Text }
  /** Which detector and which version of its model spoke. */
  detector: string
}

/** Where one feature of one appliance stood, against its compensated, frozen band. One dot on the page. */
export interface FeatureRow {
  appliance: ApplianceId
  feature: string
  at: Millis
  observed: number
  /** NaN while the baseline is still being learned. */
  low: number
  high: number
}

/** One finished cycle (a compressor run, a wash program) of one appliance. */
export interface CycleRow {
  appliance: ApplianceId
  cycle: string
  from: Millis
  to: Millis
  /** Feature → value of this cycle. */
  features: Record<string, number>
}

export type HealthStatus = 'learning' | 'healthy' | 'watch' | 'visit' | 'silent'

/** How many of one cycle were cut by holes, and what is known of the last one: from when to when it was seen to run. */
export interface CutCycles {
  cycle: string
  count: number
  last: { from: Millis; to: Millis }
}

/** How one appliance fares now. */
export interface HealthRow {
  appliance: ApplianceId
  /** 0 to 100. */
  health: number
  status: HealthStatus
  at: Millis
  /** What moved it, largest first: a feature and its points lost. */
  because: { feature: string; points: number }[]
  /** What of the kind's sensors this appliance has never sent. */
  missing: string[]
  /** Nothing tells when it runs: its power has one level. What is made of cycles is not watched. */
  neverCycles?: boolean
  /** Cycles that a hole in its data cut, so that nothing was judged by them; by the cycle's name, since it was first heard. */
  cutCycles?: CutCycles[]
  /** Limits that it is beyond now, by the guard that watches each. */
  beyond?: { guard: string; since: Millis }[]
  /** Since when it no longer does its job, as its own signal shows. */
  failedAt?: Millis
  /** Repairs that its own signal is proving now: rows that were seen since, of those that are asked for. */
  proving?: { ticket: string; since: Millis; done: number; of: number }[]
  /** Switched off on purpose, as it said itself; without `until` no end was said. */
  off?: { since: Millis; until?: Millis }
  /** Baselines learned anew, and why. */
  learning?: { since: Millis; reason: string }
}

/** A change that people or the desk make to what detection knows. Travels in the journal as a control frame. */
export type DetectionControl =
  | {
      type: 'register'
      appliance: ApplianceId
      kind: string
      model: string
      batch?: string
      firmware?: string
      cadenceSeconds?: number
      /** How it says its values, and when: see `Registration`. */
      units?: Record<string, string>
      counters?: string[]
      reports?: 'interval' | 'on-change'
      heartbeatSeconds?: number
      region?: string
      installedAt?: Millis
    }
  | { type: 'retire'; appliance: ApplianceId }
  /** A ticket opened on it: its baseline learns nothing until it ends. */
  | { type: 'freeze'; appliance: ApplianceId; ticket: string }
  /** A visit begins or ends: what it shows meanwhile is not evidence. */
  | { type: 'mute'; appliance: ApplianceId; ticket: string; until: Millis }
  | { type: 'unmute'; appliance: ApplianceId; ticket: string }
  /** Closed: watch whether its own signal returns to the frozen band. */
  | { type: 'verify'; appliance: ApplianceId; ticket: string; at: Millis; cause: string; alerts: readonly string[] }
  /** Verified, refuted or cancelled: the freeze ends; `relearn` when a repair changed what is normal. */
  | { type: 'release'; appliance: ApplianceId; ticket: string; at: Millis; relearn: boolean; reason: string }
  /** A person said that an alert was not a fault. */
  | { type: 'dismiss'; appliance: ApplianceId; condition: string; at: Millis }
  /** A gateway speaks for these from here on; `appliance` is its own id. */
  | { type: 'gateway'; appliance: string; appliances: ApplianceId[] }
  /** A session began or ended: a gateway's, or of an appliance that is silent by presence. */
  | { type: 'session'; appliance: string; online: boolean }
  /** A rule that somebody wrote runs from here on (in the place of its former version), or, without `rule`, no more. */
  | { type: 'rule'; appliance: ''; id: string; rule?: Rule }
  /** Another version of the models judges from here on. It is of the whole fleet: `appliance` is empty. */
  | { type: 'models'; appliance: ''; set: string; swap: string }

/** What the appliance's own signal said of a repair. */
export interface VerificationRow {
  ticket: string
  appliance: ApplianceId
  at: Millis
  outcome: 'passed' | 'failed' | 'no-data'
  /** Cycles or days that were looked at, and the features that decided. */
  evidence: Evidence[]
}
