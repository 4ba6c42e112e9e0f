import { z } from 'zod'
import { channelOf, viewBurst } from '../../../analytics/index.ts'
import { type ApplianceEvent, BURST, burstSchema, DAY } from '../../../core/index.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { millis, since } from '../paging.ts'
import { readingsFile } from '../tables/readingsFile.ts'
import { likeSeries, othersLike } from '../views/likeSeries.ts'

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

/** What one appliance measured and sent, from the telemetry store. */
export function signalRoutes(app: Api, context: Pick<ApiContext, 'registry' | 'store' | 'clock' | 'catalog'>): void {
  seriesRoutes(app, context)
  fileRoute(app, context)
  burstRoutes(app, context)
}

function seriesRoutes(app: Api, { registry, store, clock }: Pick<ApiContext, 'registry' | 'store' | 'clock'>): void {
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
        response: { 200: answers['GET /api/appliances/:id/telemetry'] },
      },
    },
    async ({ params: { id }, query: { from, to, points, metrics } }) => {
      const { kind } = registry.get(id)
      const end = to ?? clock.now() + 1
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
    '/api/appliances/:id/telemetry/like',
    {
      schema: {
        ...of('What others of its model (where these are few, of its kind) measured meanwhile: median and tenths'),
        querystring: z.object({
          from: since,
          to: millis,
          points: z.coerce.number().int().min(1).max(500).default(200),
        }),
        response: { 200: answers['GET /api/appliances/:id/telemetry/like'] },
      },
    },
    async ({ params: { id }, query }) => likeSeries(store, othersLike(registry.get(id), registry.all()), query),
  )
  app.get(
    '/api/appliances/:id/features',
    {
      schema: {
        ...of('What was observed of a feature, on its compensated band'),
        querystring: z.object({ ...range, feature: z.string().max(100).optional() }),
        response: { 200: answers['GET /api/appliances/:id/features'] },
      },
    },
    async ({ params: { id }, query: { from, to, feature } }) => ({
      items: await store.features(registry.get(id).id, feature ?? null, from, to),
    }),
  )
  app.get(
    '/api/appliances/:id/cycles',
    {
      schema: {
        ...of('Finished cycles'),
        querystring: z.object(range),
        response: { 200: answers['GET /api/appliances/:id/cycles'] },
      },
    },
    async ({ params: { id }, query: { from, to } }) => ({ items: await store.cycles(registry.get(id).id, from, to) }),
  )
  app.get(
    '/api/appliances/:id/events',
    {
      schema: {
        ...of('Events it sent'),
        querystring: z.object(range),
        response: { 200: answers['GET /api/appliances/:id/events'] },
      },
    },
    async ({ params: { id }, query: { from, to } }) => ({
      items: (await store.events(registry.get(id).id, from, to)).map(withoutSamples),
    }),
  )
}

function fileRoute(
  app: Api,
  { registry, store, clock, catalog }: Pick<ApiContext, 'registry' | 'store' | 'clock' | 'catalog'>,
): void {
  app.get(
    '/api/appliances/:id/telemetry/file',
    {
      config: { rateLimit: { max: 30, timeWindow: '1 minute' } },
      schema: {
        ...of(
          'Every reading of a stretch, as it was stored, as a CSV or a Parquet file; without a range, the last day',
        ),
        querystring: z.object({
          from: since.optional(),
          to: millis.optional(),
          format: z.enum(['csv', 'parquet']).default('csv'),
        }),
      },
    },
    async ({ params: { id }, query: { from, to, format } }, reply) => {
      const { kind } = registry.get(id)
      const end = to ?? clock.now() + 1
      const first = (await store.firstHour({ appliance: id, kind })) ?? end
      const stretch = { appliance: id, kind, from: Math.max(from ?? end - DAY, first), to: end }
      return reply
        .header('content-disposition', `attachment; filename="${id}.${format}"`)
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/vnd.apache.parquet')
        .send(readingsFile(store, { ...stretch, metrics: catalog.kind(kind).metricNames }, format))
    },
  )
}

function burstRoutes(
  app: Api,
  { registry, store, clock, catalog }: Pick<ApiContext, 'registry' | 'store' | 'clock' | 'catalog'>,
): void {
  app.get(
    '/api/appliances/:id/bursts',
    {
      schema: {
        ...of('The newest bursts of raw samples: spectrum, envelope, and the lines at which a damaged bearing strikes'),
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(8).default(4) }),
        response: { 200: answers['GET /api/appliances/:id/bursts'] },
      },
    },
    async ({ params: { id }, query: { limit } }) => {
      const { kind } = registry.get(id)
      const channels = catalog.kind(kind).detection?.bursts ?? {}
      const now = clock.now()
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
}
