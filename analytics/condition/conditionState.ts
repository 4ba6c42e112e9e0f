import type { CutCycles, HealthStatus, Millis, RemainingLife, Severity } from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'

/** A condition under way: what one detection after another says of it. */
export interface Condition {
  id: string
  phase: 'suspected' | 'confirmed'
  firstSeenAt: Millis
  /** What was said last, to tell when there is news. */
  saidMode: string
  saidSeverity: Severity
  /** It was said that it has failed, and since when. */
  saidFailed?: Millis | undefined
  saidAt: Millis
  calmRows: number
  /** The mode it opened with, and for how many rows another one has been the likelier by far. */
  openedMode: string
  turnedRows: number
  byGuard: boolean
  /** Since when every row has stood above the threshold, with proof; null while the last one did not. */
  raisedAt: Millis | null
}

/** A condition that its own cause ends: silence, a stuck sensor. */
export interface SimpleCondition {
  id: string
  firstSeenAt: Millis
}

/** A repair being watched: by feature its shift (z) before, and since. */
export interface Verifying {
  ticket: string
  at: Millis
  features: {
    feature: number
    before: number
    after: number[]
    observed: number
    low: number
    high: number
    from: Millis
    to: Millis
  }[]
  rows: number
}

/** A limit that stands passed. */
interface PassedGuard {
  from: Millis
  at: Millis
  observed: number
  limit: number
  /** What its state said before: see `GuardItem`. */
  after?: string | null
}

/** What judging remembers of one appliance. */
export interface ConditionState {
  condition: Condition | null
  /** Nothing of it counts: it is not heard, or all that it says is refused. */
  silent: (SimpleCondition & { mode?: 'silent' | 'refused'; behind?: string }) | null
  /** By metric. */
  stuck: Map<string, SimpleCondition>
  guards: Map<number, PassedGuard>
  pcaSums: Float64Array
  pcaContributions: Float32Array
  /** Worst share of a threshold by scale, of its last row. */
  levels: Float64Array
  /** Level after the row before: a condition is confirmed only while it does not fall. */
  formerLevel: number
  topDetector: string
  profile: Float64Array
  /** Probabilities of what the latest profile shows: by declared mode, the last of `unknown`. */
  beliefs: Float64Array
  /** What the trained model says is left; null where none was trained, and before the first row. */
  life: RemainingLife | null
  observed: Float64Array
  low: Float64Array
  high: Float64Array
  /** 1 where what was observed is of the last hours of a running day. */
  byHours?: Uint8Array
  seenFrom: Float64Array
  seenTo: Float64Array
  /** While a condition is under way: [to, share of the way to failure …] of each row. */
  course: number[]
  verifying: Verifying[]
  learning: number
  missing: string[]
  /** See `ScoredRow`, of its last row; absent where an earlier program wrote it. */
  unseenDays?: number
  neverCycles?: boolean
  /** By cycle: how many a hole cut. */
  cut?: Map<string, CutCycles>
  /** The latest refractory moments: metric and when. */
  moments: { metric: string; at: Millis }[]
  learnedBecause: { since: Millis; reason: string } | null
  /** Switched off on purpose. */
  off: { since: Millis; until: Millis } | null
  /** By failure mode: what it reported by its own codes. */
  codes?: Map<string, SimpleCondition & { lastAt: Millis }>
  said: { health: number; status: HealthStatus; stage?: string } | null
}

export function newConditionState(plan: DetectionPlan): ConditionState {
  const n = plan.features.length
  const modes = Object.keys(plan.spec.signatures).length
  const blank = (): Float64Array => new Float64Array(n).fill(NaN)
  return {
    condition: null,
    silent: null,
    stuck: new Map(),
    guards: new Map(),
    pcaSums: new Float64Array(plan.scales.length),
    pcaContributions: new Float32Array(n),
    levels: new Float64Array(plan.scales.length),
    formerLevel: 0,
    topDetector: '',
    profile: blank(),
    beliefs: new Float64Array(modes + 1).fill(1 / (modes + 1)),
    life: null,
    observed: blank(),
    low: blank(),
    high: blank(),
    byHours: new Uint8Array(n),
    seenFrom: blank(),
    seenTo: blank(),
    course: [],
    verifying: [],
    learning: n,
    missing: [],
    moments: [],
    learnedBecause: null,
    off: null,
    said: null,
  }
}
