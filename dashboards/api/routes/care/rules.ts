import { z } from 'zod'
import { ruleWordsOf } from '../../../../analytics/index.ts'
import { DAY, ruleBodySchema, ruleIdSchema } from '../../../../core/index.ts'
import { ruleMoves } from '../../../../service/index.ts'
import { actorOf } from '../../access.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'

type Context = Pick<ApiContext, 'catalog' | 'clock' | 'previewRule' | 'rules'>

const params = z.object({ id: ruleIdSchema })
const of = (summary: string) => ({ summary, tags: ['rules'] })
const LONGEST_DAYS = 366

/** Rules that people write beside the detectors: looked at before they run, versioned, and judged like any detector. */
export function ruleRoutes(app: Api, { catalog, clock, previewRule, rules }: Context): void {
  app.get(
    '/api/rules',
    {
      schema: {
        ...of('Rules that people wrote, with what became of what they said; the last changed first'),
        response: { 200: answers['GET /api/rules'] },
      },
    },
    async () => ({ items: await rules.list() }),
  )
  app.get(
    '/api/rules/words',
    {
      schema: {
        ...of('What a rule may be about besides the metrics and states of a kind: its features and cycles'),
        querystring: z.object({ kind: z.string().max(64) }),
        response: { 200: answers['GET /api/rules/words'] },
      },
    },
    async ({ query: { kind } }) => ruleWordsOf(catalog.kind(kind)),
  )
  app.get(
    '/api/rules/:id',
    { schema: { ...of('One rule'), params, response: { 200: answers['GET /api/rules/:id'] } } },
    ({ params: { id } }) => rules.get(id),
  )
  app.put(
    '/api/rules/:id',
    {
      schema: {
        ...of('Write a rule, or another version of it; what runs goes on until the new version is armed'),
        params,
        body: ruleBodySchema,
        response: { 200: answers['PUT /api/rules/:id'] },
      },
    },
    (request) => rules.write(request.params.id, request.body, actorOf(request)),
  )
  app.post(
    '/api/rules/:id/preview',
    {
      schema: {
        ...of(
          'How often the newest version would have spoken, of which appliances, at what cost, and what alerts say already',
        ),
        params,
        body: z.object({ days: z.number().int().min(1).max(LONGEST_DAYS).default(90) }),
        response: { 200: answers['POST /api/rules/:id/preview'] },
      },
    },
    async ({ params: { id }, body: { days } }) => {
      const { rule, version } = await rules.get(id)
      const to = clock.now() + 1
      const preview = await previewRule({ ...rule, id, version }, { from: to - days * DAY, to })
      await rules.previewed(id, version, preview)
      return preview
    },
  )
  app.post(
    '/api/rules/:id/:move',
    {
      schema: {
        ...of('Arm the newest version, pause the rule, or withdraw it for good; what stands by it is over then'),
        params: params.extend({ move: z.enum(ruleMoves) }),
        body: z.object({ why: z.string().trim().max(2_000).default('') }),
        response: { 200: answers['POST /api/rules/:id/:move'] },
      },
    },
    async (request) => {
      const { id, move } = request.params
      return rules.move(id, move, actorOf(request), request.body.why)
    },
  )
}
