import { z } from 'zod'
import { alertRecords } from '../../../alerts/index.ts'
import { DAY, instantSchema, Problem } from '../../../core/index.ts'
import { rowsInForce, whatIf } from '../../../service/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { millis } from '../paging.ts'

const change = z.object({
  scope: z.string().max(60).optional(),
  value: z.unknown(),
  validFrom: instantSchema.optional(),
  validUntil: instantSchema.optional(),
})

/** The rules of the desk: rows with validity dates, and what a change would have meant. */
export function policyRoutes(
  app: Api,
  { policies, database, clock, catalog }: Pick<ApiContext, 'policies' | 'database' | 'clock' | 'catalog'>,
): void {
  app.get(
    '/api/policy',
    {
      schema: {
        summary: 'Every rule in force, and all rows that it ever had, newest first',
        tags: ['policy'],
        querystring: z.object({ at: millis.optional(), scopes: z.string().max(200).optional() }),
        response: { 200: answers['GET /api/policy'] },
      },
    },
    async ({ query: { at, scopes } }) => {
      const stamp = {
        version: policies.version(),
        at: at ?? clock.now(),
        scopes: scopes ? scopes.split(',').filter(Boolean) : [],
      }
      const rows = policies.rows()
      const { segments, zones } = policies.live
      return {
        version: stamp.version,
        scopes: ['everyone', ...segments.map(({ id }) => `segment:${id}`), ...zones.map(({ id }) => `zone:${id}`)],
        rules: [...rowsInForce(rows, stamp).values()].map((row) => ({
          rule: row.rule,
          value: row.value,
          inForce: row.seq,
          rows: rows.filter(({ rule }) => rule === row.rule).toReversed(),
        })),
      }
    },
  )
  app.put(
    '/api/policy/:rule',
    {
      schema: {
        summary: 'A new row for a rule; tickets that exist keep theirs',
        tags: ['policy'],
        params: z.object({ rule: z.string().max(60) }),
        body: change.extend({ why: z.string().min(1).max(2_000) }),
        response: { 200: answers['PUT /api/policy/:rule'] },
      },
    },
    async (request) => {
      const { why, ...asked } = request.body
      return policies.change({ ...asked, rule: request.params.rule }, actorOf(request), why)
    },
  )
  app.post(
    '/api/policy/what-if',
    {
      schema: {
        summary:
          'Replays changed rules over past tickets: what would have been offered, late, billed, forbidden? Changes nothing',
        tags: ['policy'],
        body: z.object({
          changes: z
            .array(change.extend({ rule: z.string().max(60) }))
            .min(1)
            .max(50),
          from: instantSchema.optional(),
          to: instantSchema.optional(),
        }),
        response: { 200: answers['POST /api/policy/what-if'] },
      },
    },
    async ({ body: { changes, from, to } }) => {
      const now = clock.now()
      const span = { from: from ?? now - 30 * DAY, to: to ?? now + 1 }
      if (span.from >= span.to) {
        throw new Problem({ code: 'bad-span', message: 'The span ends before it begins.', remedy: 'Give from < to.' })
      }
      return { ...span, ...(await whatIf({ database, alerts: alertRecords, catalog }, policies, changes, span, now)) }
    },
  )
}
