import { z } from 'zod'
import { notFound, personOf, pseudonymOf, type TicketId } from '../../../core/index.ts'
import { adviceOf, ownerView, type TicketView } from '../../../service/index.ts'
import { render } from '../../../words/index.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { markSchema } from './alerts.ts'
import { subscribeBrowser, subscriptionSchema } from './people.ts'
import { answersSchema } from './remote.ts'
import { slotSchema } from './tickets.ts'

const params = z.object({ secret: z.string().max(200) })
const why = z.string().max(2_000).default('')

type OwnerContext = Pick<
  ApiContext,
  | 'alerts'
  | 'catalog'
  | 'clock'
  | 'database'
  | 'desk'
  | 'events'
  | 'health'
  | 'payments'
  | 'people'
  | 'policies'
  | 'registry'
  | 'targets'
>

type OwnersPageContext = Pick<
  ApiContext,
  'catalog' | 'clock' | 'desk' | 'health' | 'payments' | 'people' | 'policies' | 'registry'
>

/** What the page of a link shows. */
export const ownersPage =
  ({ desk, health, payments, registry, people, catalog, policies, clock }: OwnersPageContext) =>
  async (secret: string) => {
    const ticket = await desk.bySecret(secret)
    const engineer = ticket.plan.engineer
      ? (await people.engineers()).find(({ id }) => id === ticket.plan.engineer)?.name
      : undefined
    const rules = policies.rulesOf(ticket)
    return ownerView(
      ticket,
      registry.get(ticket.appliance),
      engineer,
      catalog,
      rules,
      clock,
      {
        quote: await desk.quote(ticket),
        slots: await desk.slotsOf(ticket),
        pays: payments.isOn,
        advice: adviceOf(catalog, ticket.kind, health.of(ticket.appliance)),
      },
      render,
    )
  }

/** The owner's own page: whoever holds the link, and nobody else. */
export function ownerRoutes(app: Api, context: OwnerContext): void {
  const { desk, events } = context
  browserRoute(app, context)
  markRoute(app, context)
  const of = (summary: string) => ({ summary, tags: ['owner'], params, security: [] })
  const LIMIT = { config: { rateLimit: { max: 60, timeWindow: '1 minute' } } }

  const page = ownersPage(context)
  async function act(secret: string, work: (id: TicketId) => Promise<TicketView>) {
    events.ticket(await work((await desk.bySecret(secret)).id))
    return page(secret)
  }

  app.get(
    '/api/t/:secret',
    {
      ...LIMIT,
      schema: { ...of('What is happening to my appliance'), response: { 200: answers['GET /api/t/:secret'] } },
    },
    (request) => page(request.params.secret),
  )
  app.post(
    '/api/t/:secret/accept',
    {
      ...LIMIT,
      schema: {
        ...of('Agree, and choose a time'),
        body: z.object({ slot: slotSchema.optional() }).optional(),
        response: { 200: answers['POST /api/t/:secret/accept'] },
      },
    },
    ({ params: { secret }, body }) => act(secret, (id) => desk.accept(id, 'owner', body?.slot)),
  )
  app.post(
    '/api/t/:secret/move',
    {
      ...LIMIT,
      schema: {
        ...of('Choose another time'),
        body: z.object({ slot: slotSchema }),
        response: { 200: answers['POST /api/t/:secret/move'] },
      },
    },
    ({ params: { secret }, body }) => act(secret, (id) => desk.accept(id, 'owner', body.slot)),
  )
  app.post(
    '/api/t/:secret/decline',
    {
      ...LIMIT,
      schema: {
        ...of('No visit'),
        body: z.object({ why }).optional(),
        response: { 200: answers['POST /api/t/:secret/decline'] },
      },
    },
    ({ params: { secret }, body }) => act(secret, (id) => desk.decline(id, 'owner', body?.why)),
  )
  app.post(
    '/api/t/:secret/cancel',
    {
      ...LIMIT,
      schema: {
        ...of('Cancel the visit'),
        body: z.object({ why }).optional(),
        response: { 200: answers['POST /api/t/:secret/cancel'] },
      },
    },
    ({ params: { secret }, body }) => act(secret, (id) => desk.cancel(id, 'owner', body?.why)),
  )
  app.post(
    '/api/t/:secret/not-solved',
    {
      ...LIMIT,
      schema: {
        ...of('It is not solved'),
        body: z.object({ why }).optional(),
        response: { 200: answers['POST /api/t/:secret/not-solved'] },
      },
    },
    ({ params: { secret }, body }) => act(secret, (id) => desk.reopen(id, 'owner', body?.why)),
  )
  app.post(
    '/api/t/:secret/answers',
    {
      ...LIMIT,
      schema: {
        ...of('What I see: it may spare the visit, or lead to a guide'),
        body: answersSchema,
        response: { 200: answers['POST /api/t/:secret/answers'] },
      },
    },
    ({ params: { secret }, body }) => act(secret, (id) => desk.answerQuestions(id, 'owner', body.answers)),
  )
  app.post(
    '/api/t/:secret/rate',
    {
      ...LIMIT,
      schema: {
        ...of('One to five stars'),
        body: z.object({ stars: z.number().int().min(1).max(5), text: z.string().max(2_000).default('') }),
        response: { 200: answers['POST /api/t/:secret/rate'] },
      },
    },
    ({ params: { secret }, body }) => act(secret, (id) => desk.rate(id, body.stars, body.text)),
  )
}

/** The owner's browser, for what happens to their appliance. */
function browserRoute(app: Api, context: OwnerContext): void {
  const { desk } = context
  app.post(
    '/api/t/:secret/push',
    {
      config: { rateLimit: { max: 10, timeWindow: '1 minute' } },
      schema: {
        summary: 'Tell this browser what happens to my appliance',
        tags: ['owner'],
        params,
        security: [],
        body: subscriptionSchema,
        response: { 201: answers['POST /api/t/:secret/push'] },
      },
    },
    async ({ params: { secret }, body }, reply) => {
      const { appliance } = await desk.bySecret(secret)
      const { owner } = context.registry.get(appliance)
      if (!owner) throw notFound('owner', `of ${appliance}`)
      await subscribeBrowser(context, `owner:${pseudonymOf(personOf(appliance, owner))}`, body)
      return reply.code(201).send({ ok: true })
    },
  )
}

/** What else the owner says: nobody needs to come for what is seen; another appliance is due to them. */
function markRoute(app: Api, context: OwnerContext): void {
  const { alerts, desk, events } = context
  const page = ownersPage(context)
  app.post(
    '/api/t/:secret/swap',
    {
      config: { rateLimit: { max: 60, timeWindow: '1 minute' } },
      schema: {
        summary: 'I want another appliance: the same fault has come back',
        tags: ['owner'],
        params,
        security: [],
        response: { 200: answers['POST /api/t/:secret/swap'] },
      },
    },
    async ({ params: { secret } }) => {
      events.ticket(await desk.claimSwap((await desk.bySecret(secret)).id, 'owner'))
      return page(secret)
    },
  )
  app.post(
    '/api/t/:secret/mark',
    {
      config: { rateLimit: { max: 60, timeWindow: '1 minute' } },
      schema: {
        summary: 'It is normal here, known, or not worth a visit: nobody needs to come',
        tags: ['owner'],
        params,
        security: [],
        body: markSchema,
        response: { 200: answers['POST /api/t/:secret/mark'] },
      },
    },
    async ({ params: { secret }, body }) => {
      const { id } = await desk.bySecret(secret)
      await alerts.markTicket(id, 'owner', body)
      events.ticket(await desk.get(id))
      return page(secret)
    },
  )
}
