import { z } from 'zod'
import { command, cutCycles, healthStatus, measured, standing } from './appliances.ts'
import { at, cents, items, list, named, text } from './shared.ts'
import { series } from './signals.ts'
import { cardAnswer, closure, jobType, ticket, ticketSource, ticketState } from './tickets.ts'

const plan = z.object({
  id: z.string(),
  text,
  yearCents: cents,
  covers: list(z.enum(['call-out', 'labour', 'part'])),
  accidents: z.boolean().optional(),
  inspections: z.object({ everyMonths: z.number(), needlessFromHealth: z.number() }).optional(),
  clause: text,
})
const contract = z.object({
  id: z.string(),
  appliance: z.string(),
  plan: z.string(),
  validFrom: at,
  validUntil: at,
  terms: plan,
})
const warranty = z
  .object({
    appliance: z.string(),
    /** The maker's own; absent where nobody knows since when it runs. */
    makers: z.object({ from: at, until: at, inForce: z.boolean() }).optional(),
    contracts: list(contract.extend({ inForce: z.boolean() })),
    inForce: z.boolean(),
    partsFitted: list(z.object({ part: z.string(), at, ticket: z.string(), number: z.string() })),
  })
  .meta({ id: 'Warranty' })

export const visitAnswers = {
  'POST /api/tickets/:id/contact': ticket,
  'GET /api/tickets/:id/checklist': z.object({
    job: jobType,
    items: list(
      z.object({
        code: z.string(),
        text,
        mandatory: z.boolean(),
        evidence: z.enum(['photo', 'scan']).optional(),
      }),
    ),
    answers: named(cardAnswer).optional(),
    ownerTicks: named(z.boolean()).optional(),
  }),
  'POST /api/tickets/:id/photos': z.object({ name: z.string() }),
  'POST /api/tickets/:id/on-the-way': z.object({ told: z.boolean() }),
  'POST /api/tickets/:id/remote': ticket.extend({ command }),
  /** `photos`: what each is called at `/api/tickets/:id/photos/:name`. */
  'GET /api/tickets/:id/attachments': items(z.object({ at, kind: z.string(), series })).extend({
    photos: list(z.string()),
  }),
  'GET /api/appliances/:id/warranty': warranty,
  'POST /api/appliances/:id/contracts': contract,
  'GET /api/service-file': z.object({
    appliance: z.object({
      id: z.string(),
      kind: z.string(),
      kindName: text,
      model: z.string(),
      batch: z.string().optional(),
      firmware: z.string().optional(),
      installedAt: at.optional(),
      registeredAt: at,
      homeId: z.string().optional(),
    }),
    inService: z.boolean(),
    fare: standing,
    health: z
      .object({
        appliance: z.string(),
        health: z.number(),
        status: healthStatus,
        at,
        because: list(z.object({ feature: z.string(), points: z.number() })),
        missing: list(z.string()),
        neverCycles: z.boolean().optional(),
        cutCycles: cutCycles.optional(),
        ...measured,
        off: z.object({ since: at, until: at.optional() }).optional(),
        learning: z.object({ since: at, reason: z.string() }).optional(),
      })
      .optional(),
    warranty,
    plans: list(plan),
    engineer: z.object({ id: z.string(), name: z.string() }).optional(),
    tickets: list(
      z.object({
        id: z.string(),
        number: z.string(),
        state: ticketState,
        source: ticketSource,
        failureMode: z.string().optional(),
        createdAt: at,
        closure: closure.optional(),
        totalCents: cents.optional(),
        stars: z.number().optional(),
        recallOf: z.string().optional(),
      }),
    ),
  }),
}
