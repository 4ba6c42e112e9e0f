import type { Evidence, Hypothesis, Millis, Reason, Registration, Slot, Text, Ticket } from '../../core/index.ts'
import type { RankedCandidate } from '../dispatch/rankCandidates.ts'
import type { Weighed } from '../dispatch/weighVisit.ts'
import type { PolicyStamp } from '../policy/resolvePolicy.ts'
import type { Answer, JobType } from '../visit/answer.ts'
import type { Bill } from '../visit/billLine.ts'

/** A ticket as it is kept: the contract's fields, and what the desk needs besides. */
export interface StoredTicket extends Omit<Ticket, 'ownerLink' | 'history' | 'candidates' | 'candidatesNote' | 'bill'> {
  candidates: RankedCandidate[]
  /** Why nobody has it: nobody is known, or nobody fits. */
  nobody?: Reason
  bill?: Bill
  kind: string
  /** Of the appliance. */
  model: string
  /** What detection said when the ticket was made: that is what it is judged by, whatever is learned later. */
  said?: { version: string; probability: number; lifeHours?: number }
  /** A person said that what led to it was no fault, before anybody went. */
  dismissed?: { by: string; why: string; at: Millis }
  /** The rows of the policy that it was made under: they go on to hold for it. */
  policy?: PolicyStamp
  owner?: Registration['owner']
  hypotheses: Hypothesis[]
  /** Pinned when the ticket was made: what detection saw. */
  evidence: Evidence[]
  /** What was noticed, in the owner's words. */
  noticed: Text
  /** What was noticed, in the engineer's words. */
  diagnosis: Text
  skill: string
  difficulty: number
  minutes: number
  offeredSlots: Slot[]
  /** The owner, or somebody for them, chose the time. */
  slotChosen?: true
  /** When the work begins by the plan of its day. */
  plannedAt?: Millis
  /** Parts for it: reserved at a place, or on their way. */
  supply?: { part: string; quantity: number; place?: string; from?: string; dueAt?: Millis }[]
  /** A person chose the engineer: later planning keeps to it. */
  assignedByHand?: true
  /** What decided the verification: the features that were looked at. */
  verificationEvidence?: Evidence[]
  /** A person works on it: simulated people leave it alone. */
  heldBy?: string
  /** Every time somebody, or the appliance itself, said something of it. */
  contacts?: Contact[]
  /** When the owner hears of a person at the latest: said in the first message. */
  contactBy?: Millis
  /** Median of the remaining life when it was last said, hours. */
  lifeHours?: number | undefined
  /** Why a visit, and why by then: what acting and waiting were expected to cost when it was offered. */
  weighed?: Weighed & { at: Millis }
  /** What changed since the owner declined or let it expire. */
  changed?: Reason
  /** What kind of job it is, where the source does not say. */
  job?: JobType
  /** The owner has been spoken to, and the time is agreed. */
  contactedAt?: Millis
  /** Nobody had by the deadline. */
  escalatedAt?: Millis
  /** Who had it and did not contact the owner in time. */
  passedOver?: string[]
  /** The engineer's answers to the card of the visit, and the owner's own ticks. */
  checklist?: { at: Millis; by: string; answers: Record<string, Answer> }
  ownerTicks?: { at: Millis; ticks: Record<string, boolean> }
  /** The owner has seen the bill, and agrees. */
  billConfirmedAt?: Millis
  ratingExpiredAt?: Millis
  /** What the owner may try before anybody comes, and what they say of it. */
  guide?: { id: string; offeredAt: Millis; triedAt?: Millis; helped?: boolean; failedAt?: Millis }
  /** A repair by command: what was sent, and what became of it. */
  remote?: {
    command: string
    type: string
    sentAt: Millis
    by: string
    result?: 'done' | 'refused' | 'failed' | 'expired'
    detail?: string
    endedAt?: Millis
  }
  compensation?: { at: Millis; text: Text }
  /** The owner's own engineer, when this was planned. */
  bound?: string | undefined
  /** How often somebody came for it. */
  visits?: number
  /** The owner was not at home. */
  noShows?: Millis[]
  /** The ticket whose repair did not last; how often the fault came back; the owner may ask for another appliance. */
  recallOf?: string
  recallCount?: number
  swapRight?: true
  rating?: { stars: number; text: string; at: Millis }
  reopened?: number
  updatedAt: Millis
}

export const channels = ['telemetry', 'app', 'web', 'hotline', 'wechat', 'shop', 'mail'] as const
export interface Contact {
  at: Millis
  channel: (typeof channels)[number]
  by: string
  text: string
  /** Of the question template. */
  symptom?: string
  /** Which fault it speaks for. */
  failureMode?: string
}
