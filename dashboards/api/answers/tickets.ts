import { z } from 'zod'
import {
  inLanguages,
  type TicketAct,
  type TicketMeaning,
  ticketActs,
  ticketColumns,
  ticketMeanings,
  ticketMoveNames,
  ticketStates,
} from '../../../core/index.ts'
import { channels, ownerAnswers, paymentStates } from '../../../service/index.ts'
import { evidence, hypothesis, proof, similarCase, verdict, verification, weighed } from './alerts.ts'
import { at, cents, items, list, named, owner, page, slot, text, timeZone } from './shared.ts'

export const ticketState = z.enum(ticketStates)
export const ticketSource = z.enum(['predicted', 'reported', 'inspection', 'recall', 'safety'])
/** `repair`, `installation`, `inspection`, `safety`, or one of the policy's types of jobs. */
export const jobType = z.string()

export const kitLine = z
  .object({ part: z.string(), quantity: z.number(), probability: z.number() })
  .meta({ id: 'KitLine' })
export const closure = z
  .object({
    cause: z.string(),
    verdict: verdict.optional(),
    parts: list(z.string()),
    note: z.string(),
    accident: z.boolean().optional(),
    at,
    by: z.string(),
  })
  .meta({ id: 'Closure' })
/** `covers`: which line somebody else pays, and by which clause. */
export const billLine = z
  .object({
    ...inLanguages('text', () => z.string()),
    cents,
    code: z.string().optional(),
    covers: z.number().optional(),
    clause: text.optional(),
  })
  .meta({ id: 'BillLine' })
/** `currency` by ISO 4217; `taxCents`: what is within the total. */
export const bill = z
  .object({ lines: list(billLine), totalCents: cents, currency: z.string().optional(), taxCents: cents.optional() })
  .meta({ id: 'Bill' })

/** An engineer who was considered: with a rank and what speaks for them, or with what rules them out. */
const candidate = z.object({
  engineer: z.string(),
  rank: z.number().optional(),
  ...inLanguages('reasons', () => list(z.string())),
  ...inLanguages('rejectedBecause', () => z.string().optional()),
})
/** `code` says why for programs, `quotes` that a person's own words are in it. */
const step = z.object({
  at,
  by: z.string(),
  from: ticketState.nullable(),
  to: ticketState,
  ...inLanguages('why', () => z.string()),
  code: z.string(),
  quotes: z.literal(true).optional(),
})
const contact = z.object({
  at,
  channel: z.enum(channels),
  by: z.string(),
  text: z.string(),
  symptom: z.string().optional(),
  failureMode: z.string().optional(),
})
/** A part for it: reserved at a place, or on its way. */
const supply = z.object({
  part: z.string(),
  quantity: z.number(),
  place: z.string().optional(),
  to: z.string().optional(),
  from: z.string().optional(),
  dueAt: at.optional(),
})
export const cardAnswer = z.object({ ok: z.boolean(), note: z.string().optional(), evidence: z.string().optional() })
export const rating = z.object({ stars: z.number(), text: z.string(), at })

/** What an owner's answers led to. */
export const checkOutcome = z.enum(['wait', 'guide', 'offer'])

export const ticket = z
  .object({
    id: z.string(),
    number: z.string(),
    appliance: z.string(),
    kind: z.string(),
    model: z.string(),
    source: ticketSource,
    state: ticketState,
    failureMode: z.string().optional(),
    alerts: list(z.string()),
    /** 1 (now) to 4 (when convenient). */
    priority: z.number(),
    createdAt: at,
    updatedAt: at,
    clocks: list(z.object({ name: z.string(), dueAt: at, doneAt: at.optional() })),
    kit: list(kitLine),
    candidates: list(candidate),
    ...inLanguages('candidatesNote', () => z.string().optional()),
    engineer: z.string().optional(),
    slot: slot.optional(),
    timeZone,
    visit: z.object({ startedAt: at, endedAt: at.optional() }).optional(),
    closure: closure.optional(),
    verification: verification.optional(),
    bill: bill.optional(),
    /** Empty to whom it is not shown. */
    ownerLink: z.string(),
    history: list(step),
    said: z.object({ version: z.string(), probability: z.number(), lifeHours: z.number().optional() }).optional(),
    dismissed: z.object({ by: z.string(), why: z.string(), at }).optional(),
    policy: z.object({ version: z.number(), at, scopes: list(z.string()) }).optional(),
    owner: owner.optional(),
    hypotheses: list(hypothesis),
    evidence: list(evidence),
    noticed: text,
    diagnosis: text,
    skill: z.string(),
    difficulty: z.number(),
    minutes: z.number(),
    /** What it was for has gone, or weakened. */
    faded: z.enum(['gone', 'weaker']).optional(),
    lifeHours: z.number().optional(),
    weighed: weighed.extend({ at }).optional(),
    /** What changed since the owner declined or let it expire. */
    changedFacts: text.optional(),
    job: jobType.optional(),
    offeredSlots: list(slot),
    slotChosen: z.literal(true).optional(),
    plannedAt: at.optional(),
    supply: list(supply).optional(),
    assignedByHand: z.literal(true).optional(),
    bound: z.string().optional(),
    passedOver: list(z.string()).optional(),
    contacts: list(contact).optional(),
    /** A test that the appliance ran before a visit was offered: what it measured, and what was believed before and after. */
    test: z
      .object({
        test: z.string(),
        command: z.string(),
        sentAt: at,
        real: z.number(),
        leading: hypothesis.optional(),
        endedAt: at.optional(),
        result: z.enum(['done', 'refused', 'failed', 'expired']).optional(),
        measured: named(z.number()).optional(),
        realAfter: z.number().optional(),
        leadingAfter: hypothesis.optional(),
      })
      .optional(),
    /** What its owner was asked before a visit was offered, what they said, and what that made of what was believed. */
    check: z
      .object({
        questions: list(z.string()),
        askedAt: at,
        real: z.number(),
        leading: hypothesis.optional(),
        answeredAt: at.optional(),
        answers: named(z.enum(ownerAnswers)).optional(),
        realAfter: z.number().optional(),
        leadingAfter: hypothesis.optional(),
        outcome: checkOutcome.optional(),
      })
      .optional(),
    contactBy: at.optional(),
    contactedAt: at.optional(),
    escalatedAt: at.optional(),
    heldBy: z.string().optional(),
    visits: z.number().optional(),
    noShows: list(at).optional(),
    checklist: z.object({ at, by: z.string(), answers: named(cardAnswer) }).optional(),
    ownerTicks: z.object({ at, ticks: named(z.boolean()) }).optional(),
    verificationEvidence: list(proof).optional(),
    rating: rating.optional(),
    ratingExpiredAt: at.optional(),
    billConfirmedAt: at.optional(),
    /** `amount`: in the minor unit of the currency. */
    payment: z
      .object({ bill: z.string(), state: z.enum(paymentStates), amount: z.number().int(), currency: z.string(), at })
      .optional(),
    compensation: z.object({ at, text }).optional(),
    swapRight: z.literal(true).optional(),
    swapClaimedAt: at.optional(),
    recallOf: z.string().optional(),
    recallCount: z.number().optional(),
    /** The repair that was not solved. */
    repaired: z.object({ cause: z.string(), at, reopenedAt: at }).optional(),
    /** Which desk asked the owner how it went, last. */
    calledBack: z.object({ desk: z.string(), solved: z.boolean(), at }).optional(),
    reopened: z.number().optional(),
    guide: z
      .object({
        id: z.string(),
        offeredAt: at,
        triedAt: at.optional(),
        helped: z.boolean().optional(),
        failedAt: at.optional(),
      })
      .optional(),
    remote: z
      .object({
        command: z.string(),
        type: z.string(),
        sentAt: at,
        by: z.string(),
        result: z.enum(['done', 'refused', 'failed', 'expired']).optional(),
        detail: z.string().optional(),
        endedAt: at.optional(),
      })
      .optional(),
  })
  .meta({ id: 'Ticket' })

/** An engineer's wish for a job; `decidedAt` while better ones may still come. */
export const grab = z
  .object({
    ticket: z.string(),
    engineer: z.string(),
    at,
    decidedAt: at.optional(),
    won: z.boolean().optional(),
    why: text.optional(),
  })
  .meta({ id: 'Grab' })

/** Where each move leads from a state. */
const moves = z.partialRecord(z.enum(ticketMoveNames), ticketState)

export const ticketAnswers = {
  'GET /api/tickets': page(ticket),
  'GET /api/tickets/moves': z.partialRecord(ticketState, moves),
  'GET /api/tickets/states': items(
    z.object({
      state: ticketState,
      /** Of the board; null where it is on none. */
      column: z.enum(ticketColumns).nullable(),
      moves,
      // Keys of literals of our own.
      can: list(z.enum(Object.keys(ticketActs) as TicketAct[])),
      is: list(z.enum(Object.keys(ticketMeanings) as TicketMeaning[])),
    }),
  ),
  'GET /api/tickets/:id': ticket,
  'GET /api/tickets/:id/similar': items(similarCase),
  'GET /api/tickets/:id/grabs': items(grab),
  'POST /api/tickets/:id/no-show': ticket,
  'POST /api/tickets/:id/accept': ticket,
  'POST /api/tickets/:id/decline': ticket,
  'POST /api/tickets/:id/assign': ticket,
  'POST /api/tickets/:id/visit/start': ticket,
  'POST /api/tickets/:id/visit/end': ticket,
  'POST /api/tickets/:id/wait': ticket,
  'POST /api/tickets/:id/grab': grab,
  'POST /api/tickets/:id/mark': ticket,
  'POST /api/tickets/:id/answers': ticket,
  'POST /api/tickets/:id/test': ticket,
  'POST /api/tickets/:id/close': ticket,
  'POST /api/tickets/:id/cancel': ticket,
  'POST /api/tickets/:id/call-back': ticket,
  'POST /api/tickets/:id/reopen': ticket,
  'POST /api/tickets/:id/hold': ticket,
}
