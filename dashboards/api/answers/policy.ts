import { z } from 'zod'
import { at, cents, list } from './shared.ts'

/** One row of a rule; `seq` is the version of the policy that it made. */
const row = z
  .object({
    seq: z.number(),
    rule: z.string(),
    scope: z.string(),
    value: z.unknown(),
    validFrom: at,
    validUntil: at.optional(),
    by: z.string(),
    why: z.string(),
    at,
  })
  .meta({ id: 'PolicyRow' })

/** What is done about a finding: nobody is asked, its owner is asked what they see, or a visit is offered. */
const deed = z.enum(['nothing', 'ask', 'offer'])

export const policyAnswers = {
  'GET /api/policy': z.object({
    version: z.number(),
    scopes: list(z.string()),
    rules: list(z.object({ rule: z.string(), value: z.unknown(), inForce: z.number(), rows: list(row) })),
  }),
  'PUT /api/policy/:rule': row,
  'POST /api/policy/what-if': z.object({
    from: at,
    to: at,
    tickets: z.number(),
    more: z.literal(true).optional(),
    clocks: list(
      z.object({ name: z.string(), tickets: z.number(), breachedThen: z.number(), breachedWith: z.number() }),
    ),
    /** Of foreseen tickets: the same decisions that made them, with the change. */
    visits: z.object({
      predicted: z.number(),
      offeredThen: z.number(),
      offeredWith: z.number(),
      askedThen: z.number(),
      askedWith: z.number(),
      changed: list(z.object({ ticket: z.string(), number: z.string(), was: deed, would: deed })),
    }),
    billedCentsThen: cents,
    billedCentsWith: cents,
    belowGradeWith: list(z.string()),
    newlyLate: list(z.object({ ticket: z.string(), number: z.string(), clock: z.string() })),
  }),
}
