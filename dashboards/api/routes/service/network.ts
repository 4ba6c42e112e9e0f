import { z } from 'zod'
import { idSchema, isInService, locationSchema, Problem, ticketIs, ticketStatesWhere } from '../../../../core/index.ts'
import { nextOwed, outletSchema, queueOf, routeCall } from '../../../../service/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { asSent, everyPage } from '../../paging.ts'

const params = z.object({ id: idSchema })
type Context = Pick<ApiContext, 'catalog' | 'desk' | 'outlets' | 'policies' | 'registry'>

/** Places of service: who serves which address, how they fare, and in which queue a caller stands. */
export function networkRoutes(app: Api, context: Context): void {
  outletRoutes(app, context)
  coverageRoute(app, context)
  queueRoutes(app, context)
}

const of = (summary: string) => ({ summary, tags: ['network'] })

function outletRoutes(app: Api, { outlets, policies }: Context): void {
  app.get(
    '/api/outlets',
    { schema: { ...of('Outlets with their scores'), response: { 200: answers['GET /api/outlets'] } } },
    async () => {
      const { prior, weight, days } = policies.live.stars
      return {
        formula: `(${prior} × ${weight} + sum of points) ÷ (${weight} + visits), of the last ${days} days up to yesterday; points of a visit: its stars (unrated ${prior}), 2 less when it came back, 1 less when it was late, at least 1`,
        items: await outlets.all(),
      }
    },
  )
  app.post(
    '/api/outlets',
    {
      schema: {
        ...of('Add or change outlets'),
        body: z.union([outletSchema, z.array(outletSchema).min(1).max(10_000)]),
        response: { 201: answers['POST /api/outlets'] },
      },
    },
    async ({ body }, reply) =>
      reply.code(201).send(asSent(body, await outlets.save(Array.isArray(body) ? body : [body]))),
  )
  app.delete(
    '/api/outlets/:id',
    { schema: { ...of('It serves nobody any more'), params, response: { 200: answers['DELETE /api/outlets/:id'] } } },
    async ({ params: { id } }) => {
      await outlets.remove(id)
      return { ok: true }
    },
  )
  app.get(
    '/api/outlets/:id/visits',
    {
      schema: {
        ...of('The visits that its score is made of, the newest first'),
        params,
        response: { 200: answers['GET /api/outlets/:id/visits'] },
      },
    },
    async ({ params: { id } }) => ({ items: (await outlets.visits(id)).slice(0, MOST) }),
  )
}
const MOST = 200

function coverageRoute(app: Api, { catalog, outlets, registry }: Context): void {
  app.get(
    '/api/coverage',
    {
      schema: {
        ...of('Who serves this address, in what order, and why; of an appliance or of a place'),
        querystring: z.object({
          appliance: idSchema.optional(),
          lat: z.coerce.number().pipe(locationSchema.shape.lat).optional(),
          lon: z.coerce.number().pipe(locationSchema.shape.lon).optional(),
          kind: z.string().max(128).optional(),
        }),
        response: { 200: answers['GET /api/coverage'] },
      },
    },
    async ({ query: { appliance, lat, lon, kind } }) => {
      const known = appliance === undefined ? undefined : registry.get(appliance)
      const location = known?.location ?? (lat !== undefined && lon !== undefined ? { lat, lon } : undefined)
      if (!location)
        throw new Problem({
          code: 'no-place',
          message: known ? `Where ${known.id} stands is not known.` : 'No place is given.',
          remedy: 'Give lat and lon, or an appliance that was registered with its location.',
          status: 422,
        })
      const asked = known?.kind ?? (kind === undefined ? undefined : catalog.kind(kind).kind)
      return { items: await outlets.serving({ location, kind: asked }) }
    },
  )
}

/** Tickets that are read together. */
const AT_ONCE = 1_000
const digits = (phone: string): string => phone.replace(/\D/g, '').replace(/^00/, '')

function queueRoutes(app: Api, { desk, policies, registry }: Context): void {
  app.get(
    '/api/calls/route',
    {
      schema: {
        ...of('Where a caller is led: by who they are, or by what they choose of the menu'),
        querystring: z.object({
          phone: z.string().max(40).optional(),
          appliance: idSchema.optional(),
          key: z.string().max(2).optional(),
        }),
        response: { 200: answers['GET /api/calls/route'] },
      },
    },
    async ({ query: { phone, appliance, key } }) => {
      const number = digits(phone ?? '')
      const theirs = registry
        .all()
        .filter(isInService)
        .filter(({ id, owner }) => id === appliance || (number !== '' && digits(owner?.phone ?? '') === number))
      const segment = theirs.map(({ owner }) => owner?.segment).find((one) => one !== undefined && one !== 'standard')
      return {
        menu: [],
        ...routeCall(policies.live.queues, { segment, key }),
        appliances: theirs.slice(0, 20).map(({ id, kind, model }) => ({ id, kind, model })),
      }
    },
  )
  app.get(
    '/api/queues',
    {
      schema: {
        ...of('What waits for a person, by queue, the most urgent first'),
        response: { 200: answers['GET /api/queues'] },
      },
    },
    async () => {
      const { queues } = policies.live
      const waiting = await everyPage((cursor) =>
        desk.list({ state: ticketStatesWhere('awaitsPeople').join(','), limit: AT_ONCE, ...cursor }),
      )
      const queued = waiting.flatMap(({ id, number, appliance, state, priority, clocks, owner }) => {
        const dueAt = nextOwed({ clocks })
        // What is repaired waits for nobody, but while its owner is to be called.
        if (ticketIs(state, 'mended') && dueAt === undefined) return []
        const ticket = { id, number, appliance, state, priority, ...(dueAt === undefined ? {} : { dueAt }) }
        return [{ queue: queueOf(queues, owner?.segment)?.id, ticket }]
      })
      return {
        items: queues.map((queue) => ({
          ...queue,
          tickets: queued
            .filter((one) => one.queue === queue.id)
            .map(({ ticket }) => ticket)
            .sort((a, b) => (a.dueAt ?? Number.MAX_VALUE) - (b.dueAt ?? Number.MAX_VALUE) || a.priority - b.priority),
        })),
      }
    },
  )
}
