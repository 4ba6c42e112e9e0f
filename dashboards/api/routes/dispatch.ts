import { z } from 'zod'
import { idSchema, notFound, ticketIdSchema } from '../../../core/index.ts'
import { render } from '../../../words/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { engineerParams } from '../idParams.ts'
import { millis, rowPaging } from '../paging.ts'

/** Who goes where, what engineers may take, and where the parts are. */
export function dispatchRoutes(
  app: Api,
  context: Pick<ApiContext, 'clock' | 'desk' | 'parts' | 'people' | 'policy'>,
): void {
  const { clock, desk, parts, people } = context
  restockRoutes(app, context)
  app.get(
    '/api/dispatch',
    {
      schema: {
        summary: 'The board of a day: who goes where, in which order, and what is nobody’s yet',
        tags: ['dispatch'],
        querystring: z.object({ at: millis.optional() }),
        response: { 200: answers['GET /api/dispatch'] },
      },
    },
    ({ query: { at } }) => desk.board(at ?? clock.now()),
  )
  app.get(
    '/api/dispatch/moves',
    {
      schema: {
        summary: 'Before a job is given to somebody: the way, who becomes late, and which parts lack',
        tags: ['dispatch'],
        querystring: z.object({ ticket: ticketIdSchema.optional() }),
        response: { 200: answers['GET /api/dispatch/moves'] },
      },
    },
    async ({ query: { ticket: id } }) => {
      if (!id) return { items: [] }
      const { engineer: now } = await desk.get(id)
      const moves = await desk.moves(id)
      const late = [...new Set(moves.flatMap((move) => move.late.map(({ ticket }) => ticket)))]
      const numbers = new Map(await Promise.all(late.map(async (one) => [one, (await desk.get(one)).number] as const)))
      return {
        items: moves.map(({ refused, late: later, ...move }) => ({
          ...move,
          isNow: move.engineer === now,
          ...(refused ? { refused: render(refused) } : {}),
          late: later.map((one) => ({ ...one, number: numbers.get(one.ticket) ?? '' })),
        })),
      }
    },
  )
  app.get(
    '/api/engineers/:id/open-jobs',
    {
      schema: {
        summary: 'What this engineer may take now, and what became of what they wanted',
        tags: ['dispatch'],
        params: engineerParams,
        response: { 200: answers['GET /api/engineers/:id/open-jobs'] },
      },
    },
    async ({ params: { id } }) => {
      if (!(await people.engineers()).some((known) => known.id === id)) throw notFound('engineer', id)
      return { jobs: await desk.openJobs(id), grabs: await desk.grabs({ engineer: id }) }
    },
  )
  partRoutes(app, { parts })
}

/** Where the parts are. */
function partRoutes(app: Api, { parts }: Pick<ApiContext, 'parts'>): void {
  app.get(
    '/api/parts',
    {
      schema: {
        summary: 'The catalogue of parts, what each fits, and what lies where',
        tags: ['parts'],
        response: { 200: answers['GET /api/parts'] },
      },
    },
    async () => ({ items: await parts.catalogue() }),
  )
  app.get(
    '/api/parts/ledger',
    {
      schema: {
        summary: 'Every move of stock, newest first',
        tags: ['parts'],
        querystring: z.object({
          place: z.string().optional(),
          part: z.string().optional(),
          ticket: z.string().optional(),
          ...rowPaging,
        }),
        response: { 200: answers['GET /api/parts/ledger'] },
      },
    },
    ({ query }) => parts.ledger(query),
  )
  app.post(
    '/api/parts/moves',
    {
      schema: {
        summary: 'Stock came to a place (no `from`), or goes from one to another',
        tags: ['parts'],
        body: z.object({
          part: z.string().min(1).max(64),
          quantity: z.number().int().min(1).max(100_000),
          from: idSchema.optional(),
          to: idSchema,
          why: z.string().max(500).default(''),
        }),
        response: { 201: answers['POST /api/parts/moves'] },
      },
    },
    async (request, reply) => {
      await parts.move(actorOf(request), request.body)
      return reply.code(201).send({ ok: true })
    },
  )
}

/** What is to be brought where, and ordered. */
function restockRoutes(app: Api, { parts, policy }: Pick<ApiContext, 'parts' | 'policy'>): void {
  app.post(
    '/api/parts/orders',
    {
      schema: {
        summary: 'Order what is proposed: it lies at its place when it has come, and is proposed no more',
        tags: ['parts'],
        body: z.object({
          place: idSchema,
          part: z.string().min(1).max(64),
          quantity: z.number().int().min(1).max(10_000),
        }),
        response: { 201: answers['POST /api/parts/orders'] },
      },
    },
    async ({ body }, reply) => reply.code(201).send(await parts.order(body, policy.purchaseHours)),
  )
  app.get(
    '/api/parts/restock',
    {
      schema: {
        summary: 'What to bring where: demand foreseen by predictions, beside last year’s',
        tags: ['parts'],
        querystring: z.object({ weeks: z.coerce.number().int().min(1).max(26).default(4) }),
        response: { 200: answers['GET /api/parts/restock'] },
      },
    },
    async ({ query: { weeks } }) => ({ weeks, items: await parts.restock(weeks) }),
  )
}
