import type { Detection, Evidence, Hypothesis, RemainingLife, Severity } from './detection.ts'
import type { AlertId, ApplianceId, TicketId } from './ids.ts'
import type { Millis } from './running/time.ts'

export const alertStates = ['pending', 'open', 'acknowledged', 'cleared', 'closed'] as const
export type AlertState = (typeof alertStates)[number]

/** A condition with a life. What was said at its opening never changes: that is what judges score. */
export interface Alert {
  id: AlertId
  appliance: ApplianceId
  kind: string
  failureMode: string
  hypotheses: Hypothesis[]
  severity: Severity
  state: AlertState
  confidence: number
  firstSeenAt: Millis
  openedAt?: Millis
  clearedAt?: Millis
  closedAt?: Millis
  snoozedUntil?: Millis
  /** Who looks after it. */
  acknowledgedBy?: string
  /** Whom somebody else has named for it. That ends nothing: they may not know yet. */
  assignedTo?: string
  /** What people wrote about it for each other, the oldest first. */
  notes?: { by: string; text: string; at: Millis }[]
  dismissed?: { by: string; why: string; at: Millis }
  /** What somebody said of it without a visit. */
  marked?: { by: string; why: string; at: Millis; verdict: MarkVerdict }
  /** It shows what was marked before: it stays pending, and nobody is told. Ids of the marks. */
  heldBack?: string[]
  /** Somebody said that it matters less than it was said to, until detection says more. */
  downgraded?: { by: string; why: string; at: Millis; from: Severity }
  remainingLife?: RemainingLife
  /** Since when it no longer does its job. */
  failedAt?: Millis
  /** Repaired then, and being proved by its own signal. */
  repairedAt?: Millis
  evidence: Evidence[]
  explanation: Detection['explanation']
  ticket?: TicketId
  /** The notice that it is part of: many appliances show the same. */
  cohort?: string
  /** It asks for no ticket until then: what many share is no matter of one visit. */
  heldUntil?: Millis
  opened?: {
    at: Millis
    failureMode: string
    hypotheses: Hypothesis[]
    remainingLife?: RemainingLife
    fired?: Evidence
  }
  detector: string
  updatedAt: Millis
}

/** How far a fault has come, in the order in which it happens. */
export const alertStages = ['suspected', 'warns', 'failed', 'proving', 'over'] as const
export type AlertStage = (typeof alertStages)[number]

/** Pure; everything of one version of the alert, so that no two of its sentences are of different times. */
export function stageOf({ state, failedAt, repairedAt }: Pick<Alert, 'state' | 'failedAt' | 'repairedAt'>): AlertStage {
  if (state === 'cleared' || state === 'closed') return 'over'
  // What fails again after its repair has failed, whatever is being proved.
  if (failedAt !== undefined) return 'failed'
  if (repairedAt !== undefined) return 'proving'
  return state === 'pending' ? 'suspected' : 'warns'
}

/** What a person says of an alert without a visit: it is no fault here; one that is known; one that is not worth a visit. */
export const markVerdicts = ['normal-here', 'known', 'not-worth-it'] as const
export type MarkVerdict = (typeof markVerdicts)[number]

/** One row of what was seen as it was marked: which way out of its band, and how far, in widths of the band. */
export interface MarkedRow {
  readonly feature: string
  readonly side: 'high' | 'low' | 'inside'
  readonly deviation: number
  readonly share: number
}

/** What somebody said of an alert, and what it showed then. */
export interface Mark {
  readonly id: string
  readonly appliance: ApplianceId
  readonly alert: AlertId
  readonly failureMode: string
  readonly severity: Severity
  readonly verdict: MarkVerdict
  readonly by: string
  readonly why: string
  readonly at: Millis
  readonly rows: readonly MarkedRow[]
  /** The ticket of the visit that found nothing. */
  readonly visit?: string | undefined
  readonly undone?: { readonly by: string; readonly at: Millis }
}

/** What a maintenance is of: one appliance, all of one home, or all of one model. */
export const maintenanceScopes = ['appliance', 'home', 'model'] as const
export type MaintenanceScope = (typeof maintenanceScopes)[number]

/** Somebody works there: until it ends, nothing that is found opens, asks for a ticket, or disturbs anybody. */
export interface Maintenance {
  readonly id: string
  readonly scope: MaintenanceScope
  /** Which: id of the appliance or the home, or kind and model with a slash between. */
  readonly of: string
  /** On whose page it was begun. */
  readonly appliance: ApplianceId
  readonly from: Millis
  /** It ends by itself then, if nobody ends it before. */
  readonly until: Millis
  readonly by: string
  readonly why: string
  /** `by` is absent where time ended it. */
  readonly ended?: { readonly at: Millis; readonly by?: string }
}
