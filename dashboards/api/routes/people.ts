import { z } from 'zod'
import { listNotices, readNotices, subscribe, unsubscribe } from '../../../alerts/index.ts'
import { idSchema, Problem } from '../../../core/index.ts'
import { depotSchema, type EngineerNow, engineerSchema } from '../../../service/index.ts'
import { render } from '../../../words/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { asSent, pageOf, paging, timePaging } from '../paging.ts'

/** An engineer as pages show them: why their grade is not the one that was given, in words. */
export const engineerInWords = ({ gradeBecause, ...engineer }: EngineerNow) => ({
  ...engineer,
  ...(gradeBecause ? { gradeBecause: render(gradeBecause) } : {}),
})

const oneOrMany = <T extends z.ZodType>(schema: T) => z.union([schema, z.array(schema).min(1).max(10_000)])

/** Who works here and where parts lie; what people are told, and in which browsers. */
export function peopleRoutes(
  app: Api,
  context: Pick<ApiContext, 'people' | 'registry' | 'database' | 'clock' | 'targets'>,
): void {
  staffRoutes(app, context)
  gatewayRoutes(app, context)
  inboxRoutes(app, context)
  pushRoutes(app, context)
}

function staffRoutes(app: Api, { people }: Pick<ApiContext, 'people'>): void {
  app.get(
    '/api/engineers',
    {
      schema: {
        summary: 'Engineers, with their open jobs',
        tags: ['people'],
        querystring: z.object(paging),
        response: { 200: answers['GET /api/engineers'] },
      },
    },
    async ({ query: { limit, cursor } }) => pageOf((await people.engineers()).map(engineerInWords), limit, cursor),
  )
  app.post(
    '/api/engineers',
    {
      schema: {
        summary: 'Add or change engineers',
        tags: ['people'],
        body: oneOrMany(engineerSchema),
        response: { 201: answers['POST /api/engineers'] },
      },
    },
    async ({ body }, reply) => {
      const saved = await people.saveEngineers(Array.isArray(body) ? body : [body])
      return reply.code(201).send(asSent(body, saved))
    },
  )
  app.get(
    '/api/depots',
    {
      schema: {
        summary: 'Depots, outlets and vans, with their stock',
        tags: ['people'],
        querystring: z.object(paging),
        response: { 200: answers['GET /api/depots'] },
      },
    },
    async ({ query: { limit, cursor } }) => pageOf(await people.depots(), limit, cursor),
  )
  app.post(
    '/api/depots',
    {
      schema: {
        summary: 'Add or change stock places',
        tags: ['people'],
        body: oneOrMany(depotSchema),
        response: { 201: answers['POST /api/depots'] },
      },
    },
    async (request, reply) => {
      const { body } = request
      const saved = await people.saveDepots(Array.isArray(body) ? body : [body], actorOf(request))
      return reply.code(201).send(asSent(body, saved))
    },
  )
}

function gatewayRoutes(app: Api, { registry }: Pick<ApiContext, 'registry'>): void {
  app.post(
    '/api/gateways',
    {
      schema: {
        summary: 'Register a gateway with the appliances it speaks for',
        tags: ['appliances'],
        body: z.object({
          id: idSchema,
          appliances: z.array(idSchema).max(10_000),
        }),
        response: { 201: answers['POST /api/gateways'] },
      },
    },
    async ({ body: { id, appliances } }, reply) =>
      reply.code(201).send(await registry.registerGateway({ id, appliances: [...new Set(appliances)] })),
  )
}

function inboxRoutes(app: Api, { database, clock }: Pick<ApiContext, 'database' | 'clock'>): void {
  app.get(
    '/api/inbox',
    {
      schema: {
        summary: 'My notices, newest first; of the desk, or those that owners were sent',
        tags: ['people'],
        querystring: z.object({ of: z.enum(['desk', 'owners']).default('desk'), ...timePaging }),
        response: { 200: answers['GET /api/inbox'] },
      },
    },
    ({ query: { of, limit, cursor } }) =>
      listNotices(database, { recipient: of === 'desk' ? 'desk' : 'owner:*', limit, cursor }),
  )
  app.post(
    '/api/inbox/read',
    {
      schema: {
        summary: 'Mark notices as read',
        tags: ['people'],
        body: z.object({ keys: z.array(z.string().max(300)).min(1).max(1_000) }),
        response: { 200: answers['POST /api/inbox/read'] },
      },
    },
    async ({ body }) => ({ read: await readNotices(database, body.keys, clock.now()) }),
  )
}

/** What a browser says of where it is told. */
export const subscriptionSchema = z.object({
  endpoint: z.url({ protocol: /^https$/ }).max(2_000),
  keys: z.object({ p256dh: z.string().max(200), auth: z.string().max(100) }),
})

/** @throws Problem `private-target` */
export async function subscribeBrowser(
  { database, targets }: Pick<ApiContext, 'database' | 'targets'>,
  recipient: string,
  body: z.infer<typeof subscriptionSchema>,
): Promise<void> {
  if (await targets.isPrivate(body.endpoint)) {
    throw new Problem({
      code: 'private-target',
      message: 'The endpoint leads to a private address.',
      remedy: 'Subscribe at a public push service, or have its network named in ALLOW_PRIVATE_TARGETS.',
      concerns: 'endpoint',
    })
  }
  await subscribe(database, recipient, body)
}

function pushRoutes(app: Api, { database, targets }: Pick<ApiContext, 'database' | 'targets'>): void {
  app.post(
    '/api/push/subscriptions',
    {
      schema: {
        summary: 'Tell this browser',
        tags: ['people'],
        body: subscriptionSchema,
        response: { 201: answers['POST /api/push/subscriptions'] },
      },
    },
    async ({ body }, reply) => {
      await subscribeBrowser({ database, targets }, 'desk', body)
      return reply.code(201).send({ ok: true })
    },
  )
  app.delete(
    '/api/push/subscriptions',
    {
      schema: {
        summary: 'Tell this browser no more',
        tags: ['people'],
        body: z.object({ endpoint: z.string().max(2_000) }),
        response: { 200: answers['DELETE /api/push/subscriptions'] },
      },
    },
    async ({ body }) => ({ removed: await unsubscribe(database, body.endpoint) }),
  )
}
