import { z } from 'zod'
import { idSchema, notFound } from '../../../../core/index.ts'
import { articleContentSchema, articleStates } from '../../../../service/index.ts'
import { actorOf } from '../../access.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { ticketParams } from '../../idParams.ts'

const params = z.object({ id: idSchema })
const secret = z.object({ secret: z.string().max(200) })
const LIMIT = { config: { rateLimit: { max: 60, timeWindow: '1 minute' } } }
const words = z.string().trim().max(200).default('')
/** The best of what was found; whoever wants more says more. */
const MOST = 50
/** Nobody reads more on a phone. */
const OWNERS_MOST = 5

type Context = Pick<ApiContext, 'catalog' | 'desk' | 'events' | 'knowledge' | 'registry'>

/** What is known of appliances and their faults: to look up, to write, to review, and to be offered where it may help. */
export function knowledgeRoutes(app: Api, context: Context): void {
  lookUpRoutes(app, context)
  writeRoutes(app, context)
  besideTicketRoutes(app, context)
  ownersRoutes(app, context)
}

const of = (summary: string) => ({ summary, tags: ['knowledge'] })

function lookUpRoutes(app: Api, { knowledge: { articles, assistant } }: Context): void {
  app.get(
    '/api/articles',
    {
      schema: {
        ...of('Articles by words, kind, model and fault, the best first; with a state: those of the workshop'),
        querystring: z.object({
          q: words,
          kind: z.string().max(128).optional(),
          model: z.string().max(128).optional(),
          failureMode: z.string().max(64).optional(),
          state: z.enum(articleStates).optional(),
        }),
        response: { 200: answers['GET /api/articles'] },
      },
    },
    async ({ query: { q, kind, model, failureMode, state } }) => {
      const { isOn } = assistant
      if (state) return { items: await articles.inState(state), assistant: isOn }
      const modes = failureMode === undefined ? undefined : [failureMode]
      const found = await articles.find({ words: q, kind, model, modes, reader: 'engineer' })
      return { items: found.slice(0, MOST), assistant: isOn }
    },
  )
  app.get(
    '/api/articles/:id',
    {
      schema: {
        ...of('One article with every version of it'),
        params,
        response: { 200: answers['GET /api/articles/:id'] },
      },
    },
    async ({ params: { id } }) => articles.get(id),
  )
}

function writeRoutes(app: Api, { knowledge: { articles } }: Context): void {
  app.post(
    '/api/articles',
    {
      schema: {
        ...of('A new article: a draft, until somebody else has reviewed it'),
        body: articleContentSchema,
        response: { 201: answers['POST /api/articles'] },
      },
    },
    async (request, reply) => reply.code(201).send(await articles.write(request.body, actorOf(request))),
  )
  app.put(
    '/api/articles/:id',
    {
      schema: {
        ...of('Another version of it; readers keep the one that is published until this one is reviewed'),
        params,
        body: articleContentSchema,
        response: { 200: answers['PUT /api/articles/:id'] },
      },
    },
    async (request) => articles.write(request.body, actorOf(request), request.params.id),
  )
  app.post(
    '/api/articles/:id/publish',
    {
      schema: {
        ...of('I have read this version, and it is right: readers have it from now on'),
        params,
        body: z.object({ version: z.number().int().positive() }),
        response: { 200: answers['POST /api/articles/:id/publish'] },
      },
    },
    async (request) => articles.publish(request.params.id, request.body.version, actorOf(request)),
  )
  app.post(
    '/api/articles/:id/retire',
    {
      schema: {
        ...of('Nobody is offered it any more'),
        params,
        response: { 200: answers['POST /api/articles/:id/retire'] },
      },
    },
    async (request) => articles.retire(request.params.id),
  )
  app.post(
    '/api/tickets/:id/article',
    {
      schema: {
        ...of('A draft of what a solved ticket teaches, in both languages'),
        params: ticketParams,
        response: { 201: answers['POST /api/tickets/:id/article'] },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await articles.draftFrom(request.params.id, `draft of ${actorOf(request)}`)),
  )
}

function besideTicketRoutes(app: Api, { desk, knowledge }: Context): void {
  app.get(
    '/api/tickets/:id/articles',
    {
      schema: {
        ...of('What may help with it, the likeliest fault first'),
        params: ticketParams,
        response: { 200: answers['GET /api/tickets/:id/articles'] },
      },
    },
    async ({ params: { id } }) => ({ items: await knowledge.forTicket(await desk.get(id), 'engineer') }),
  )
  app.post(
    '/api/tickets/:id/articles/:article/tried',
    {
      schema: {
        ...of('It was tried: did it help?'),
        params: ticketParams.extend({ article: idSchema }),
        body: z.object({ helped: z.boolean() }),
        response: { 200: answers['POST /api/tickets/:id/articles/:article/tried'] },
      },
    },
    async (request) => {
      const { id, article } = request.params
      const ticket = await desk.get(id)
      const use = { article, appliance: ticket.appliance, ticket: id, by: actorOf(request) }
      await knowledge.articles.used({ ...use, helped: request.body.helped })
      return { ok: true }
    },
  )
}

/** What an owner reads before anybody comes. */
function ownersRoutes(app: Api, { desk, events, knowledge, registry }: Context): void {
  const owners = (summary: string) => ({ summary, tags: ['owner'], security: [] })
  app.get(
    '/api/t/:secret/articles',
    {
      ...LIMIT,
      schema: {
        ...owners('What I may try, or want to know, of my fault'),
        params: secret,
        response: { 200: answers['GET /api/t/:secret/articles'] },
      },
    },
    async (request) => {
      const { id } = await desk.bySecret(request.params.secret)
      const found = await knowledge.forTicket(await desk.get(id), 'owner')
      return { items: found.slice(0, OWNERS_MOST).map(ownersArticle) }
    },
  )
  app.post(
    '/api/t/:secret/articles/:article/tried',
    {
      ...LIMIT,
      schema: {
        ...owners('I have tried it: did it help? Where it did nobody needs to come'),
        params: secret.extend({ article: idSchema }),
        body: z.object({ helped: z.boolean() }),
        response: { 200: answers['POST /api/t/:secret/articles/:article/tried'] },
      },
    },
    async ({ params: { secret: link, article }, body: { helped } }) => {
      const ticket = await desk.get((await desk.bySecret(link)).id)
      const offered = await knowledge.forTicket(ticket, 'owner')
      if (!offered.some(({ id }) => id === article)) throw notFound('article', article)
      const changed = await knowledge.ownerTried(ticket, article, helped)
      if (changed) events.ticket(changed)
      return { ok: true }
    },
  )
  app.get(
    '/api/o/:secret/articles',
    {
      ...LIMIT,
      schema: {
        ...owners('What there is to read of my appliance, by words'),
        params: secret,
        querystring: z.object({ q: words }),
        response: { 200: answers['GET /api/o/:secret/articles'] },
      },
    },
    async ({ params: { secret: link }, query: { q } }) => {
      const { kind, model } = registry.get(await desk.applianceBySecret(link))
      const found = await knowledge.articles.find({ words: q, kind, model, reader: 'owner' })
      return { items: found.slice(0, OWNERS_MOST).map(ownersArticle), assistant: knowledge.assistant.isOn }
    },
  )
}

/** What an owner needs of it. */
export const ownersArticle = ({ id, title, text }: Awaited<ReturnType<Context['knowledge']['forTicket']>>[number]) => ({
  id,
  title,
  text,
})
