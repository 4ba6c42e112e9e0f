import { z } from 'zod'
import { inLanguages } from '../../../core/index.ts'
import { moveKinds } from '../../../service/index.ts'
import { at, cents, done, items, list, page, place, slot, text, timeZone } from './shared.ts'
import { grab, ticket, ticketState } from './tickets.ts'

const boardJob = z.object({
  ticket: z.string(),
  number: z.string(),
  appliance: z.string(),
  kind: z.string(),
  failureMode: z.string().optional(),
  state: ticketState,
  priority: z.number(),
  minutes: z.number(),
  slot,
  zone: timeZone,
  startsAt: at,
  homeId: z.string().optional(),
  location: place.optional(),
  km: z.number().optional(),
  byHand: z.boolean(),
  /** The plan begins so much later than was promised. */
  lateMinutes: z.number(),
})

export const dispatchAnswers = {
  'GET /api/day': z.object({
    at,
    states: z.partialRecord(ticketState, z.number()),
    tickets: list(
      z.object({
        id: z.string(),
        number: z.string(),
        appliance: z.string(),
        state: ticketState,
        priority: z.number(),
        /** Promises that were broken by then, by name. */
        late: list(z.string()),
        engineer: z.string().optional(),
        slot: slot.optional(),
      }),
    ),
  }),
  'GET /api/dispatch': z.object({
    day: at,
    zone: timeZone,
    engineers: list(
      z.object({
        id: z.string(),
        name: z.string(),
        grade: z.string(),
        skills: list(z.string()),
        isolated: z.string().optional(),
        /** From where their day begins. */
        location: place,
        jobs: list(boardJob),
        km: z.number(),
      }),
    ),
    unplanned: list(boardJob.extend(inLanguages('why', () => z.string().optional()))),
  }),
  /** What giving it to each engineer would bring about, the cheapest first; those who may not do it last. */
  'GET /api/dispatch/moves': items(
    z.object({
      engineer: z.string(),
      name: z.string(),
      /** It is theirs now. */
      isNow: z.boolean(),
      refused: text.optional(),
      startsAt: at.optional(),
      /** Their day has no room for it. */
      noRoom: z.literal(true).optional(),
      /** What the way of their day grows by. */
      km: z.number().optional(),
      late: list(z.object({ ticket: z.string(), number: z.string(), minutes: z.number() })),
      missing: list(z.string()),
    }),
  ),
  'GET /api/engineers/:id/open-jobs': z.object({
    jobs: list(z.object({ ticket, reasons: list(z.string()) })),
    grabs: list(grab),
  }),
  'GET /api/parts': items(
    z.object({
      part: z.string(),
      text,
      fits: list(z.object({ kind: z.string(), failureModes: list(z.string()) })),
      priceCents: cents,
      onHand: z.number(),
      reserved: z.number(),
      coming: z.number(),
    }),
  ),
  'GET /api/parts/ledger': page(
    z.object({
      seq: z.number(),
      at,
      kind: z.enum(moveKinds),
      place: z.string(),
      part: z.string(),
      onHand: z.number(),
      reserved: z.number(),
      ticket: z.string().optional(),
      by: z.string(),
      why: z.string(),
    }),
  ),
  'POST /api/parts/moves': done,
  'POST /api/parts/orders': z.object({
    place: z.string(),
    part: z.string(),
    quantity: z.number(),
    orderedAt: at,
    dueAt: at,
  }),
  'GET /api/parts/restock': z.object({
    weeks: z.number(),
    items: list(
      z.object({
        place: z.string(),
        part: z.string(),
        /** Expected demand of each week. */
        forecast: list(z.number()),
        lastYear: list(z.number()),
        available: z.number(),
        proposed: z.number(),
      }),
    ),
  }),
}
