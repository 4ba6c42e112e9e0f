import type { Millis } from '../../core/index.ts'
import type { Against } from './mayPromote.ts'
import type { ModelSwap } from './releaseState.ts'
import type { ShadowSpan } from './shadowTable.ts'
import type { ModelRecord } from './weighShadow.ts'

/** What the sidecars of a version say of one kind. */
export interface KindSummary {
  kind: string
  version: string
  seeds: number[]
  appliances: number
  days: number
  heldOut?: unknown
  hash: string
}
export interface KnownSet {
  set: string
  kinds: KindSummary[]
  source: string
}

/** Both versions over the spans in which the candidate ran in shadow. */
export interface Comparison {
  from: Millis
  to: Millis
  applianceDays: number
  inForce: ModelRecord
  candidate: ModelRecord
  /** What speaks against its promotion. */
  against: Against[]
}

export interface ModelsView {
  inForce: KnownSet & { since: Millis | null; offset: number | null }
  candidate: (KnownSet & { offeredAt: Millis; spans: ShadowSpan[] }) | null
  former: KnownSet | null
  pending: ModelSwap | null
  comparison: Comparison | null
  /** Newest first. */
  history: (ModelSwap & { figures: Comparison | null })[]
}

export interface ShadowAlert {
  appliance: string
  kind: string
  failureMode: string
  openedAt: Millis
  endedAt: Millis | null
  /** The alert of the version in force that speaks of the same fault. */
  inForce?: { alert: string; openedAt: Millis }
}
