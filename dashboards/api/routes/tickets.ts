import { z } from 'zod'
import {
  DAY,
  describeTicketStates,
  engineerIdSchema,
  idSchema,
  instantSchema,
  notFound,
  recordOf,
  ticketMoves,
  ticketStates,
  verdicts,
} from '../../../core/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { ticketParams } from '../idParams.ts'
import { millis, since, timePaging } from '../paging.ts'

export const slotSchema = z
  .object({ from: instantSchema, to: instantSchema })
  .refine(({ from, to }) => from < to && to - from <= DAY, { message: 'must end after it begins, within a day' })
const why = z.string().min(1).max(2_000)
const states = z
  .string()
  .refine((text) => text.split(',').every((state) => (ticketStates as readonly string[]).includes(state)), {
    message: `must be of ${ticketStates.join(', ')}`,
  })

const of = (summary: string) => ({ summary, tags: ['tickets'], params: ticketParams })

export function ticketRoutes(app: Api, context: Context): void {
  questions(app, context)
  const { events } = context
  const told = <T extends { id: string }>(ticket: T): T => {
    events.ticket(ticket)
    return ticket
  }
  beginRoutes(app, context, told)
  endRoutes(app, context, told)
}
type Context = Pick<ApiContext, 'desk' | 'events'>
/** Whoever looks at the ticket is told that it changed. */
type Told = <T extends { id: string }>(ticket: T) => T

/** What is asked of tickets. */
function questions(app: Api, { desk }: Context): void {
  app.get(
    '/api/tickets',
    {
      schema: {
        summary: 'Tickets, newest first',
        tags: ['tickets'],
        querystring: z.object({
          state: states.optional(),
          appliance: z.string().optional(),
          source: z.string().max(40).optional(),
          kind: z.string().max(64).optional(),
          model: z.string().max(128).optional(),
          version: z.string().max(64).optional(),
          failureMode: z.string().max(64).optional(),
          verdict: z.enum([...verdicts, 'undecided']).optional(),
          /** Only those that changed at that moment or later, ms. */
          changedSince: since.optional(),
          ...timePaging,
        }),
        response: { 200: answers['GET /api/tickets'] },
      },
    },
    ({ query }) => desk.list(query),
  )
  app.get(
    '/api/tickets/moves',
    {
      schema: {
        summary: 'The state machine of tickets',
        tags: ['tickets'],
        response: { 200: answers['GET /api/tickets/moves'] },
      },
    },
    () => ticketMoves,
  )
  app.get(
    '/api/tickets/states',
    {
      schema: {
        summary: 'Of each state: where it leads, what can be done in it, what it means',
        tags: ['tickets'],
        response: { 200: answers['GET /api/tickets/states'] },
      },
    },
    () => ({ items: describeTicketStates() }),
  )
  app.get(
    '/api/tickets/:id',
    {
      schema: {
        ...of('One ticket; with `at`, as it stood then'),
        querystring: z.object({ at: millis.optional() }),
        response: { 200: answers['GET /api/tickets/:id'] },
      },
    },
    async ({ params: { id }, query: { at } }) => {
      const ticket = await desk.get(id)
      if (at === undefined) return ticket
      const then = await desk.asOf(id, at)
      if (!then) throw notFound('ticket at that moment', id)
      return { ...then, history: ticket.history.filter((step) => step.at <= at) }
    },
  )
  app.get(
    '/api/tickets/:id/similar',
    {
      schema: {
        ...of('The closed cases that are most like it: what was found, which parts, how many visits'),
        response: { 200: answers['GET /api/tickets/:id/similar'] },
      },
    },
    async ({ params: { id } }) => ({ items: await desk.similar(await desk.get(id), { tickets: [id] }) }),
  )
  app.get(
    '/api/day',
    {
      schema: {
        summary: 'The desk as it stood at a moment: every ticket by state, with what was late',
        tags: ['tickets'],
        querystring: z.object({ at: millis }),
        response: { 200: answers['GET /api/day'] },
      },
    },
    ({ query: { at } }) => desk.day(at),
  )
}

/** From the owner's answer to the visit. */
function beginRoutes(app: Api, { desk }: Context, told: Told): void {
  app.post(
    '/api/tickets/:id/no-show',
    {
      schema: {
        ...of('Nobody was at home: recorded, and another time is chosen'),
        body: z.object({ why }),
        response: { 200: answers['POST /api/tickets/:id/no-show'] },
      },
    },
    async (request) => told(await desk.noShow(request.params.id, actorOf(request), request.body.why)),
  )
  app.post(
    '/api/tickets/:id/accept',
    {
      schema: {
        ...of('Agree on the behalf of the owner'),
        body: z.object({ slot: slotSchema.optional() }).optional(),
        response: { 200: answers['POST /api/tickets/:id/accept'] },
      },
    },
    async (request) => told(await desk.accept(request.params.id, actorOf(request), request.body?.slot)),
  )
  app.post(
    '/api/tickets/:id/decline',
    {
      schema: {
        ...of('Decline on the behalf of the owner'),
        body: z.object({ why }),
        response: { 200: answers['POST /api/tickets/:id/decline'] },
      },
    },
    async (request) => told(await desk.decline(request.params.id, actorOf(request), request.body.why)),
  )
  app.post(
    '/api/tickets/:id/assign',
    {
      schema: {
        ...of('Give it to an engineer, by hand'),
        body: z.object({ engineer: engineerIdSchema, why }),
        response: { 200: answers['POST /api/tickets/:id/assign'] },
      },
    },
    async (request) =>
      told(await desk.assign(request.params.id, actorOf(request), request.body.engineer, request.body.why)),
  )
  app.post(
    '/api/tickets/:id/visit/start',
    {
      schema: {
        ...of('The engineer has arrived'),
        body: z.object({ engineer: z.string().optional() }).optional(),
        response: { 200: answers['POST /api/tickets/:id/visit/start'] },
      },
    },
    async (request) => told(await desk.startVisit(request.params.id, actorOf(request))),
  )
  app.post(
    '/api/tickets/:id/visit/end',
    {
      schema: {
        ...of('The engineer leaves'),
        body: z.object({ checklist: recordOf(z.string(), z.unknown()).prefault({}) }).optional(),
        response: { 200: answers['POST /api/tickets/:id/visit/end'] },
      },
    },
    async (request) => told(await desk.endVisit(request.params.id, actorOf(request), request.body?.checklist ?? {})),
  )
  app.post(
    '/api/tickets/:id/wait',
    {
      schema: {
        ...of('A part that is not in the van is needed: it is ordered, and the visit goes on when it is there'),
        body: z.object({
          parts: z
            .array(z.object({ part: z.string().max(64), quantity: z.number().int().min(1).max(20).default(1) }))
            .min(1)
            .max(20),
          why: why.optional(),
        }),
        response: { 200: answers['POST /api/tickets/:id/wait'] },
      },
    },
    async (request) =>
      told(await desk.waitForParts(request.params.id, actorOf(request), request.body.parts, request.body.why)),
  )
  app.post(
    '/api/tickets/:id/grab',
    {
      schema: {
        ...of('An engineer takes an open job; stars, then time decide'),
        body: z.object({ engineer: engineerIdSchema }),
        response: { 202: answers['POST /api/tickets/:id/grab'] },
      },
    },
    async (request, reply) => reply.code(202).send(await desk.grab(request.params.id, request.body.engineer)),
  )
  app.get(
    '/api/tickets/:id/grabs',
    { schema: { ...of('Who wanted it, who won, and why'), response: { 200: answers['GET /api/tickets/:id/grabs'] } } },
    async (request) => ({
      items: await desk.grabs({ ticket: request.params.id }),
    }),
  )
}

/** How it ends, and begins again. */
function endRoutes(app: Api, { desk }: Context, told: Told): void {
  app.post(
    '/api/tickets/:id/close',
    {
      schema: {
        ...of('Close with cause, verdict and parts'),
        body: z.object({
          cause: z.string().min(1).max(100),
          verdict: z.enum(verdicts).optional(),
          parts: z.array(z.string().max(64)).max(50).default([]),
          note: z.string().max(10_000).default(''),
          accident: z.boolean().optional(),
        }),
        response: { 200: answers['POST /api/tickets/:id/close'] },
      },
    },
    async (request) => told(await desk.close(request.params.id, actorOf(request), request.body)),
  )
  app.post(
    '/api/tickets/:id/cancel',
    {
      schema: {
        ...of('End it, with a reason'),
        body: z.object({ why }),
        response: { 200: answers['POST /api/tickets/:id/cancel'] },
      },
    },
    async (request) => told(await desk.cancel(request.params.id, actorOf(request), request.body.why)),
  )
  app.post(
    '/api/tickets/:id/call-back',
    {
      schema: {
        ...of('The owner was called back after the visit; not solved opens it again'),
        body: z.object({
          solved: z.boolean(),
          note: z.string().max(2_000).default(''),
          /** The desk that calls: another outlet than the one that made the visit, or `central`. */
          desk: idSchema,
        }),
        response: { 200: answers['POST /api/tickets/:id/call-back'] },
      },
    },
    async (request) =>
      told(
        await desk.callBack(
          request.params.id,
          actorOf(request),
          request.body.solved,
          request.body.note,
          request.body.desk,
        ),
      ),
  )
  app.post(
    '/api/tickets/:id/reopen',
    {
      schema: {
        ...of('Not solved: open it again'),
        body: z.object({ why }),
        response: { 200: answers['POST /api/tickets/:id/reopen'] },
      },
    },
    async (request) => told(await desk.reopen(request.params.id, actorOf(request), request.body.why)),
  )
  app.post(
    '/api/tickets/:id/hold',
    {
      schema: {
        ...of('Take it over from the simulated people, or give it back'),
        body: z.object({ held: z.boolean() }),
        response: { 200: answers['POST /api/tickets/:id/hold'] },
      },
    },
    async (request) => told(await desk.hold(request.params.id, request.body.held ? actorOf(request) : null)),
  )
}
