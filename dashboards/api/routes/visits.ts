import { z } from 'zod'
import { engineerIdSchema, isInService, notFound, recordOf, type TicketId, ticketIs } from '../../../core/index.ts'
import { LARGEST_PHOTO, photoTypes, type TicketView } from '../../../service/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { ticketParams } from '../idParams.ts'
import { healthOf } from '../views/fleetView.ts'
import { slotSchema } from './tickets.ts'

const params = z.object({ id: z.string() })

/** The visit itself, who pays, and the appliance's file for life. */
const of = (summary: string, tag = 'visits') => ({ summary, tags: [tag], params })
const ofTicket = (summary: string) => ({ ...of(summary), params: ticketParams })

/** A picture as JSON can carry it. */
export const photoSchema = z.object({
  type: z.enum(photoTypes),
  base64: z
    .string()
    .min(1)
    .max(LARGEST_PHOTO)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/, { message: 'must be base64' }),
})

export function visitRoutes(app: Api, context: ApiContext): void {
  cardRoutes(app, context)
  fileRoutes(app, context)
  ownerRoutes(app, context)
}

/** The visit itself: the time agreed on, the card, photos of the work. */
function cardRoutes(app: Api, { desk, events }: Pick<ApiContext, 'desk' | 'events'>): void {
  app.post(
    '/api/tickets/:id/contact',
    {
      schema: {
        ...ofTicket('The engineer has spoken to the owner; the time stands, or another one is agreed'),
        body: z.object({ note: z.string().max(2_000).default(''), slot: slotSchema.optional() }).optional(),
        response: { 200: answers['POST /api/tickets/:id/contact'] },
      },
    },
    async (request) => {
      const { note = '', slot } = request.body ?? {}
      const ticket = await desk.contact(request.params.id, actorOf(request), note, slot)
      events.ticket(ticket)
      return ticket
    },
  )
  app.get(
    '/api/tickets/:id/checklist',
    {
      schema: {
        ...ofTicket('The card of the visit: one job right and five things besides, and what was answered'),
        response: { 200: answers['GET /api/tickets/:id/checklist'] },
      },
    },
    async ({ params: { id } }) => {
      const ticket = await desk.get(id)
      const { job, items } = desk.checklistOf(ticket)
      return { job, items, answers: ticket.checklist?.answers, ownerTicks: ticket.ownerTicks?.ticks }
    },
  )
  app.post(
    '/api/tickets/:id/photos',
    {
      schema: {
        ...ofTicket('A photo of the work; the card of the visit refers to it by the name in the answer'),
        body: photoSchema.extend({
          /** The sender's own: a card that is filled in without a network can refer to it at once. */
          name: z
            .string()
            .regex(/^photo-[a-z0-9-]{8,50}$/, { message: 'must be photo- and 8 to 50 of a-z, 0-9 and -' })
            .optional(),
        }),
        response: { 201: answers['POST /api/tickets/:id/photos'] },
      },
    },
    async ({ params: { id }, body }, reply) => reply.code(201).send(await desk.addPhoto((await desk.get(id)).id, body)),
  )
  app.get(
    '/api/tickets/:id/photos/:name',
    {
      schema: {
        summary: 'The photo itself',
        tags: ['visits'],
        params: ticketParams.extend({ name: z.string().max(60) }),
      },
    },
    async ({ params: { id, name } }, reply) => {
      const { type, base64 } = await desk.photo(id, name)
      return reply.type(type).send(Buffer.from(base64, 'base64'))
    },
  )
}

/** Who pays, and the appliance's file for life. */
function fileRoutes(app: Api, parts: ApiContext): void {
  const { catalog, desk, people, policies, registry } = parts
  app.get(
    '/api/appliances/:id/warranty',
    {
      schema: {
        ...of('Is it covered? By serial: the maker’s warranty, contracts, and every part fitted', 'warranty'),
        response: { 200: answers['GET /api/appliances/:id/warranty'] },
      },
    },
    ({ params: { id } }) => desk.warrantyOf(registry.get(id)),
  )
  app.post(
    '/api/appliances/:id/contracts',
    {
      schema: {
        ...of('An extended warranty, 1 to 5 years', 'warranty'),
        body: z.object({ plan: z.string().max(40), years: z.number().int().min(1).max(5) }),
        response: { 201: answers['POST /api/appliances/:id/contracts'] },
      },
    },
    async (request, reply) => {
      const { plan, years } = request.body
      return reply
        .code(201)
        .send(await desk.sellContract(registry.inService(request.params.id), plan, years, actorOf(request)))
    },
  )
  app.put(
    '/api/appliances/:id/engineer',
    {
      schema: {
        ...of('The owner’s own engineer, preferred unless skill or promise forbids; null for none', 'people'),
        body: z.object({ engineer: engineerIdSchema.nullable() }),
        response: { 200: answers['PUT /api/appliances/:id/engineer'] },
      },
    },
    async (request) => {
      const appliance = registry.inService(request.params.id)
      await desk.bind(appliance, actorOf(request), request.body.engineer)
      return { appliance: appliance.id, engineer: request.body.engineer }
    },
  )
  app.get(
    '/api/service-file',
    {
      schema: {
        summary:
          'By serial or by the code on the appliance: model, firmware, warranty, every ticket, parts, how it fares',
        tags: ['warranty'],
        querystring: z.object({ code: z.string().min(1).max(300) }),
        response: { 200: answers['GET /api/service-file'] },
      },
    },
    async ({ query: { code } }) => {
      const appliance = registry.get(await desk.applianceOf(code))
      const { items } = await desk.list({ appliance: appliance.id, limit: 1_000 })
      const bound = await desk.boundTo(appliance)
      const engineer = bound ? (await people.engineers()).find(({ id }) => id === bound) : undefined
      const { id, kind, model, batch, firmware, installedAt, registeredAt, homeId } = appliance
      return {
        appliance: {
          id,
          kind,
          kindName: catalog.kind(kind).name,
          model,
          batch,
          firmware,
          installedAt,
          registeredAt,
          homeId,
        },
        inService: isInService(appliance),
        fare: healthOf(
          parts,
          appliance,
          items.some(({ state }) => ticketIs(state, 'living')),
        ),
        health: parts.health.of(id),
        warranty: await desk.warrantyOf(appliance),
        plans: policies.live.plans,
        ...(bound ? { engineer: { id: bound, name: engineer?.name ?? bound } } : {}),
        tickets: items.map(
          ({ id, number, state, source, failureMode, createdAt, closure, bill, rating, recallOf }) => ({
            id,
            number,
            state,
            source,
            failureMode,
            createdAt,
            closure,
            totalCents: bill?.totalCents,
            stars: rating?.stars,
            recallOf,
          }),
        ),
      }
    },
  )
}

/** What an owner says of the card and the bill. */
function ownerRoutes(app: Api, { desk, events }: Pick<ApiContext, 'desk' | 'events'>): void {
  const secret = z.object({ secret: z.string().max(200) })
  const LIMIT = { config: { rateLimit: { max: 60, timeWindow: '1 minute' } } }
  const owners = (summary: string) => ({ summary, tags: ['owner'], params: secret, security: [] })
  const act = async (key: string, work: (id: TicketId) => Promise<TicketView>) => {
    const { id } = await desk.bySecret(key)
    if (!id) throw notFound('ticket', 'of this link')
    events.ticket(await work(id))
    return { ok: true }
  }
  app.post(
    '/api/t/:secret/card',
    {
      ...LIMIT,
      schema: {
        ...owners('My own ticks on the card of the visit'),
        body: z.object({ ticks: recordOf(z.string().max(40), z.boolean()) }),
        response: { 200: answers['POST /api/t/:secret/card'] },
      },
    },
    ({ params: { secret: key }, body }) => act(key, (id) => desk.confirmChecklist(id, 'owner', body.ticks)),
  )
  app.post(
    '/api/t/:secret/bill/confirm',
    {
      ...LIMIT,
      schema: { ...owners('I agree with the bill'), response: { 200: answers['POST /api/t/:secret/bill/confirm'] } },
    },
    ({ params }) => act(params.secret, (id) => desk.confirmBill(id, 'owner')),
  )
  app.post(
    '/api/t/:secret/bill/contest',
    {
      ...LIMIT,
      schema: {
        ...owners('The bill is not right'),
        body: z.object({ why: z.string().min(1).max(2_000) }),
        response: { 200: answers['POST /api/t/:secret/bill/contest'] },
      },
    },
    ({ params: { secret: key }, body }) => act(key, (id) => desk.contestBill(id, 'owner', body.why)),
  )
}
