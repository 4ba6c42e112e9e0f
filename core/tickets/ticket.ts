import type { Alert, MarkVerdict } from '../alert.ts'
import type { UnitOfWork } from '../database.ts'
import type { AlertId, ApplianceId, EngineerId, InLanguages, PartId, TicketId } from '../ids.ts'
import type { Location } from '../registry.ts'
import type { Millis } from '../running/time.ts'
import type { Text } from '../texts/languages.ts'

export const ticketStates = [
  'new',
  'offered',
  'declined',
  'expired',
  'accepted',
  'assigned',
  'visiting',
  'waiting',
  'remote',
  'completed',
  'closed',
  'verified',
  'reopened',
  'cancelled',
] as const
export type TicketState = (typeof ticketStates)[number]

export type TicketSource = 'predicted' | 'reported' | 'inspection' | 'recall' | 'safety'

export interface Slot {
  from: Millis
  to: Millis
}

export interface KitLine {
  part: PartId
  quantity: number
  /** That the visit will need it, 0 to 1. */
  probability: number
}

/** An engineer who was considered: with a rank, or with what rules them out. */
export interface Candidate {
  engineer: EngineerId
  rank?: number
  reasons: string[]
  rejectedBecause?: string
}

export interface SlaClock {
  name: string
  dueAt: Millis
  doneAt?: Millis
}

export const verdicts = ['confirmed', 'refuted', 'other-cause'] as const
export interface Closure {
  cause: string
  verdict?: (typeof verdicts)[number]
  parts: PartId[]
  note: string
  /** The owner's own mishap: the maker's warranty does not cover it. */
  accident?: boolean | undefined
  at: Millis
  by: string
}

/** A promise to an owner. */
export interface Ticket {
  id: TicketId
  number: string
  appliance: ApplianceId
  source: TicketSource
  state: TicketState
  failureMode?: string
  alerts: readonly AlertId[]
  /** 1 (now) to 4 (when convenient). */
  priority: number
  createdAt: Millis
  clocks: readonly SlaClock[]
  kit: readonly KitLine[]
  candidates: readonly Candidate[]
  engineer?: EngineerId
  slot?: Slot
  visit?: { startedAt: Millis; endedAt?: Millis }
  closure?: Closure
  verification?: 'pending' | 'passed' | 'failed' | 'no-data'
  bill?: {
    lines: (InLanguages<'text'> & {
      cents: number
      /** Of the tariff, or `covered`. */
      code?: string
      /** Which line somebody else pays, and by which clause. */
      covers?: number
      clause?: Text
    })[]
    totalCents: number
    /** Of every amount, ISO 4217. */
    currency?: string
    /** Tax that is within the total. */
    taxCents?: number
  }
  ownerLink: string
  history: ({ at: Millis; by: string; from: TicketState | null; to: TicketState } & InLanguages<'why'>)[]
}

export interface Engineer {
  id: EngineerId
  name: string
  location: Location
  grade: 'A+' | 'A' | 'B' | 'C' | 'D'
  skills: string[]
  depot?: string
  /** The outlet that they belong to: it never calls back its own visits. */
  outlet?: string | undefined
  hiredAt?: Millis | undefined
  /** Papers and exams with the days of their validity; absent: none are on record, and the grade stands as given. */
  certificates?: { name: string; validFrom?: Millis | undefined; validUntil?: Millis | undefined }[] | undefined
  /** Hours of their local day; absent: the policy's. */
  shift?: [from: number, to: number] | undefined
  daysOff?: { from: Millis; to: Millis }[] | undefined
  /** Fault classes that they may not do until they have passed. */
  retraining?: { failureMode: string; since: Millis; passedAt?: Millis | undefined }[] | undefined
}

export interface Depot {
  id: string
  type: 'depot' | 'outlet' | 'van'
  location: Location
  /** What lies there; of that, what is promised to tickets. */
  stock: { part: PartId; quantity: number; reserved?: number }[]
}

/**
 * How an alert asks for a ticket. Called inside the alert's own transaction, so both exist or neither.
 * @returns the ticket that now holds the alert: a new one, or the appliance's open one which it joined
 */
export interface TicketPort {
  /** Is a visit for it expected to save more than it costs? Asked before a ticket; asked again with news of the alert. */
  worthVisit(alert: Alert): boolean
  ticketFor(tx: UnitOfWork, alert: Alert): Promise<TicketId>
  /** The alert's facts changed while its ticket lives. */
  alertChanged(tx: UnitOfWork, alert: Alert): Promise<void>
  /** It is seen no more: its ticket goes on with what still stands, or has lost its reason. */
  alertEnded(tx: UnitOfWork, alert: Alert): Promise<void>
  /** A person said so without a visit; a ticket that nothing else holds up ends with it. */
  alertMarked(tx: UnitOfWork, alert: Alert, by: string, verdict: MarkVerdict, why: string): Promise<void>
  /** A person said that it was no fault; a ticket that nothing else holds up ends with it. */
  alertDismissed(tx: UnitOfWork, alert: Alert, by: string, why: string): Promise<void>
}
