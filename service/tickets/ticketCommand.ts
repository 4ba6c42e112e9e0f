import type { Catalog } from '../../catalog/index.ts'
import type {
  Alert,
  AlertId,
  Appliance,
  Closure,
  CommandResult,
  DetectionControl,
  EngineerId,
  Evidence,
  Hypothesis,
  Millis,
  Problem,
  Reason,
  Render,
  Series,
  Slot,
  Text,
  TicketId,
  TicketState,
} from '../../core/index.ts'
import type { Recall } from '../closure/recall.ts'
import type { Means } from '../dispatch/means.ts'
import type { Planned } from '../dispatch/planning.ts'
import type { EngineerNow } from '../dispatch/rankCandidates.ts'
import type { Weighed } from '../dispatch/weighVisit.ts'
import type { KitPlan, SupplyLine } from '../parts/kit.ts'
import type { Payment } from '../payments/payment.ts'
import type { PolicyStamp } from '../policy/resolvePolicy.ts'
import type { CommandRecord } from '../remote/commandTable.ts'
import type { OwnerAnswers } from '../testing/ownerCheck.ts'
import type { Belief } from '../testing/revise.ts'
import type { Answer, JobType } from '../visit/answer.ts'
import type { Contract } from '../visit/coverage.ts'
import type { Contact } from './contact.ts'
import type { DeskTask, TaskType } from './taskTable.ts'
import type { Ticket } from './ticket.ts'
import type { TicketNews } from './ticketNotices.ts'

/** What a report, an alert or a failed test says of a ticket that is to be made. */
export interface NewTicket {
  readonly id: TicketId
  readonly number: string
  readonly source: Ticket['source']
  readonly failureMode: string
  readonly alerts: readonly AlertId[]
  readonly hypotheses: readonly Hypothesis[]
  readonly evidence: readonly Evidence[]
  readonly noticed: Text
  readonly diagnosis: Text
  readonly lifeHours?: number | undefined
  readonly said?: Ticket['finding']['said']
  readonly job?: JobType | undefined
  readonly policy: PolicyStamp
}

/** What a new ticket begins with. */
export interface Opening {
  readonly made: NewTicket
  readonly why: Reason
  readonly contact?: Contact
  readonly recall?: Recall | undefined
  /** The alert that asks for it, and what a visit for it would cost and save. */
  readonly alert?: Alert
  readonly weighed?: Weighed
  /** The day of telemetry before a report. */
  readonly series?: Series | undefined
}

/** A test that its appliance is to run, and the command that says so. */
export interface ChosenTest {
  readonly test: string
  readonly text: Text
  readonly command: CommandRecord
}

/** Everything that is done to a ticket. */
export type TicketCommand =
  // By alerts.
  | { type: 'joinAlert'; alert: Alert }
  | { type: 'joinWhileVerifying'; alert: Alert }
  | { type: 'grow'; alert: Alert; weighed: Weighed }
  | { type: 'loseReason'; alert: Alert }
  | { type: 'dismiss'; why: string }
  // By its owner, or a desk for them.
  | { type: 'joinReport'; contact: Contact; series?: Series | undefined }
  | { type: 'accept'; slot?: Slot | undefined }
  | { type: 'decline'; why?: string | undefined }
  | { type: 'cancel'; why: Reason; tells: boolean }
  | { type: 'rate'; stars: number; text: string }
  | { type: 'reopen'; why?: string | undefined }
  | { type: 'confirmChecklist'; ticks: Readonly<Record<string, boolean>> }
  | { type: 'confirmBill' }
  | { type: 'pay'; payment: Payment }
  | { type: 'claimSwap' }
  | { type: 'contestBill'; why: string }
  | { type: 'guideTried'; helped: boolean; guide?: string | undefined }
  | { type: 'checked'; answers: OwnerAnswers; after: Belief; weighed: Weighed }
  // By desks and engineers.
  | { type: 'assign'; engineer: EngineerNow; why: string }
  | { type: 'take'; engineer: EngineerId; why: Reason }
  | { type: 'contact'; words: string; slot?: Slot | undefined }
  | { type: 'reached'; words: string }
  | { type: 'noShow'; why: string }
  | { type: 'startVisit' }
  | { type: 'endVisit'; answers: Readonly<Record<string, Answer>>; lock: string | undefined }
  | { type: 'waitForParts'; parts: readonly { part: string; quantity: number }[]; why?: string | undefined }
  | {
      type: 'close'
      closure: Pick<Closure, 'cause' | 'verdict' | 'parts' | 'note' | 'accident'>
      contracts: readonly Contract[]
    }
  | { type: 'callBack'; desk: string; solved: boolean; note: string }
  | { type: 'repairRemotely'; command: CommandRecord }
  | { type: 'hold'; by: string | null }
  | { type: 'beginTest'; chosen: ChosenTest }
  /** `hasHeard`: its owner is at its page, and sees it there. */
  | { type: 'offer'; why: Reason; hasHeard?: true }
  // By planning.
  | { type: 'plan'; promise: boolean }
  | { type: 'rank' }
  | { type: 'freshSlot' }
  | { type: 'takeOff'; because: Reason; from: 'round' | 'record' }
  | { type: 'placeInDay'; engineer: EngineerId; at: Millis }
  | { type: 'retime'; at: Millis }
  | { type: 'partsCame'; supply: readonly SupplyLine[] }
  // By the appliance, and by time.
  | { type: 'commandAnswered'; result: CommandResult; detail?: string | undefined }
  | { type: 'commandLate'; command: string; result: CommandResult; detail?: string | undefined }
  | {
      type: 'tested'
      result: CommandResult
      text: Text
      measured?: Readonly<Record<string, number>>
      after?: { real: number; hypotheses: readonly Hypothesis[] }
      weighed?: Weighed
    }
  | { type: 'verified'; outcome: 'passed' | 'failed' | 'no-data'; evidence: readonly Evidence[] }
  | { type: 'deadline'; name: string }
  // By what became of messages to its owner.
  | { type: 'heard' }
  | { type: 'unreached'; news: Text; key: string }
  | { type: 'guideFailed' }
  // What an effect found out.
  | { type: 'settled'; unaccounted: readonly string[]; supply: readonly SupplyLine[] }
  | { type: 'unlocked'; by: string }
  | { type: 'compensate' }
  | { type: 'ownerLeft'; owner: Ticket['owner']; gone: Text }

/** What a command needs to know besides the ticket. */
export interface Facts {
  readonly at: Millis
  /** Who does it; `hearthwatch` where nobody asked. */
  readonly by: string
  readonly appliance: Appliance
  readonly catalog: Catalog
  readonly render: Render
  /** Is there a way to its owner that somebody carries? Without an owner there is nobody to reach. */
  readonly isReachable: boolean
  /** What becomes of a message is told, and until then nobody has it. */
  readonly hearsBack: boolean
  /** Who could go; there where the command plans or ranks. */
  readonly means?: Means
  /** The test that is run before it is offered. */
  readonly test?: ChosenTest | undefined
  /** What its owner is asked before it is offered. */
  readonly questions?: readonly string[] | undefined
  /** The owner's own engineer, and visits that are booked at the same home. */
  readonly bound?: EngineerId | undefined
  readonly booked?: readonly Slot[]
}

/** What must follow from a command, in its transaction. */
export type Effect =
  /** It is planned: by the command `plan`, once it is known who and what there is. */
  | { do: 'plan'; promise: boolean }
  /** `engineer`: the name of who comes, where that is known. */
  | { do: 'tell'; news: TicketNews; step: string; engineer?: string }
  | { do: 'control'; control: DetectionControl }
  | { do: 'book'; kit: KitPlan }
  /** Of these what was fitted leaves the van, and the rest is free again. */
  | { do: 'settleParts'; fitted: readonly string[]; supply: readonly SupplyLine[]; by: string }
  /** Others of the same day begin at other times. */
  | { do: 'retime'; times: readonly Planned[] }
  | { do: 'openTask'; task: DeskTask }
  | { do: 'endTasks'; type: TaskType; by: string; outcome: string }
  | { do: 'callBack' }
  | { do: 'openSafety'; id: TicketId; by: string }
  | { do: 'liftLock'; by: string }
  | { do: 'send'; command: CommandRecord }
  /** The same; nobody else says that it waits. */
  | { do: 'sendTest'; command: CommandRecord }
  /** Its visit is offered: by the command `offer`. */
  | { do: 'offer'; why: Reason; hasHeard?: true }
  | { do: 'countRating'; engineer: EngineerId; stars: number }
  | { do: 'endAlerts' }
  | { do: 'attach'; series: Series }

/** A step of a ticket: from where to where, by whom, and why. All of them in order are its history. */
export interface TicketEvent {
  readonly at: Millis
  readonly by: string
  readonly from: TicketState | null
  readonly to: TicketState
  readonly why: Reason
}

export interface Decision {
  readonly ticket: Ticket
  readonly events: readonly TicketEvent[]
  readonly effects: readonly Effect[]
}
/** What is not possible, with what to do instead. */
export interface Refused {
  readonly refused: Problem
}
