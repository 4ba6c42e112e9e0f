import { z } from 'zod'
import { at, items, list, page } from './shared.ts'

const used = z.object({ used: z.number(), limit: z.number() })
const row = z.object({
  seq: z.number(),
  at,
  who: z.string(),
  action: z.string(),
  subject: z.string().optional(),
  address: z.string().optional(),
  detail: z.string().optional(),
  times: z.number().optional(),
})
const fault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('changed'), seq: z.number() }),
  z.object({ kind: z.literal('missing'), from: z.number(), to: z.number() }),
  z.object({ kind: z.literal('unsigned'), seq: z.number() }),
  z.object({ kind: z.literal('cut'), from: z.number(), to: z.number() }),
])

/** Who did what, and who uses how much. */
export const accessAnswers = {
  'GET /api/audit': page(row),
  'GET /api/audit/check': z.object({
    rows: z.number(),
    before: z.number(),
    head: z.object({ seq: z.number(), hash: z.string() }).nullable(),
    faults: list(fault),
    more: z.number(),
    /** Up to this row all were forgotten, as the policy says. */
    forgottenTo: z.number().optional(),
    endKnown: z.boolean(),
  }),
  'GET /api/limits': z.object({
    appliances: items(
      z.object({
        appliance: z.string(),
        messages: used,
        bytes: used,
        heldBack: z.object({ messages: z.number(), bytes: z.number() }),
        until: at.optional(),
        dropped: z.number(),
        /** The larger of its shares of an hour's quota. */
        share: z.number(),
      }),
    ).extend({ perHour: z.object({ messages: z.number(), bytes: z.number() }), heldBack: z.number() }),
    links: items(
      z.object({
        /** What it opens: `t/ID` a ticket's page, `o/ID` an appliance's, `p/ID` its owner's. */
        subject: z.string(),
        changes: z.number(),
        lastAt: at,
        isFull: z.boolean(),
        freesAt: at,
      }),
    ).extend({ perDay: z.number() }),
  }),
}
