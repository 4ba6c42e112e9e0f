import { z } from 'zod'
import {
  alertIdSchema,
  anyText,
  engineerIdSchema,
  evidenceSchema,
  hypothesisSchema,
  keptReason,
  languages,
  recordOf,
  ticketIdSchema,
  ticketStates,
  verdicts,
} from '../../../core/index.ts'
import { paymentStates } from '../../payments/payment.ts'
import type { BillLine } from '../../visit/billLine.ts'
import { channels } from '../contact.ts'
import type { LeanTicket } from './storedTicket.ts'

// What the column of a ticket holds, all of it. Loose: what an earlier or a later program wrote besides is kept as it is.

const at = z.number()
const slot = z.looseObject({ from: at, to: at })
const reason = keptReason
const yes = z.literal(true)
const commandResult = z.enum(['done', 'refused', 'failed', 'expired'])

const owner = z.looseObject({
  name: z.string(),
  contact: z.string(),
  phone: z.string().optional(),
  wechat: z.string().optional(),
  language: z.enum(languages).default('en'),
  segment: z.string().optional(),
})
const contact = z.looseObject({
  at,
  channel: z.enum(channels),
  by: z.string(),
  text: z.string(),
  symptom: z.string().optional(),
  failureMode: z.string().optional(),
})

const finding = {
  failureMode: z.string().optional(),
  hypotheses: z.array(hypothesisSchema),
  evidence: z.array(evidenceSchema),
  noticed: anyText,
  diagnosis: anyText,
  skill: z.string(),
  difficulty: z.number(),
  minutes: z.number(),
  lifeHours: z.number().optional(),
  weighed: z
    .looseObject({
      act: z.boolean(),
      urgent: z.boolean(),
      withinHours: z.number(),
      real: z.number(),
      cause: z.number(),
      failsWithin: z.number(),
      failsLater: z.number(),
      cents: z.looseObject({ soonest: z.number(), planned: z.number(), later: z.number(), never: z.number() }),
      at,
    })
    .optional(),
  said: z.looseObject({ version: z.string(), probability: z.number(), lifeHours: z.number().optional() }).optional(),
  changed: reason.optional(),
  faded: z.enum(['gone', 'weaker']).optional(),
}

const plan = {
  kit: z.array(z.looseObject({ part: z.string(), quantity: z.number(), probability: z.number() })),
  nobody: reason.optional(),
  offeredSlots: z.array(slot),
  engineer: engineerIdSchema.optional(),
  slot: slot.optional(),
  slotChosen: yes.optional(),
  plannedAt: at.optional(),
  assignedByHand: yes.optional(),
  supply: z
    .array(
      z.looseObject({
        part: z.string(),
        quantity: z.number(),
        place: z.string().optional(),
        to: z.string().optional(),
        from: z.string().optional(),
        dueAt: at.optional(),
      }),
    )
    .optional(),
  bound: engineerIdSchema.optional(),
  passedOver: z.array(engineerIdSchema).optional(),
  contactBy: at.optional(),
  contactedAt: at.optional(),
  escalatedAt: at.optional(),
  noShows: z.array(at).optional(),
}

const answer = z.looseObject({ ok: z.boolean(), note: z.string().optional(), evidence: z.string().optional() })
const visit = {
  visit: z.looseObject({ startedAt: at, endedAt: at.optional() }).optional(),
  visits: z.number().optional(),
  checklist: z.looseObject({ at, by: z.string(), answers: recordOf(z.string(), answer) }).optional(),
  ownerTicks: z.looseObject({ at, ticks: recordOf(z.string(), z.boolean()) }).optional(),
}

const closure = {
  closure: z
    .looseObject({
      cause: z.string(),
      verdict: z.enum(verdicts).optional(),
      parts: z.array(z.string()),
      note: z.string(),
      accident: z.boolean().optional(),
      at,
      by: z.string(),
    })
    .optional(),
  verification: z.enum(['pending', 'passed', 'failed', 'no-data']).optional(),
  verificationEvidence: z.array(evidenceSchema).optional(),
  rating: z.looseObject({ stars: z.number(), text: z.string(), at }).optional(),
  ratingExpiredAt: at.optional(),
  calledBack: z.looseObject({ desk: z.string(), solved: z.boolean(), at }).optional(),
  reopened: z.number().optional(),
  recallOf: ticketIdSchema.optional(),
  recallCount: z.number().optional(),
  repaired: z.looseObject({ cause: z.string(), at, reopenedAt: at }).optional(),
  dismissed: z.looseObject({ by: z.string(), why: z.string(), at }).optional(),
}

const remote = {
  guide: z
    .looseObject({
      id: z.string(),
      offeredAt: at,
      triedAt: at.optional(),
      helped: z.boolean().optional(),
      failedAt: at.optional(),
    })
    .optional(),
  remote: z
    .looseObject({
      command: z.string(),
      type: z.string(),
      sentAt: at,
      by: z.string(),
      result: commandResult.optional(),
      detail: z.string().optional(),
      endedAt: at.optional(),
    })
    .optional(),
  test: z
    .looseObject({
      test: z.string(),
      command: z.string(),
      sentAt: at,
      real: z.number(),
      leading: hypothesisSchema.optional(),
      endedAt: at.optional(),
      result: commandResult.optional(),
      measured: recordOf(z.string(), z.number()).optional(),
      realAfter: z.number().optional(),
      leadingAfter: hypothesisSchema.optional(),
    })
    .optional(),
  check: z
    .looseObject({
      questions: z.array(z.string()),
      askedAt: at,
      real: z.number(),
      leading: hypothesisSchema.optional(),
      answeredAt: at.optional(),
      answers: recordOf(z.string(), z.enum(['yes', 'no', 'unsure'])).optional(),
      realAfter: z.number().optional(),
      leadingAfter: hypothesisSchema.optional(),
      outcome: z.enum(['wait', 'guide', 'offer']).optional(),
    })
    .optional(),
}

const money = {
  bill: z
    .looseObject({
      lines: z.array(
        z.looseObject({
          // Codes are the tariff's: of an older one there may be others.
          code: z.custom<BillLine['code']>((one) => typeof one === 'string', 'must be a code of the tariff'),
          what: reason,
          cents: z.number(),
          covers: z.number().optional(),
          clause: reason.optional(),
        }),
      ),
      totalCents: z.number(),
      currency: z.string().optional(),
      taxCents: z.number().optional(),
    })
    .optional(),
  billConfirmedAt: at.optional(),
  payment: z
    .looseObject({ bill: z.string(), state: z.enum(paymentStates), amount: z.number(), currency: z.string(), at })
    .optional(),
  compensation: z.looseObject({ at, text: anyText }).optional(),
  swapRight: yes.optional(),
  swapClaimedAt: at.optional(),
}

export const ticketSchema: z.ZodType<LeanTicket> = z.looseObject({
  id: ticketIdSchema,
  number: z.string(),
  appliance: z.string(),
  kind: z.string(),
  model: z.string(),
  state: z.enum(ticketStates),
  source: z.enum(['predicted', 'reported', 'inspection', 'recall', 'safety']),
  job: z.string().optional(),
  alerts: z.array(alertIdSchema),
  priority: z.number(),
  createdAt: at,
  updatedAt: at,
  clocks: z.array(z.looseObject({ name: z.string(), dueAt: at, doneAt: at.optional() })),
  policy: z.looseObject({ version: z.number(), at, scopes: z.array(z.string()) }).optional(),
  owner: owner.optional(),
  contacts: z.array(contact).optional(),
  heldBy: z.string().optional(),
  ...finding,
  ...plan,
  ...visit,
  ...closure,
  ...remote,
  ...money,
})
