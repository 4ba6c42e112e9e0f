import { z } from 'zod'
import { alertRecords } from '../../../alerts/index.ts'
import { type ByName, byName, isInService, Problem } from '../../../core/index.ts'
import { faultTrends, scoreboard, scoreSlices, sliceKeys, type TrendKey } from '../../../service/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { healthOf } from '../fleetView.ts'

/** More than this and the mosaic groups. */
const LARGEST_MOSAIC = 2_000
const trendKeys = ['model', 'batch', 'firmware', 'month', 'failureMode', 'kind'] as const

export function fleetRoutes(app: Api, parts: ApiContext): void {
  const { registry, health, clock, database, policy, desk, models, events, accounts } = parts
  const inService = () => registry.all().filter(isInService)

  /** Every appliance that was ever heard, and for how long. */
  const watched = (now: number) =>
    registry.all().flatMap(({ id, kind, model, retiredAt }) => {
      const from = health.firstHeard(id)
      return from === undefined ? [] : [{ appliance: id, kind, model, from, to: Math.min(now, retiredAt ?? now) }]
    })

  app.get('/api/fleet', { schema: { summary: 'The fleet at a glance', tags: ['fleet'] } }, async () => {
    const appliances = inService()
    const tickets = await desk.living()
    const cells = appliances.map((appliance) => ({
      id: appliance.id,
      kind: appliance.kind,
      model: appliance.model,
      ...healthOf(parts, appliance, tickets.has(appliance.id)),
    }))
    const counts: ByName<number> = byName()
    for (const { status } of cells) counts[status] = (counts[status] ?? 0) + 1
    cells.sort((a, b) => (`${a.kind}/${a.model}/${a.id}` < `${b.kind}/${b.model}/${b.id}` ? -1 : 1))
    const { oldestUnscoredMs, readingsPerSecond } = await parts.pipeline()
    const base = {
      now: clock.now(),
      total: cells.length,
      counts,
      openTickets: tickets.size,
      oldestUnscoredMs,
      readingsPerSecond,
    }
    if (cells.length <= LARGEST_MOSAIC) return { ...base, cells }
    const groups = new Map<string, { kind: string; model: string; count: number; affected: number }>()
    for (const { kind, model, status } of cells) {
      const key = `${kind}/${model}`
      const group = groups.get(key) ?? { kind, model, count: 0, affected: 0 }
      group.count++
      if (status !== 'healthy' && status !== 'learning') group.affected++
      groups.set(key, group)
    }
    return { ...base, groups: [...groups.values()].slice(0, LARGEST_MOSAIC) }
  })

  app.get('/api/scoreboard', { schema: { summary: 'Can one trust the predictions?', tags: ['fleet'] } }, async () => {
    const truth = parts.simulator ? await parts.simulator.faults() : undefined
    return scoreboard(database, alertRecords, policy, watched(clock.now()), truth)
  })

  app.get(
    '/api/scoreboard/slices',
    {
      schema: {
        summary: 'The same record by kind, model, version of the detector’s model, or failure mode',
        tags: ['fleet'],
        querystring: z.object({ by: z.enum(sliceKeys).default('kind') }),
      },
    },
    async ({ query: { by } }) => {
      const now = clock.now()
      const truth = parts.simulator ? await parts.simulator.faults() : undefined
      return { by, items: await scoreSlices(database, policy, by, watched(now), await models.versionSpans(now), truth) }
    },
  )

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
      const { account } = request
      if (!account) throw new Error('a stream without a sign-in')
      reply.hijack()
      const { cookie } = request.headers
      const mayListen = async (): Promise<boolean> =>
        account.session === undefined || (await accounts.whoIs(cookie))?.session === account.session
      events.add(reply.raw, account, mayListen, request.query.appliance)
    },
  )
}
