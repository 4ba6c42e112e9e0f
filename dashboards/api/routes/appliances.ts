import { z } from 'zod'
import { channelOf, viewBurst } from '../../../analytics/index.ts'
import {
  type ApplianceEvent,
  BURST,
  burstSchema,
  DAY,
  isInService,
  Problem,
  registrationSchema,
} from '../../../core/index.ts'
import { actorOf } from '../access.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { applianceViews, healthOf, heardOf, onlyUnheard, quietOf } from '../fleetView.ts'
import { millis, since, timePaging } from '../paging.ts'

const params = z.object({ id: z.string() })
const range = { from: since, to: millis }
const of = (summary: string) => ({ summary, tags: ['appliances'], params })

/** Raw samples of older bursts are not kept. */
const BURSTS_SOUGHT_MS = 90 * DAY

/** Thousands of numbers are of no use in a list of events. */
function withoutSamples(event: ApplianceEvent): ApplianceEvent {
  if (event.type !== BURST) return event
  const { samples: _, ...body } = event.body
  return { ...event, body }
}

export function applianceRoutes(app: Api, parts: ApiContext): void {
  const { registry, store, desk, events, catalog, health } = parts
  /** A store that is away keeps nobody from seeing the rest. */
  const quotaOf = async (id: string) => ({
    ...parts.quota(id),
    quarantine: await store.quarantineUse(id).catch(() => undefined),
  })

  app.post(
    '/api/appliances',
    {
      schema: {
        summary: 'Register one, or up to 10,000; the password is shown once',
        tags: ['appliances'],
        body: z.union([registrationSchema, z.array(registrationSchema).min(1).max(10_000)]),
      },
    },
    async ({ body }, reply) => {
      const made = await registry.register(Array.isArray(body) ? body : [body])
      return reply.code(201).send(Array.isArray(body) ? made : made[0])
    },
  )
  app.get(
    '/api/appliances',
    {
      schema: {
        summary: 'Appliances with how they fare, newest first',
        tags: ['appliances'],
        querystring: z.object({
          kind: z.string().optional(),
          model: z.string().optional(),
          status: z.enum(['learning', 'healthy', 'watch', 'visit', 'silent']).optional(),
          /** Any part of id, model or the owner's name. */
          q: z.string().max(100).optional(),
          /** Those of which no reading has ever counted; each says why. */
          unheard: z.stringbool().optional(),
          ...timePaging,
        }),
      },
    },
    async ({ query: { kind, model, status, q, unheard, limit, cursor } }) => {
      let all = registry.all().filter(isInService)
      if (kind) all = all.filter((appliance) => appliance.kind === kind)
      if (model) all = all.filter((appliance) => appliance.model === model)
      if (q) {
        const text = q.toLowerCase()
        all = all.filter(({ id, model, owner }) => `${id} ${model} ${owner?.name ?? ''}`.toLowerCase().includes(text))
      }
      if (status) {
        const tickets = await desk.living()
        all = all.filter((appliance) => healthOf(parts, appliance, tickets.has(appliance.id)).status === status)
      }
      if (unheard) all = await onlyUnheard(parts, all)
      const total = all.length
      all.sort((a, b) => b.registeredAt - a.registeredAt || (a.id < b.id ? -1 : 1))
      if (cursor) {
        const at = Number(cursor.slice(0, cursor.indexOf('.')))
        const after = cursor.slice(cursor.indexOf('.') + 1)
        all = all.filter(({ registeredAt, id }) => registeredAt < at || (registeredAt === at && id > after))
      }
      const page = all.slice(0, limit)
      const last = page[page.length - 1]
      return {
        items: await applianceViews(parts, page),
        ...(unheard ? { total } : {}),
        ...(all.length > limit && last ? { next: `${last.registeredAt}.${last.id}` } : {}),
      }
    },
  )
  app.get('/api/appliances/:id', { schema: of('One appliance') }, async ({ params: { id } }) => {
    const [view] = await applianceViews(parts, [registry.get(id)])
    const row = health.of(id)
    return {
      ...view,
      because: row?.because ?? [],
      missing: row?.missing ?? [],
      neverCycles: row?.neverCycles ?? false,
      learningSince: row?.learning,
      firstHeardAt: health.firstHeard(id),
      clockAheadMs: health.clockAheadMs(id),
      heard: heardOf(health.hearing(id)),
      misdirected: parts.misdirected(id),
      quota: await quotaOf(id),
      quiet: await quietOf(parts, id, view?.lastReading?.ts),
    }
  })
  app.get(
    '/api/appliances/:id/quota',
    { schema: of('What it may send within an hour and what it has sent, and what the quarantine keeps of it') },
    ({ params: { id } }) => quotaOf(registry.get(id).id),
  )
  app.delete('/api/appliances/:id', { schema: of('Retire it: it may not connect any more') }, ({ params: { id } }) =>
    registry.retire(id),
  )
  app.post(
    '/api/appliances/:id/credentials',
    { schema: of('A new secret; the old one ends at once') },
    async ({ params: { id } }) => ({
      id,
      mqtt: await registry.renewSecret(id),
    }),
  )
  app.post(
    '/api/appliances/:id/transfer',
    {
      schema: {
        ...of('To another home or owner'),
        body: registrationSchema.pick({ homeId: true, owner: true, location: true }),
      },
    },
    ({ params: { id }, body }) => registry.transfer(id, body),
  )
  app.get(
    '/api/appliances/:id/telemetry',
    {
      schema: {
        ...of('Readings, or min, mean and max of stretches of them'),
        querystring: z.object({
          from: since.optional(),
          to: millis.optional(),
          points: z.coerce.number().int().min(1).max(1_000_000).default(500),
          metrics: z.string().max(2_000).optional(),
        }),
      },
    },
    async ({ params: { id }, query: { from, to, points, metrics } }) => {
      const { kind } = registry.get(id)
      const end = to ?? parts.clock.now() + 1
      return store.series({
        appliance: id,
        kind,
        // Without a range, the last day.
        from: from ?? end - DAY,
        to: end,
        points,
        ...(metrics ? { metrics: metrics.split(',') } : {}),
      })
    },
  )
  app.get(
    '/api/appliances/:id/features',
    {
      schema: {
        ...of('What was observed of a feature, on its compensated band'),
        querystring: z.object({ ...range, feature: z.string().max(100).optional() }),
      },
    },
    async ({ params: { id }, query: { from, to, feature } }) => ({
      items: await store.features(registry.get(id).id, feature ?? null, from, to),
    }),
  )
  app.get(
    '/api/appliances/:id/cycles',
    { schema: { ...of('Finished cycles'), querystring: z.object(range) } },
    async ({ params: { id }, query: { from, to } }) => ({ items: await store.cycles(registry.get(id).id, from, to) }),
  )
  app.get(
    '/api/appliances/:id/events',
    { schema: { ...of('Events it sent'), querystring: z.object(range) } },
    async ({ params: { id }, query: { from, to } }) => ({
      items: (await store.events(registry.get(id).id, from, to)).map(withoutSamples),
    }),
  )
  app.get(
    '/api/appliances/:id/bursts',
    {
      schema: {
        ...of('The newest bursts of raw samples: spectrum, envelope, and the lines at which a damaged bearing strikes'),
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(8).default(4) }),
      },
    },
    async ({ params: { id }, query: { limit } }) => {
      const { kind } = registry.get(id)
      const channels = catalog.kind(kind).detection?.bursts ?? {}
      const now = parts.clock.now()
      const sent = await store.events(id, now - BURSTS_SOUGHT_MS, now + DAY)
      const items = sent.toReversed().flatMap(({ ts, type, code, body }) => {
        const channel = channelOf(channels, code)
        const burst = type === BURST && channel ? burstSchema.safeParse(body) : undefined
        const view = burst?.success && channel ? viewBurst(channel, burst.data) : null
        if (!burst?.success || !channel || !view) return []
        const { samples: _, ...about } = burst.data
        return [{ ts, sensor: code ?? Object.keys(channels)[0], text: channel.text, ...about, ...view }]
      })
      return { items: items.slice(0, limit) }
    },
  )
  app.post(
    '/api/appliances/:id/report',
    {
      schema: {
        ...of('An owner reports a fault'),
        body: z.object({
          text: z.string().min(1).max(5_000),
          failureMode: z.string().max(64).optional(),
          contact: z.string().max(200).optional(),
        }),
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { text, failureMode, contact } = request.body
      const appliance = registry.inService(id)
      if (failureMode && !Object.hasOwn(catalog.kind(appliance.kind).failureModes, failureMode)) {
        throw new Problem({
          code: 'unknown-failure-mode',
          message: `A ${appliance.kind} has no failure mode '${failureMode}'.`,
          remedy: 'Leave it out when it is not known.',
          status: 422,
        })
      }
      const by = contact ? `owner ${contact}` : actorOf(request)
      // The last day goes with it; a store that is away keeps nobody from reporting.
      const to = parts.clock.now() + 1
      const telemetry = await store
        .series({ appliance: id, kind: appliance.kind, from: to - DAY, to, points: 288 })
        .catch(() => undefined)
      const ticket = await desk.report(appliance, by, text, failureMode, { telemetry })
      events.publish('ticket', ticket)
      return reply.code(201).send(ticket)
    },
  )
}
