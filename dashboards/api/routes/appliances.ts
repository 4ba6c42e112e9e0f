import { z } from 'zod'
import { type Appliance, HOUR, isInService, notFound, registrationSchema } from '../../../core/index.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { asSent, timePaging } from '../paging.ts'
import { scopeOf } from '../permissions.ts'
import {
  applianceViews,
  healthOf,
  heardOf,
  onlyUnheard,
  type QuietContext,
  quietOf,
  type ViewContext,
} from '../views/fleetView.ts'
import { overlapHours } from './access/secrets.ts'

const params = z.object({ id: z.string() })
const of = (summary: string) => ({ summary, tags: ['appliances'], params })
const listQuery = z.object({
  kind: z.string().optional(),
  model: z.string().optional(),
  status: z.enum(['learning', 'healthy', 'watch', 'visit', 'silent']).optional(),
  /** Any part of id, model or the owner's name. */
  q: z.string().max(100).optional(),
  /** Those of which no reading has ever counted; each says why. */
  unheard: z.stringbool().optional(),
  ...timePaging,
})

type ListContext = ViewContext & Pick<ApiContext, 'registry'>

/** The registry of appliances, and how each of them fares. */
export function applianceRoutes(app: Api, context: ListContext & QuietContext & Pick<ApiContext, 'quota'>): void {
  listRoutes(app, context)
  viewRoutes(app, context)
  lifeRoutes(app, context)
}

function listRoutes(app: Api, context: ListContext): void {
  app.get(
    '/api/appliances',
    {
      schema: {
        summary: 'Appliances with how they fare, newest first',
        tags: ['appliances'],
        querystring: listQuery,
        response: { 200: answers['GET /api/appliances'] },
      },
    },
    async ({ query, account }) => {
      const seesOwners = scopeOf(account?.roles ?? [], 'owners.contact') === 'all'
      const all = await chosen(context, query, seesOwners)
      const total = all.length
      const { items, next } = newestFirst(all, query.limit, query.cursor)
      return {
        items: await applianceViews(context, items),
        ...(query.unheard ? { total } : {}),
        ...(next === undefined ? {} : { next }),
      }
    },
  )
}

/** Those in service that a list asks for. */
async function chosen(
  context: ListContext,
  { kind, model, status, q, unheard }: z.infer<typeof listQuery>,
  seesOwners: boolean,
): Promise<Appliance[]> {
  let all = context.registry.all().filter(isInService)
  if (kind) all = all.filter((appliance) => appliance.kind === kind)
  if (model) all = all.filter((appliance) => appliance.model === model)
  if (q) {
    const text = q.toLowerCase()
    all = all.filter(({ id, model, owner }) =>
      `${id} ${model} ${(seesOwners && owner?.name) || ''}`.toLowerCase().includes(text),
    )
  }
  if (status) {
    const tickets = await context.desk.living()
    all = all.filter((appliance) => healthOf(context, appliance, tickets.has(appliance.id)).status === status)
  }
  return unheard ? onlyUnheard(context, all) : all
}

/** One page; its cursor is when its last one was registered, and which of those it is. */
function newestFirst(all: Appliance[], limit: number, cursor: string | undefined) {
  const sorted = all.toSorted((a, b) => b.registeredAt - a.registeredAt || (a.id < b.id ? -1 : 1))
  const at = Number(cursor?.slice(0, cursor.indexOf('.')))
  const after = cursor?.slice(cursor.indexOf('.') + 1) ?? ''
  const rest = cursor
    ? sorted.filter(({ registeredAt, id }) => registeredAt < at || (registeredAt === at && id > after))
    : sorted
  const items = rest.slice(0, limit)
  const last = items[items.length - 1]
  return { items, ...(rest.length > limit && last ? { next: `${last.registeredAt}.${last.id}` } : {}) }
}

function viewRoutes(app: Api, context: ListContext & QuietContext & Pick<ApiContext, 'quota'>): void {
  const { registry, store, health } = context
  /** A store that is away keeps nobody from seeing the rest. */
  const quotaOf = async (id: string) => ({
    ...context.quota(id),
    quarantine: await store.quarantineUse(id).catch(() => undefined),
  })
  app.get(
    '/api/appliances/:id',
    { schema: { ...of('One appliance'), response: { 200: answers['GET /api/appliances/:id'] } } },
    async ({ params: { id } }) => {
      const [view] = await applianceViews(context, [registry.get(id)])
      if (!view) throw notFound('appliance', id)
      const row = health.of(id)
      return {
        ...view,
        because: row?.because ?? [],
        missing: row?.missing ?? [],
        neverCycles: row?.neverCycles ?? false,
        cutCycles: row?.cutCycles ?? [],
        beyond: row?.beyond,
        failedAt: row?.failedAt,
        proving: row?.proving,
        learningSince: row?.learning,
        firstHeardAt: health.firstHeard(id),
        clockAheadMs: health.clockAheadMs(id),
        heard: heardOf(health.hearing(id)),
        misdirected: context.misdirected(id),
        quota: await quotaOf(id),
        quiet: await quietOf(context, id, view.lastReading?.ts),
      }
    },
  )
  app.get(
    '/api/appliances/:id/quota',
    {
      schema: {
        ...of('What it may send within an hour and what it has sent, and what the quarantine keeps of it'),
        response: { 200: answers['GET /api/appliances/:id/quota'] },
      },
    },
    ({ params: { id } }) => quotaOf(registry.get(id).id),
  )
}

/** How one comes, changes hands, and goes. */
function lifeRoutes(app: Api, { registry }: Pick<ApiContext, 'registry'>): void {
  app.post(
    '/api/appliances',
    {
      schema: {
        summary: 'Register one, or up to 10,000; the password is shown once',
        tags: ['appliances'],
        body: z.union([registrationSchema, z.array(registrationSchema).min(1).max(10_000)]),
        response: { 201: answers['POST /api/appliances'] },
      },
    },
    async ({ body }, reply) => {
      const made = await registry.register(Array.isArray(body) ? body : [body])
      return reply.code(201).send(asSent(body, made))
    },
  )
  app.delete(
    '/api/appliances/:id',
    {
      schema: {
        ...of('Retire it: it may not connect any more'),
        response: { 200: answers['DELETE /api/appliances/:id'] },
      },
    },
    ({ params: { id } }) => registry.retire(id),
  )
  app.post(
    '/api/appliances/:id/credentials',
    {
      schema: {
        ...of('A new secret; the old one ends at once, or is good besides for a while'),
        body: z.object({ overlapHours: overlapHours.optional() }).default({}),
        response: { 200: answers['POST /api/appliances/:id/credentials'] },
      },
    },
    async ({ params: { id }, body }) => {
      const { made } = await registry.rotateSecrets([id], (body.overlapHours ?? 0) * HOUR)
      const [mqtt] = made
      if (!mqtt) throw notFound('appliance or gateway', id)
      return { id, mqtt }
    },
  )
  app.post(
    '/api/appliances/:id/transfer',
    {
      schema: {
        ...of('To another home or owner'),
        body: registrationSchema.pick({ homeId: true, owner: true, location: true }),
        response: { 200: answers['POST /api/appliances/:id/transfer'] },
      },
    },
    ({ params: { id }, body }) => registry.transfer(id, body),
  )
}
