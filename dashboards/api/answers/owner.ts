import { z } from 'zod'
import { hopedWay } from '../../../core/index.ts'
import { paymentStates } from '../../../service/index.ts'
import { verification } from './alerts.ts'
import { at, cents, done, items, language, list, slot, text, timeZone } from './shared.ts'
import { bill, billLine, checkOutcome, rating, ticket, ticketSource, ticketState } from './tickets.ts'

/** Whom the owner deals with. */
export const firm = z.object({ name: z.string(), phone: z.string() })

/** What the owner's page is told: plain words, times, the highest price, and no probabilities. */
const ownersPage = z
  .object({
    number: z.string(),
    state: ticketState,
    isToCome: z.boolean(),
    isLost: z.boolean(),
    /** The way of a ticket that goes as hoped. */
    hopedWay: list(z.enum(hopedWay)),
    now: at,
    appliance: z.object({ id: z.string(), kind: z.string(), kindName: text.optional(), model: z.string() }),
    owner: z.object({ name: z.string().optional(), language }).optional(),
    source: ticketSource,
    noticed: text,
    found: text,
    changed: text.optional(),
    swapRight: z.boolean(),
    swapClaimedAt: at.optional(),
    safe: z.boolean(),
    /** What is measured now, and what to do about it at once. */
    advice: text.optional(),
    slots: list(slot),
    /** What the owner is asked before a visit is offered; and what their answers led to. */
    questions: list(z.object({ id: z.string(), text })).optional(),
    answered: checkOutcome.optional(),
    timeZone,
    slot: slot.optional(),
    /** When the engineer is expected: said on the day itself. */
    eta: at.optional(),
    firm,
    engineer: z.string().optional(),
    price: z.object({
      highestCents: cents,
      currency: z.string(),
      taxPercent: z.number(),
      coveredByWarranty: z.boolean(),
      lines: list(billLine),
      ifWeWereWrongCents: cents,
    }),
    /** What the owner may try before anybody comes. */
    guide: z
      .object({ id: z.string(), kind: z.string(), modes: list(z.string()), title: text, steps: list(text) })
      .optional(),
    /** The card of the visit: what the engineer says, and what the owner ticks. */
    card: list(
      z.object({ code: z.string(), text, ok: z.boolean().optional(), ticked: z.boolean().optional() }),
    ).optional(),
    billConfirmed: z.boolean(),
    payment: z.object({ state: z.enum(paymentStates), at }).optional(),
    compensation: text.optional(),
    contactBy: at.optional(),
    answerBy: at.optional(),
    may: z.object({
      accept: z.boolean(),
      move: z.boolean(),
      decline: z.boolean(),
      cancel: z.boolean(),
      rate: z.boolean(),
      notSolved: z.boolean(),
      pay: z.boolean(),
      mark: z.boolean(),
    }),
    verification: verification.optional(),
    rating: rating.optional(),
    bill: bill.optional(),
    steps: list(z.object({ at, state: ticketState })),
  })
  .meta({ id: 'OwnersPage' })

/** An owner's appliances, each in a word, with what is to be done and what was. */
const home = z.object({
  now: at,
  owner: z.object({ name: z.string().optional(), language }).optional(),
  firm,
  appliances: list(
    z.object({
      id: z.string(),
      kindName: text,
      model: z.string(),
      word: z.enum(['well', 'learning', 'watched', 'visit', 'failed', 'proving', 'silent']),
      noticed: text.optional(),
      advice: text.optional(),
      safe: z.boolean(),
      /** What the fault costs in a month, from its own days: least and most. */
      energy: z
        .object({ kwh: z.tuple([z.number(), z.number()]), cents: z.tuple([cents, cents]), currency: z.string() })
        .optional(),
      ticket: z
        .object({
          number: z.string(),
          state: ticketState,
          slot: slot.optional(),
          eta: at.optional(),
          timeZone,
          engineer: z.string().optional(),
          path: z.string(),
        })
        .optional(),
      /** What is under way besides: a clean, an inspection, a second fault. */
      beside: list(
        z.object({
          number: z.string(),
          what: text,
          state: ticketState,
          slot: slot.optional(),
          timeZone,
          path: z.string(),
        }),
      ),
      /** Where a fault is reported. */
      report: z.string(),
      warrantyUntil: at.optional(),
      before: list(
        z.object({
          number: z.string(),
          at,
          state: ticketState,
          cause: text.optional(),
          totalCents: cents.optional(),
          currency: z.string().optional(),
          path: z.string(),
        }),
      ),
    }),
  ),
})

const homes = items(
  z.object({
    /** One of them, by which it is let go. */
    appliance: z.string(),
    path: z.string(),
    name: z.string(),
    appliances: list(z.object({ id: z.string(), model: z.string(), kindName: text })),
  }),
)

const symptom = z.object({ id: z.string(), text })

export const ownerAnswers = {
  'GET /api/p/:secret/home': home,
  'GET /api/home': homes,
  'POST /api/home': homes,
  'DELETE /api/home/:appliance': homes,
  'GET /api/t/:secret': ownersPage,
  'POST /api/t/:secret/accept': ownersPage,
  'POST /api/t/:secret/move': ownersPage,
  'POST /api/t/:secret/decline': ownersPage,
  'POST /api/t/:secret/cancel': ownersPage,
  'POST /api/t/:secret/not-solved': ownersPage,
  'POST /api/t/:secret/answers': ownersPage,
  'POST /api/t/:secret/rate': ownersPage,
  'POST /api/t/:secret/card': done,
  'POST /api/t/:secret/bill/confirm': done,
  'POST /api/t/:secret/bill/pay': z.object({ link: z.string() }),
  'POST /api/payments/:organisation': done,
  'POST /api/t/:secret/bill/contest': done,
  'POST /api/t/:secret/guide': done,
  'GET /api/o/:secret': z.object({
    id: z.string(),
    model: z.string(),
    kindName: text,
    language: language.optional(),
    symptoms: list(symptom),
    /** The open one, and its page. */
    ticket: z.object({ number: z.string(), state: ticketState, path: z.string() }).optional(),
  }),
  'POST /api/t/:secret/mark': ownersPage,
  'POST /api/t/:secret/swap': ownersPage,
  'POST /api/o/:secret/report': z.object({ number: z.string(), contactBy: at.optional(), path: z.string() }),
  'GET /api/intake/template': z.object({
    kind: z.string(),
    questions: list(z.string()),
    /** `modes`: how much each speaks for which fault. */
    symptoms: list(symptom.extend({ modes: z.object({}).catchall(z.number()) })),
    /** What else may be asked for, with its time and its price. */
    jobs: list(z.object({ id: z.string(), text, minutes: z.number(), cents: z.number() })),
  }),
  'POST /api/appliances/:id/intake': ticket,
  'POST /api/appliances/:id/report': ticket,
  'GET /api/appliances/:id/owner-link': z.object({ link: z.string() }),
  'POST /api/appliances/:id/owner-link': z.object({ link: z.string() }),
}
