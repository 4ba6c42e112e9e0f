import { z } from 'zod'
import { campaignIdSchema, campaignMoves, campaignSchema, campaignTemplates } from '../../../../service/index.ts'
import { actorOf } from '../../access.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'

const params = z.object({ id: campaignIdSchema })
const of = (summary: string) => ({ summary, tags: ['campaigns'] })

/** Messages to many owners: to whom, when, how often, and what came of them. */
export function campaignRoutes(app: Api, { campaigns, shownOf }: Pick<ApiContext, 'campaigns' | 'shownOf'>): void {
  app.get(
    '/api/campaigns',
    {
      schema: {
        ...of('Campaigns, with what came of each beside its control group; the last changed first'),
        response: { 200: answers['GET /api/campaigns'] },
      },
    },
    async () => ({ items: await campaigns.list() }),
  )
  app.get(
    '/api/campaigns/templates',
    {
      schema: {
        ...of('Campaigns to begin with: birthday, season, safety test, energy, trade-in, greetings'),
        response: { 200: answers['GET /api/campaigns/templates'] },
      },
    },
    async () => ({ items: campaignTemplates }),
  )
  app.get(
    '/api/campaigns/:id',
    { schema: { ...of('One campaign'), params, response: { 200: answers['GET /api/campaigns/:id'] } } },
    ({ params: { id } }) => campaigns.get(id),
  )
  app.put(
    '/api/campaigns/:id',
    {
      schema: {
        ...of('Write a campaign, or change one that does not run'),
        params,
        body: campaignSchema,
        response: { 200: answers['PUT /api/campaigns/:id'] },
      },
    },
    (request) => campaigns.write(request.params.id, request.body, actorOf(request)),
  )
  app.post(
    '/api/campaigns/:id/preview',
    {
      schema: {
        ...of('Whom it would reach now: of its segment, told, control group, without consent, told enough already'),
        params,
        response: { 200: answers['POST /api/campaigns/:id/preview'] },
      },
    },
    async ({ params: { id } }) => {
      const { campaign } = await campaigns.get(id)
      return campaigns.preview(id, campaign.tip ? await shownOf(campaign.tip) : new Map())
    },
  )
  app.post(
    '/api/campaigns/:id/:move',
    {
      schema: {
        ...of('Start, pause or end it'),
        params: params.extend({ move: z.enum(campaignMoves) }),
        response: { 200: answers['POST /api/campaigns/:id/:move'] },
      },
    },
    (request) => campaigns.move(request.params.id, request.params.move, actorOf(request)),
  )
}
