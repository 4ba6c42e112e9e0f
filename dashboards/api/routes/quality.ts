import { z } from 'zod'
import { defectKeys, lifeKeys } from '../../../service/index.ts'
import { render } from '../../../words/index.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { millis } from '../paging.ts'

/** What product teams read: figures, life, defects that begin to show, and a month's report. */
export function qualityRoutes(app: Api, { quality }: Pick<ApiContext, 'quality'>): void {
  const of = (summary: string) => ({ summary, tags: ['quality'] })
  app.get(
    '/api/kpis',
    {
      schema: {
        ...of('Every figure with its one definition, its aim and its trend by month'),
        querystring: z.object({
          months: z.coerce.number().int().min(1).max(36).default(6),
          kind: z.string().max(64).optional(),
          model: z.string().max(200).optional(),
          failureMode: z.string().max(64).optional(),
        }),
        response: { 200: answers['GET /api/kpis'] },
      },
    },
    async ({ query: { months, ...cohort } }) => ({
      items: (await quality.kpis(months, cohort)).map(({ name, ...figure }) => ({
        name,
        text: render({ code: `kpi-${name}` }),
        definition: render({ code: `kpi-${name}-counts` }),
        ...figure,
      })),
    }),
  )
  app.get(
    '/api/quality/life',
    {
      schema: {
        ...of('Weibull life in days by model, batch, firmware, season or part'),
        querystring: z.object({ by: z.enum(lifeKeys).default('model'), failureMode: z.string().max(64).optional() }),
        response: { 200: answers['GET /api/quality/life'] },
      },
    },
    async ({ query: { by, failureMode } }) => ({ by, items: await quality.life(by, failureMode) }),
  )
  app.get(
    '/api/quality/emerging',
    {
      schema: {
        ...of(`Defects that begin to show in a ${defectKeys.join(', a ')}, the surest first`),
        response: { 200: answers['GET /api/quality/emerging'] },
      },
    },
    async () => ({ items: await quality.emerging() }),
  )
  app.get(
    '/api/quality/guides',
    { schema: { ...of('How self-repair guides fare'), response: { 200: answers['GET /api/quality/guides'] } } },
    async () => ({
      items: await quality.guides(),
    }),
  )
  app.get(
    '/api/quality/effect',
    {
      schema: {
        ...of('Did a change lower a failure mode? Before and after a day'),
        querystring: z.object({
          kind: z.string().max(64),
          failureMode: z.string().max(64),
          at: millis,
          days: z.coerce.number().positive().max(1_000).default(90),
          model: z.string().max(128).optional(),
          batch: z.string().max(128).optional(),
          firmware: z.string().max(128).optional(),
        }),
        response: { 200: answers['GET /api/quality/effect'] },
      },
    },
    ({ query }) => quality.effect(query),
  )
  app.get(
    '/api/quality/report',
    {
      schema: {
        ...of('The report of a month, the same whenever it is asked'),
        querystring: z.object({ month: z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'must be a month like 2026-05') }),
        response: { 200: answers['GET /api/quality/report'] },
      },
    },
    ({ query: { month } }) => quality.report(Number(month.slice(0, 4)), Number(month.slice(5))),
  )
}
