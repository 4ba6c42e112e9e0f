import type {
  AlertId,
  Closure,
  EngineerId,
  Evidence,
  Hypothesis,
  KitLine,
  Millis,
  Reason,
  Registration,
  SlaClock,
  Slot,
  Text,
  Ticket,
  TicketId,
} from '../../../core/index.ts'
import type { RankedCandidate } from '../../dispatch/rankCandidates.ts'
import type { Weighed } from '../../dispatch/weighVisit.ts'
import type { SupplyLine } from '../../parts/kit.ts'
import type { Payment } from '../../payments/payment.ts'
import type { PolicyStamp } from '../../policy/resolvePolicy.ts'
import type { Answer, JobType } from '../../visit/answer.ts'
import type { Bill } from '../../visit/billLine.ts'
import type { Contact } from '../contact.ts'

/** A ticket as it is kept: the contract's fields, and what the desk needs besides, side by side. */
export interface StoredTicket
  extends Readonly<
    Pick<
      Ticket,
      | 'id'
      | 'number'
      | 'appliance'
      | 'source'
      | 'state'
      | 'failureMode'
      | 'priority'
      | 'createdAt'
      | 'engineer'
      | 'slot'
    >
  > {
  readonly alerts: readonly AlertId[]
  readonly clocks: readonly SlaClock[]
  readonly kit: readonly KitLine[]
  readonly visit?: Readonly<NonNullable<Ticket['visit']>> | undefined
  readonly closure?: Readonly<Closure> | undefined
  readonly verification?: Ticket['verification']
  readonly candidates: readonly RankedCandidate[]
  /** Why nobody has it: nobody is known, or nobody fits. */
  readonly nobody?: Reason | undefined
  readonly bill?: Bill | undefined
  readonly kind: string
  /** Of the appliance. */
  readonly model: string
  /** What detection said when the ticket was made: that is what it is judged by, whatever is learned later. */
  readonly said?: { readonly version: string; readonly probability: number; readonly lifeHours?: number } | undefined
  /** A person said that what led to it was no fault, before anybody went. */
  readonly dismissed?: { readonly by: string; readonly why: string; readonly at: Millis } | undefined
  /** The rows of the policy that it was made under: they go on to hold for it. */
  readonly policy?: PolicyStamp | undefined
  readonly owner?: Registration['owner']
  readonly hypotheses: readonly Hypothesis[]
  /** Pinned when the ticket was made: what detection saw. */
  readonly evidence: readonly Evidence[]
  /** What was noticed, in the owner's words. */
  readonly noticed: Text
  /** What was noticed, in the engineer's words. */
  readonly diagnosis: Text
  readonly skill: string
  readonly difficulty: number
  readonly minutes: number
  readonly offeredSlots: readonly Slot[]
  /** The owner, or somebody for them, chose the time. */
  readonly slotChosen?: true | undefined
  /** When the work begins by the plan of its day. */
  readonly plannedAt?: Millis | undefined
  /** Parts for it: reserved at a place, or on their way. */
  readonly supply?: readonly SupplyLine[] | undefined
  /** A person chose the engineer: later planning keeps to it. */
  readonly assignedByHand?: true | undefined
  /** What decided the verification: the features that were looked at. */
  readonly verificationEvidence?: readonly Evidence[] | undefined
  /** A person works on it: simulated people leave it alone. */
  readonly heldBy?: string | undefined
  /** Every time somebody, or the appliance itself, said something of it. */
  readonly contacts?: readonly Contact[] | undefined
  /** When the owner hears of a person at the latest: said in the first message. */
  readonly contactBy?: Millis | undefined
  /** Median of the remaining life when it was last said, hours. */
  readonly lifeHours?: number | undefined
  /** Why a visit, and why by then: what acting and waiting were expected to cost when it was offered. */
  readonly weighed?: (Weighed & { readonly at: Millis }) | undefined
  /** What changed since the owner declined or let it expire. */
  readonly changed?: Reason | undefined
  /** What it was for has gone, or weakened, since it was said. */
  readonly faded?: 'gone' | 'weaker' | undefined
  /** What kind of job it is, where the source does not say. */
  readonly job?: JobType | undefined
  /** The owner has been spoken to, and the time is agreed. */
  readonly contactedAt?: Millis | undefined
  /** Nobody had by the deadline. */
  readonly escalatedAt?: Millis | undefined
  /** Who had it and did not contact the owner in time. */
  readonly passedOver?: readonly EngineerId[] | undefined
  /** The engineer's answers to the card of the visit, and the owner's own ticks. */
  readonly checklist?:
    | { readonly at: Millis; readonly by: string; readonly answers: Readonly<Record<string, Answer>> }
    | undefined
  readonly ownerTicks?: { readonly at: Millis; readonly ticks: Readonly<Record<string, boolean>> } | undefined
  /** The owner has seen the bill, and agrees. */
  readonly billConfirmedAt?: Millis | undefined
  /** How it stands with the money of the bill. */
  readonly payment?: Payment | undefined
  readonly ratingExpiredAt?: Millis | undefined
  /** What the owner may try before anybody comes, and what they say of it. */
  readonly guide?:
    | {
        readonly id: string
        readonly offeredAt: Millis
        readonly triedAt?: Millis
        readonly helped?: boolean
        readonly failedAt?: Millis
      }
    | undefined
  /** A repair by command: what was sent, and what became of it. */
  readonly remote?:
    | {
        readonly command: string
        readonly type: string
        readonly sentAt: Millis
        readonly by: string
        readonly result?: 'done' | 'refused' | 'failed' | 'expired'
        readonly detail?: string
        readonly endedAt?: Millis
      }
    | undefined
  /** A test that the appliance was told to run, what it showed, and what was believed before and after. */
  readonly test?:
    | {
        readonly test: string
        readonly command: string
        readonly sentAt: Millis
        /** That something is wrong at all, and the leading cause. */
        readonly real: number
        readonly leading?: Hypothesis
        readonly endedAt?: Millis
        readonly result?: 'done' | 'refused' | 'failed' | 'expired'
        readonly measured?: Readonly<Record<string, number>> | undefined
        readonly realAfter?: number
        readonly leadingAfter?: Hypothesis
      }
    | undefined
  /** What its owner was asked before a visit was offered, what they said, and what that made of what was believed. */
  readonly check?:
    | {
        readonly questions: readonly string[]
        readonly askedAt: Millis
        readonly real: number
        readonly leading?: Hypothesis
        readonly answeredAt?: Millis
        readonly answers?: Readonly<Record<string, 'yes' | 'no' | 'unsure'>>
        readonly realAfter?: number
        readonly leadingAfter?: Hypothesis
        /** Nobody needs to come now; its owner may mend it; a visit is offered. */
        readonly outcome?: 'wait' | 'guide' | 'offer'
      }
    | undefined
  readonly compensation?: { readonly at: Millis; readonly text: Text } | undefined
  /** The owner's own engineer, when this was planned. */
  readonly bound?: EngineerId | undefined
  /** How often somebody came for it. */
  readonly visits?: number | undefined
  /** The owner was not at home. */
  readonly noShows?: readonly Millis[] | undefined
  /** The ticket whose repair did not last; how often the fault came back; the owner may ask for another appliance. */
  readonly recallOf?: TicketId | undefined
  readonly recallCount?: number | undefined
  /** The repair that was not solved: what it was of, when, and when that was said. */
  /** Which desk asked the owner how it went, last. */
  readonly calledBack?: { readonly desk: string; readonly solved: boolean; readonly at: Millis } | undefined
  readonly repaired?: { readonly cause: string; readonly at: Millis; readonly reopenedAt: Millis } | undefined
  readonly swapRight?: true | undefined
  /** The owner has asked for it. */
  readonly swapClaimedAt?: Millis | undefined
  readonly rating?: { readonly stars: number; readonly text: string; readonly at: Millis } | undefined
  readonly reopened?: number | undefined
  readonly updatedAt: Millis
}

/** Without who was considered for it: enough to plan, to count and to prove. */
export type LeanTicket = Omit<StoredTicket, 'candidates'>
/** As it stood at a moment: without what is worked out anew whenever it is asked. */
export type TicketThen = Omit<LeanTicket, 'nobody'>
