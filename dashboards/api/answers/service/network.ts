import { z } from 'zod'
import { projectSteps, tiers } from '../../../../service/index.ts'
import { at, done, items, list, oneOrMany, place, text } from '../shared.ts'
import { ticketState } from '../tickets.ts'

const outlet = z
  .object({
    id: z.string(),
    name: z.string(),
    tier: z.enum(tiers),
    location: place,
    withinKm: z.number(),
    kinds: list(z.string()),
    phone: z.string().optional(),
  })
  .meta({ id: 'Outlet' })
/** With what its own visits say of it: 1 to 5, of so many. */
const outletNow = outlet.extend({ score: z.number(), of: z.number() }).meta({ id: 'OutletNow' })
const queue = z.object({
  id: z.string(),
  text,
  segments: list(z.string()),
  agents: list(z.string()),
  key: z.string().optional(),
})

const project = z.object({
  steps: list(
    z.object({
      step: z.enum(projectSteps),
      ok: z.boolean().optional(),
      records: list(z.object({ at, by: z.string(), ok: z.boolean(), note: z.string() })),
    }),
  ),
})
const acceptance = z.object({ asked: z.boolean(), ok: z.boolean().optional() })

export const networkAnswers = {
  'GET /api/tickets/:id/project': project,
  'POST /api/tickets/:id/project': project,
  'GET /api/t/:secret/project': acceptance,
  'POST /api/t/:secret/acceptance': acceptance,
  'GET /api/outlets': z.object({ formula: z.string(), items: list(outletNow) }),
  'POST /api/outlets': oneOrMany(outlet),
  'DELETE /api/outlets/:id': done,
  'GET /api/outlets/:id/visits': items(
    z.object({
      outlet: z.string(),
      ticket: z.string(),
      number: z.string(),
      engineer: z.string(),
      at,
      stars: z.number().optional(),
      cameBack: z.boolean(),
      late: z.boolean(),
    }),
  ),
  'GET /api/coverage': items(
    z.object({
      outlet: outletNow,
      /** From 1; absent: it does not serve this address. */
      rank: z.number().optional(),
      km: z.number(),
      costKm: z.number(),
      refused: z.enum(['outside-area', 'other-kind']).optional(),
    }),
  ),
  'GET /api/calls/route': z.object({
    queue: queue.optional(),
    because: z.enum(['segment', 'menu', 'asked']).optional(),
    menu: list(z.object({ key: z.string(), queue })),
    appliances: list(z.object({ id: z.string(), kind: z.string(), model: z.string() })),
  }),
  'GET /api/queues': items(
    queue.extend({
      tickets: list(
        z.object({
          id: z.string(),
          number: z.string(),
          appliance: z.string(),
          state: ticketState,
          priority: z.number(),
          /** The first promise that is still owed. */
          dueAt: at.optional(),
        }),
      ),
    }),
  ),
}
