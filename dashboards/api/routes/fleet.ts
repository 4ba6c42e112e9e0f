import { z } from 'zod'
import { alertRecords } from '../../../alerts/index.ts'
import { type ByName, byName, type HealthStatus, isInService, Problem } from '../../../core/index.ts'
import { faultTrends, scoreboard, scoreSlices, sliceKeys, type TrendKey } from '../../../service/index.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { healthOf } from '../views/fleetView.ts'

/** More than this and the mosaic groups. */
const LARGEST_MOSAIC = 2_000
const trendKeys = ['model', 'batch', 'firmware', 'month', 'failureMode', 'kind'] as const

/** The fleet as a whole: how it fares, how well it was foretold, and what happens in it. */
export function fleetRoutes(app: Api, context: MosaicContext & ScoreContext & StreamContext): void {
  mosaicRoutes(app, context)
  scoreRoutes(app, context)
  trendRoutes(app, context)
  streamRoutes(app, context)
}

type MosaicContext = Pick<ApiContext, 'registry' | 'health' | 'clock' | 'desk' | 'pipeline'>
function mosaicRoutes(app: Api, context: MosaicContext): void {
  const { registry, clock, desk } = context
  app.get(
    '/api/fleet',
    { schema: { summary: 'The fleet at a glance', tags: ['fleet'], response: { 200: answers['GET /api/fleet'] } } },
    async () => {
      const appliances = registry.all().filter(isInService)
      const tickets = await desk.living()
      const cells = appliances.map((appliance) => ({
        id: appliance.id,
        kind: appliance.kind,
        model: appliance.model,
        ...healthOf(context, appliance, tickets.has(appliance.id)),
      }))
      const counts: ByName<number> = byName()
      for (const { status } of cells) counts[status] = (counts[status] ?? 0) + 1
      cells.sort((a, b) => (`${a.kind}/${a.model}/${a.id}` < `${b.kind}/${b.model}/${b.id}` ? -1 : 1))
      const { oldestUnscoredMs, readingsPerSecond } = await context.pipeline()
      const base = {
        now: clock.now(),
        total: cells.length,
        counts,
        openTickets: tickets.size,
        oldestUnscoredMs,
        readingsPerSecond,
      }
      return cells.length <= LARGEST_MOSAIC ? { ...base, cells } : { ...base, groups: groupsOf(cells) }
    },
  )
}

interface Cell {
  kind: string
  model: string
  status: HealthStatus
}
function groupsOf(cells: Cell[]): { kind: string; model: string; count: number; affected: number }[] {
  const groups = new Map<string, { kind: string; model: string; count: number; affected: number }>()
  for (const { kind, model, status } of cells) {
    const key = `${kind}/${model}`
    const group = groups.get(key) ?? { kind, model, count: 0, affected: 0 }
    group.count++
    if (status !== 'healthy' && status !== 'learning') group.affected++
    groups.set(key, group)
  }
  return [...groups.values()].slice(0, LARGEST_MOSAIC)
}

type ScoreContext = Pick<ApiContext, 'registry' | 'health' | 'clock' | 'database' | 'policy' | 'models' | 'simulator'>
function scoreRoutes(app: Api, { registry, health, clock, database, policy, models, simulator }: ScoreContext): void {
  /** Every appliance that was ever heard, and for how long. */
  const watched = (now: number) =>
    registry.all().flatMap(({ id, kind, model, retiredAt }) => {
      const from = health.firstHeard(id)
      return from === undefined ? [] : [{ appliance: id, kind, model, from, to: Math.min(now, retiredAt ?? now) }]
    })

  app.get(
    '/api/scoreboard',
    {
      schema: {
        summary: 'Can one trust the predictions?',
        tags: ['fleet'],
        response: { 200: answers['GET /api/scoreboard'] },
      },
    },
    async () => {
      const truth = simulator ? await simulator.faults() : undefined
      return scoreboard(database, alertRecords, policy, watched(clock.now()), truth)
    },
  )

  app.get(
    '/api/scoreboard/slices',
    {
      schema: {
        summary: 'The same record by kind, model, version of the detector’s model, or failure mode',
        tags: ['fleet'],
        querystring: z.object({ by: z.enum(sliceKeys).default('kind') }),
        response: { 200: answers['GET /api/scoreboard/slices'] },
      },
    },
    async ({ query: { by } }) => {
      const now = clock.now()
      const truth = simulator ? await simulator.faults() : undefined
      return { by, items: await scoreSlices(database, policy, by, watched(now), await models.versionSpans(now), truth) }
    },
  )
}

function trendRoutes(
  app: Api,
  { registry, health, clock, database }: Pick<ApiContext, 'registry' | 'health' | 'clock' | 'database'>,
): void {
  app.get(
    '/api/trends',
    {
      schema: {
        summary: 'Faults by model, batch, firmware, month',
        tags: ['fleet'],
        querystring: z.object({
          by: z
            .string()
            .default('model')
            .transform((text) => text.split(','))
            .pipe(z.array(z.enum(trendKeys)).min(1).max(3)),
          kind: z.string().optional(),
        }),
        response: { 200: answers['GET /api/trends'] },
      },
    },
    async ({ query: { by, kind } }) => {
      const appliances = registry.all().filter((appliance) => !kind || appliance.kind === kind)
      const items = await faultTrends(
        database,
        appliances,
        (id) => health.firstHeard(id),
        clock.now(),
        by as TrendKey[],
      )
      return { by, items }
    },
  )
}

type StreamContext = Pick<ApiContext, 'events' | 'accounts'>
function streamRoutes(app: Api, { events, accounts }: StreamContext): void {
  app.get(
    '/api/stream',
    {
      schema: {
        summary: 'Server-sent events: readings (sampled, or all of one appliance), alerts, tickets, health, the fleet',
        tags: ['fleet'],
        querystring: z.object({ appliance: z.string().optional() }),
      },
    },
    (request, reply) => {
      if (!events.hasRoom) {
        throw new Problem({
          code: 'too-many-streams',
          message: 'As many pages as can be served listen already.',
          remedy: 'Close one, or try again in a few seconds.',
          status: 503,
          retryable: true,
        })
      }
      const { account, scope } = request
      if (!account) throw new Error('a stream without a sign-in')
      reply.hijack()
      const { cookie } = request.headers
      const mayListen = async (): Promise<boolean> =>
        account.session === undefined || (await accounts.whoIs(cookie))?.session === account.session
      const reader = {
        id: account.id,
        session: account.session,
        own: scope === 'own' ? (account.engineer ?? '') : undefined,
      }
      events.add(reply.raw, reader, mayListen, request.query.appliance)
    },
  )
}
