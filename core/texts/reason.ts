import { z } from 'zod'
import type { Millis } from '../running/time.ts'
import type { TicketState } from '../tickets/ticket.ts'
import type { EveryText, Text } from './languages.ts'

/**
 * Why something happened, what somebody is told, what a line of a bill is for: a code with its parameters. The words of
 * each language are made at the edge (the room `words`). `words` among the parameters are a person's own: they stay as
 * they were written, in every language.
 */
export type Reason<C extends ReasonCode = ReasonCode> = { [K in C]: { readonly code: K } & Given<ReasonParams[K]> }[C]
export type ReasonCode = keyof ReasonParams

/** Of these are the steps of a ticket's history. */
export type HistoryCode = keyof HistoryReasons

type None = Record<never, never>
type Given<P> = None extends P ? { readonly params?: P } : { readonly params: P }

/** Every code with its parameters. */
export interface ReasonParams
  extends HistoryReasons,
    CandidateReasons,
    MoneyReasons,
    DeskReasons,
    CohortReasons,
    KpiReasons {}

/** Why a ticket took each of its steps. */
interface HistoryReasons {
  'alert-opened': { alert: string; mode: string }
  'alert-again': { alert: string; mode: string; days: number; before: string }
  /** A rule that somebody wrote spoke: by its name and version. */
  'rule-spoke': { alert: string; rule: string; version: number }
  /** By use or calendar; by a contract. */
  'care-due': { plan: Text }
  'inspection-contracted': { plan: Text; months: number }
  'alert-joined': { alert: string; mode: string }
  'alert-while-verifying': { alert: string; mode: string }
  'owner-asked': None
  'owner-to-call': None
  'no-owner': None
  'another-finding': { mode: string }
  grown: { from: number; to: number }
  /** What a ticket was for is seen no more, or has weakened; or it shows again. */
  'reason-gone': None
  'reason-weaker': None
  'reason-back': { mode: string }
  agreed: None
  'agreed-with-time': None
  reported: { words: string }
  'also-reported': { words: string }
  'fault-again': { days: number; before: string; words: string }
  'reported-by-owner': None
  'owner-reports-too': None
  'recall-free': None
  'best-of': { count: number; reasons: readonly Reason[] }
  'by-hand': None
  'by-day-plan': { reasons: readonly Reason[] }
  taken: { engineer: string; why: Reason }
  arrived: None
  left: None
  'left-undone': { items: readonly string[] }
  'no-safe-earth': { ticket: string }
  'earth-failed': { ticket: string; by: string }
  'earth-safe': None
  'safety-first': None
  spoke: { words?: string }
  reached: { words?: string }
  'message-received': None
  'nobody-reached': None
  'not-contacted': { engineer: string }
  'still-no-contact': None
  'second-deadline': { engineer: string }
  'nobody-home': { words: string }
  'waits-for-parts': { parts: readonly string[]; words?: string }
  'parts-there': None
  'signal-back': None
  'fixed-remotely': None
  'fixed-by-owner': None
  'signal-not-back': None
  'no-answer': None
  'no-call-back': None
  'rating-expired': None
  rated: { stars: number }
  /** `desk`: which one called; absent on what earlier programs wrote. */
  'called-solved': { desk?: string; words?: string }
  'called-unsolved': { desk?: string; words?: string }
  'not-solved': None
  'declined-by-owner': None
  'cancelled-by-owner': None
  'bill-confirmed': None
  /** `amount`: in the minor unit of the currency. */
  payment: { state: 'asked' | 'paid' | 'failed' | 'refunded' | 'voucher-used'; amount: number; currency: string }
  'swap-claimed': None
  'bill-contested': { words: string }
  complaint: { item: string }
  unaccounted: { parts: readonly string[] }
  'command-sent': { type: string; command: string; until: string }
  'command-done': { type: string; words?: string }
  'command-failed': { type: string; result: 'refused' | 'failed'; words?: string }
  'command-late': { type: string; result: 'done' | 'refused' | 'failed'; words?: string }
  'command-unanswered': None
  'remote-proof': None
  'test-begins': { test: Text }
  'test-showed': { test: Text; percent: number; mode?: string }
  'test-without-result': { test: Text; result: 'done' | 'refused' | 'failed' }
  'test-unanswered': None
  'questions-asked': { count: number }
  'questions-answered': { percent: number; mode?: string }
  'questions-unanswered': None
  'waits-for-evidence': { hours: number }
  'evidence-stands': None
  'guide-helped': { guide: string }
  'guide-no-help': { guide: string }
  'not-a-fault': { words?: string }
  'marked-known': { words?: string }
  'marked-not-worth': { words?: string }
  'closed-with': { cause: string; verdict?: 'confirmed' | 'refuted' | 'other-cause' }
  'former-owner': None
  'engineer-refused': { engineer: string; because: Reason }
  'appliance-retired': None
  /** A person said why; nothing is added. */
  said: { words: string }
  /** From before reasons had codes, in English. */
  'legacy-text': { text: string }
  /** Said in both languages by what the appliance's kind, the policy or detection brings along. */
  text: { text: Text }
}

/** Why an engineer is chosen for a job, or may not have it. */
interface CandidateReasons {
  'km-away': { km: string }
  'no-location': None
  'adds-minutes': { minutes: number; jobs: number }
  'grade-enough': { has: string; needs: string }
  'own-engineer': None
  skilled: { skill: string }
  'open-jobs': { count: number }
  'outlet-score': { score: string }
  'no-part-foreseen': None
  'has-kit': { van: string }
  'lacks-parts': { van?: string; parts: readonly string[] }
  isolated: { words: string }
  'in-retraining': { mode: string }
  'grade-below': { has: string; needs: string; difficulty: number }
  'no-contact-in-time': None
  'day-off': None
  'no-skill': { skill: string }
  'too-far': { km: string; most: number }
  'known-no-more': None
  'nobody-known': None
  'nobody-fits': None
  'grade-needs-papers': { grade: string; papers: readonly string[] }
  'grade-needs-years': { grade: string; years: number }
  'grab-won': { stars: string }
  'grab-fewer-stars': { own: string; stars: string }
  'grab-fair-chance': { own: string; stars: string }
  'grab-later': { ms: number }
  'grab-by-id': None
  'grab-given-away': None
  'grab-not-open': { state: TicketState }
}

/** What a line of a bill is for, and by which clause somebody else pays it. */
interface MoneyReasons {
  'line-call-out': None
  'line-labour': { minutes: number }
  'line-job': { job: Text; minutes: number }
  'line-part': { part: Text }
  'line-covered': { clause: Reason; line: Reason }
  'clause-we-were-wrong': None
  'clause-safety': None
  'clause-recall': { days: number }
  'clause-second-repair': None
  'clause-warranty': { years: number }
  /** What an engineer earned, and why so much. */
  'earned-visit': { number: string; difficulty: number }
  'earned-again': { number: string; before: string; percent: number }
  'earned-nothing': { number: string }
  'earned-stars': { number: string; stars: number; percent: number }
  'earned-bonus': { number: string }
  'earned-corrected': { by: string; words: string }
}

/** Times of it are told by the clocks of this zone, by IANA name; of a row from before: UTC. */
interface Zoned {
  zone?: string
}

/** What owners and desks are told of a ticket, and what a desk is to do. */
interface DeskReasons {
  'tell-asked-title': { kind: Text }
  'tell-asked': { noticed: Text; safe: boolean; number: string; answerBy: Millis; contactBy: Millis } & Zoned
  'tell-offered-title': { kind: Text }
  'tell-offered': {
    changed?: Reason
    noticed: Text
    safe: boolean
    number: string
    answerBy: Millis
    contactBy?: Millis
  } & Zoned
  'tell-accepted-title': { number: string }
  'tell-accepted': { number: string; contactBy: Millis } & Zoned
  'tell-assigned-title': None
  'tell-assigned': { engineer?: string; slot?: Millis; number: string } & Zoned
  'on-the-way-title': None
  'on-the-way': { engineer: string }
  'tell-waiting-title': { number: string }
  'tell-waiting': { partsBy: Millis } & Zoned
  'tell-no-show-title': { number: string }
  'tell-no-show': { slot?: Millis } & Zoned
  'tell-closed-title': { number: string }
  'tell-closed': None
  'tell-verified-title': None
  'tell-verified': { kind: Text }
  'tell-reopened-title': None
  'tell-reopened': { number: string }
  'tell-cancelled-title': { number: string }
  'tell-cancelled': None
  'tell-reason-gone-title': { kind: Text }
  'mended-title': { kind: Text }
  'mended-proving': None
  'mended-proved': None
  'tell-reason-gone': { number: string; agreed: boolean }
  'tell-reason-weaker-title': { kind: Text }
  'tell-reason-weaker': { number: string; agreed: boolean }
  'desk-escalated-title': { number: string }
  'desk-escalated': { engineer: string }
  'desk-offered-title': { number: string; mode: Text; appliance: string }
  'desk-offered': { diagnosis: Text; priority: number; kit: readonly string[]; owned: boolean; called?: boolean }
  'desk-joined-title': { number: string; appliance: string }
  'desk-reopened-title': { number: string }
  'desk-reopened': { appliance: string }
  'desk-reported-title': { number: string; appliance: string }
  'desk-reason-gone-title': { number: string; appliance: string }
  'desk-reason-gone': { agreed: boolean }
  'desk-reason-weaker-title': { number: string; appliance: string }
  'desk-reason-weaker': { agreed: boolean }
  'escalated-alert-title': { appliance: string; mode: Text }
  'escalated-alert': { minutes: number }
  'escalated-promise-title': { number: string; promise: 'first-response' | 'on-site' | 'parts' }
  'escalated-promise': { number: string; minutes: number }
  'escalated-task-title': { what: Reason }
  'escalated-task': { minutes: number }
  'task-contact': { number: string; engineer: string }
  'task-reach': { number: string; news: Reason }
  'task-call-back': { number: string }
  'task-supervisor': { number: string; stars: number; compensation: Text; engineer: string }
  'task-complaint': { number: string; item: Text }
  'task-swap': { number: string; appliance: string }
  'tell-swap-title': { number: string }
  'tell-swap': None
  'task-bill': { number: string; words: string }
  'task-reconsider': { number: string; why: Reason }
  'more-urgent': None
  'maintenance-ended-title': { appliance: string }
  'maintenance-ended': { count: number }
  'own-page-title': None
  'own-page': None
  'test-message': None
  'calendar-visit': { kind: Text; model: string }
  'disk-full-title': { days: number }
  'disk-full': { days: number; gigabytes: string }
  'noticed-symptom': { symptom: Text; said?: string }
  'guided-diagnosis': None
  'draft-title': { kind: Text; model: string; mode: Text }
  'draft-noticed': { noticed: Text }
  'draft-cause': { mode: Text }
  'draft-fitted': { fitted: readonly Reason[] }
  'draft-without-part': None
  'draft-took': { minutes: number }
  'fails-sooner': { days: number; was?: number }
  'reported-diagnosis': { noticed: Text }
  'by-former-owner': None
  'earth-unsafe': None
  'earth-diagnosis': { ticket: string }
}

/** What many appliances share. */
interface CohortReasons {
  'cohort-outage': { where: string }
  'cohort-weather': { where: string }
  'cohort-firmware': { cohort: string }
  'cohort-batch': { cohort: string }
  'cohort-appliances': { joined: number }
  'cohort-findings': { joined: number; kind: Text; mode: Text }
  'cohort-title': { subject: Reason; what: Reason }
  'cohort-body': { joined: number; size: number; expected: number; held: Reason }
  'cohort-ended-title': { subject: Reason }
  'cohort-ended': { what: Reason; standing: number }
  'cohort-nobody-sent': None
  'cohort-no-tickets': None
  'cohort-tickets-go-on': None
}

/** The figures of quality. */
export type KpiName =
  | 'responseHours'
  | 'onTime'
  | 'visitHours'
  | 'workInTime'
  | 'fixedInOneVisit'
  | 'fixedForAMonth'
  | 'failuresPrevented'
  | 'satisfaction'
  | 'complaints'
  | 'callBackOnTime'
  | 'withoutVisit'
  | 'billed'
/** What a figure is called, and what exactly it counts. */
type KpiReasons = Record<`kpi-${KpiName}` | `kpi-${KpiName}-counts`, None>

/** A reason, with the parameters that its code asks for. */
export const because = <C extends ReasonCode>(
  code: C,
  ...params: None extends ReasonParams[C] ? [params?: ReasonParams[C]] : [params: ReasonParams[C]]
): Reason<C> => (params[0] === undefined ? { code } : { code, params: params[0] }) as Reason<C>

/** A person's own reason, or the product's where they gave none. */
export const saidOr = (words: string | undefined, otherwise: Reason): Reason =>
  words ? because('said', { words }) : otherwise

/** Did a person write it, or a part of it? */
export const isQuoted = ({ params }: Reason): boolean => params !== undefined && 'words' in params && !!params.words

/** Makes words of a reason, in every language that is served; given to the rooms by whoever puts them together. */
export type Render = (reason: Reason) => EveryText

/** A reason as columns hold it. Its code is not looked at, so that a row of a later version stays readable; its parameters by the words. */
export const keptReason = z
  .object({ code: z.string().min(1), params: z.looseObject({}).optional() })
  .transform((kept) => kept as Reason)

/** Reads a reason from where it is kept. @throws ZodError where something else stands there */
export const toReason = (kept: unknown): Reason => keptReason.parse(kept)
