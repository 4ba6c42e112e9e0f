import { z } from 'zod'
import {
  type Appliance,
  DAY,
  installedSchema,
  livingFirst,
  type Series,
  ticketStatesWhere,
} from '../../../core/index.ts'
import { channels, symptomsOf } from '../../../service/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { ticketParams } from '../idParams.ts'
import { photoSchema } from './visits.ts'

/** Points of the day of telemetry that goes with a report: one each five minutes. */
const ATTACHED_POINTS = 288
const LIMIT = { config: { rateLimit: { max: 60, timeWindow: '1 minute' } } }
const secret = z.object({ secret: z.string().max(200) })
/** A report may carry one picture. */
const PHOTO_BODY_LIMIT = 1 << 20
const said = {
  text: z.string().max(5_000).default(''),
  symptom: z.string().max(64).optional(),
}

/** How people tell us of a fault: the owner in two taps, an agent by the question template. */
export function intakeRoutes(app: Api, context: ApiContext): void {
  agentRoutes(app, context)
  linkRoutes(app, context)
  ownerRoutes(app, context)
}

/** What it sent in the last day; a store that is away must not keep anybody from reporting. */
export async function lastDay(
  { clock, store }: Pick<ApiContext, 'clock' | 'store'>,
  { id, kind }: Appliance,
): Promise<Series | undefined> {
  const to = clock.now() + 1
  return store.series({ appliance: id, kind, from: to - DAY, to, points: ATTACHED_POINTS }).catch(() => undefined)
}
const template = ({ policies }: ApiContext, kind: string) => ({
  kind,
  questions: ['model', 'purchasedAt', 'symptom', 'text'],
  symptoms: symptomsOf(kind, policies.live).map(({ id, text, modes }) => ({ id, text, modes })),
  jobs: policies.live.jobTypes
    .filter(({ kinds }) => kinds.length === 0 || kinds.includes(kind))
    .map(({ id, text, minutes, cents }) => ({ id, text, minutes, cents })),
})

/** An agent, by the question template. */
function agentRoutes(app: Api, context: ApiContext): void {
  const { catalog, desk, events, registry } = context
  app.get(
    '/api/intake/template',
    {
      schema: {
        summary: 'What to ask a caller, and which faults each symptom speaks for',
        tags: ['intake'],
        querystring: z.object({ kind: z.string().max(64) }),
        response: { 200: answers['GET /api/intake/template'] },
      },
    },
    async ({ query: { kind } }) => template(context, catalog.kind(kind).kind),
  )
  app.post(
    '/api/appliances/:id/intake',
    {
      schema: {
        summary: 'An agent writes down what a caller says: a ticket, or a contact of the open one',
        tags: ['intake'],
        params: z.object({ id: z.string() }),
        body: z.object({
          ...said,
          channel: z.enum(channels).exclude(['telemetry']).default('hotline'),
          failureMode: z.string().max(64).optional(),
          purchasedAt: installedSchema.optional(),
          job: z.string().max(40).optional(),
          contact: z.string().max(200).optional(),
        }),
        response: { 201: answers['POST /api/appliances/:id/intake'] },
      },
    },
    async (request, reply) => {
      const appliance = registry.inService(request.params.id)
      const { text, failureMode, contact, ...details } = request.body
      const by = contact ? `owner ${contact}` : actorOf(request)
      const telemetry = await lastDay(context, appliance)
      const ticket = await desk.report(appliance, by, text, failureMode, { ...details, telemetry })
      events.ticket(ticket)
      return reply.code(201).send(ticket)
    },
  )
}

/** The owner's page, and what was pinned to a ticket. */
function linkRoutes(app: Api, parts: ApiContext): void {
  const { desk, registry } = parts
  app.get(
    '/api/appliances/:id/owner-link',
    {
      schema: {
        summary: 'The appliance’s own page for its owner, as on its sticker; whoever has it may report',
        tags: ['intake'],
        params: z.object({ id: z.string() }),
        response: { 200: answers['GET /api/appliances/:id/owner-link'] },
      },
    },
    async (request) => {
      return { link: parts.publicUrl + desk.ownerPathOf(registry.inService(request.params.id).id) }
    },
  )
  app.post(
    '/api/appliances/:id/owner-link',
    {
      schema: {
        summary: 'End the links to its owner’s pages, the one on its sticker included; the answer has the new one',
        tags: ['intake'],
        params: z.object({ id: z.string().max(128) }),
        response: { 200: answers['POST /api/appliances/:id/owner-link'] },
      },
    },
    async (request) => {
      const { id } = registry.inService(request.params.id)
      await registry.renewLinks(id)
      return { link: parts.publicUrl + desk.ownerPathOf(id) }
    },
  )
  app.get(
    '/api/tickets/:id/attachments',
    {
      schema: {
        summary: 'What was pinned to it',
        tags: ['tickets'],
        params: ticketParams,
        response: { 200: answers['GET /api/tickets/:id/attachments'] },
      },
    },
    async ({ params: { id } }) => {
      const ticket = (await desk.get(id)).id
      return { items: await desk.attachments(ticket), photos: await desk.photoNames(ticket) }
    },
  )
}

/** The owner, in two taps. */
function ownerRoutes(app: Api, context: ApiContext): void {
  const { catalog, desk, events, registry } = context
  const of = (summary: string) => ({ summary, tags: ['owner'], params: secret, security: [] })
  app.get(
    '/api/o/:secret',
    {
      ...LIMIT,
      schema: {
        ...of('My appliance, and what may be wrong with it'),
        response: { 200: answers['GET /api/o/:secret'] },
      },
    },
    async (request) => {
      const appliance = registry.get(await desk.applianceBySecret(request.params.secret))
      const living = { appliance: appliance.id, state: ticketStatesWhere('living').join(), limit: 20 }
      const [open] = livingFirst((await desk.list(living)).items)
      return {
        id: appliance.id,
        model: appliance.model,
        kindName: catalog.kind(appliance.kind).name,
        language: appliance.owner?.language,
        symptoms: template(context, appliance.kind).symptoms.map(({ id, text }) => ({ id, text })),
        ...(open ? { ticket: { number: open.number, state: open.state, path: pathOf(open.ownerLink) } } : {}),
      }
    },
  )
  app.post(
    '/api/o/:secret/report',
    {
      ...LIMIT,
      bodyLimit: PHOTO_BODY_LIMIT,
      schema: {
        ...of('Tell us: two taps'),
        body: z.object({ ...said, photo: photoSchema.optional() }),
        response: { 201: answers['POST /api/o/:secret/report'] },
      },
    },
    async (request, reply) => {
      const appliance = registry.get(await desk.applianceBySecret(request.params.secret))
      const { text, symptom, photo } = request.body
      const ticket = await desk.report(appliance, 'owner', text, undefined, {
        channel: 'app',
        symptom,
        telemetry: await lastDay(context, appliance),
      })
      if (photo) await desk.addPhoto(ticket.id, photo)
      events.ticket(ticket)
      const { number, contactBy, ownerLink } = ticket
      return reply.code(201).send({ number, contactBy, path: pathOf(ownerLink) })
    },
  )
}

const pathOf = (link: string): string => link.slice(link.indexOf('/t/'))
