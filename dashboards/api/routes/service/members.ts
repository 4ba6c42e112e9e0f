import { z } from 'zod'
import { idSchema, instantSchema, textOf } from '../../../../core/index.ts'
import { postStates, postTypes } from '../../../../service/index.ts'
import { actorOf } from '../../access.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { ownedBySecret } from '../access/ownPage.ts'

const secret = z.object({ secret: z.string().max(200) })
const words = z.string().trim().min(1).max(500)
const asked = textOf(words)
const LIMIT = { config: { rateLimit: { max: 30, timeWindow: '1 minute' } } }
type Context = Pick<ApiContext, 'catalog' | 'database' | 'desk' | 'links' | 'members' | 'registry'>

/** What members have, ask and decide; and what the desk sees of it. Off until the rules say otherwise. */
export function memberRoutes(app: Api, context: Context): void {
  ownerRoutes(app, context)
  communityRoutes(app, context)
  deskRoutes(app, context)
  surveyRoutes(app, context)
}

const owners = (summary: string) => ({ summary, tags: ['members'], security: [], params: secret })
const desk = (summary: string) => ({ summary, tags: ['members'] })

function ownerRoutes(app: Api, context: Context): void {
  const { members } = context
  app.get(
    '/api/p/:secret/member',
    {
      ...LIMIT,
      schema: {
        ...owners('My points, my tier, and what I may have for them'),
        response: { 200: answers['GET /api/p/:secret/member'] },
      },
    },
    async ({ params }) => members.view(await ownedBySecret(context, params.secret)),
  )
  app.post(
    '/api/p/:secret/redeem',
    {
      ...LIMIT,
      schema: {
        ...owners('I take this for my points'),
        body: z.object({ reward: z.string().max(40) }),
        response: { 200: answers['POST /api/p/:secret/redeem'] },
      },
    },
    async ({ params, body }) => members.redeem(await ownedBySecret(context, params.secret), body.reward),
  )
}

function communityRoutes(app: Api, context: Context): void {
  const { members } = context
  app.get(
    '/api/p/:secret/posts',
    {
      ...LIMIT,
      schema: {
        ...owners('What other owners of this kind ask and advise'),
        response: { 200: answers['GET /api/p/:secret/posts'] },
      },
    },
    async ({ params }) => members.posts((await ownedBySecret(context, params.secret)).kind),
  )
  app.post(
    '/api/p/:secret/posts',
    {
      ...LIMIT,
      schema: {
        ...owners('I ask, or advise; shown once somebody has read it, without my name'),
        body: z.object({ type: z.enum(postTypes), text: z.string().trim().min(3).max(2_000) }),
        response: { 201: answers['POST /api/p/:secret/posts'] },
      },
    },
    async ({ params, body }, reply) =>
      reply.code(201).send(await members.post(await ownedBySecret(context, params.secret), body.type, body.text)),
  )
  app.post(
    '/api/p/:secret/posts/:post/like',
    {
      ...LIMIT,
      schema: {
        ...owners('This helps'),
        params: secret.extend({ post: idSchema }),
        body: z.object({ like: z.literal(true) }),
        response: { 200: answers['POST /api/p/:secret/posts/:post/like'] },
      },
    },
    async ({ params }) => ({ likes: await members.like(await ownedBySecret(context, params.secret), params.post) }),
  )
  app.get(
    '/api/p/:secret/polls',
    {
      ...LIMIT,
      schema: { ...owners('What members decide'), response: { 200: answers['GET /api/p/:secret/polls'] } },
    },
    async ({ params }) => {
      const { kind, model } = await ownedBySecret(context, params.secret)
      return { items: await members.polls({ kind, model }) }
    },
  )
  app.post(
    '/api/p/:secret/polls/:poll/vote',
    {
      ...LIMIT,
      schema: {
        ...owners('My one vote'),
        params: secret.extend({ poll: idSchema }),
        body: z.object({ option: z.number().int().min(0).max(20) }),
        response: { 200: answers['POST /api/p/:secret/polls/:poll/vote'] },
      },
    },
    async ({ params, body }) => members.vote(await ownedBySecret(context, params.secret), params.poll, body.option),
  )
}

function deskRoutes(app: Api, { catalog, members }: Context): void {
  app.get(
    '/api/posts',
    {
      schema: {
        ...desk('What owners ask and advise, by how it stands'),
        querystring: z.object({ state: z.enum(postStates).default('waiting') }),
        response: { 200: answers['GET /api/posts'] },
      },
    },
    async ({ query: { state } }) => members.postsIn(state),
  )
  app.post(
    '/api/posts/:post/moderate',
    {
      schema: {
        ...desk('Show it to other owners, or hide it'),
        params: z.object({ post: idSchema }),
        body: z.object({ show: z.boolean() }),
        response: { 200: answers['POST /api/posts/:post/moderate'] },
      },
    },
    async (request) => members.moderate(request.params.post, request.body.show, actorOf(request)),
  )
  app.get(
    '/api/polls',
    {
      schema: {
        ...desk('Polls with their results, of a kind and a model'),
        querystring: z.object({ kind: z.string().max(128).optional(), model: z.string().max(128).optional() }),
        response: { 200: answers['GET /api/polls'] },
      },
    },
    async ({ query }) => ({ items: await members.polls(query) }),
  )
  app.post(
    '/api/polls',
    {
      schema: {
        ...desk('Ask the owners of a kind, or of a model'),
        body: z.object({
          kind: z.string().max(128),
          model: z.string().max(128).optional(),
          question: asked,
          options: z.array(asked).min(2).max(10),
          days: z.number().positive().max(366).default(30),
        }),
        response: { 201: answers['POST /api/polls'] },
      },
    },
    async ({ body }, reply) =>
      reply.code(201).send(await members.openPoll({ ...body, kind: catalog.kind(body.kind).kind })),
  )
}

function surveyRoutes(app: Api, { desk: tickets, members }: Context): void {
  app.post(
    '/api/t/:secret/nps',
    {
      ...LIMIT,
      schema: {
        ...owners('How likely I am to recommend you, 0 to 10'),
        body: z.object({ score: z.number().int().min(0).max(10) }),
        response: { 200: answers['POST /api/t/:secret/nps'] },
      },
    },
    async ({ params, body }) => {
      await members.survey(await tickets.bySecret(params.secret), body.score)
      return { ok: true }
    },
  )
  app.get(
    '/api/nps',
    {
      schema: {
        ...desk('Net promoter score with its interval, by month, beside what others measured'),
        response: { 200: answers['GET /api/nps'] },
      },
    },
    async () => members.nps(),
  )
  app.post(
    '/api/indices',
    {
      schema: {
        ...desk('What others measured of us: satisfaction, repurchase, by day'),
        body: z.object({
          rows: z
            .array(
              z.object({
                name: z.string().trim().min(1).max(100),
                at: instantSchema,
                value: z.number().min(-1e9).max(1e9),
                source: z.string().trim().min(1).max(200),
              }),
            )
            .min(1)
            .max(10_000),
        }),
        response: { 200: answers['POST /api/indices'] },
      },
    },
    async ({ body }) => ({ taken: await members.importIndices(body.rows) }),
  )
}
