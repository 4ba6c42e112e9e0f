import { z } from 'zod'
import { registrationSchema } from '../../../../core/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'

const MOST_LISTED = 1_000

/** The code on an appliance turns into its credentials, once; whoever holds the appliance needs no account. */
export function claimRoutes(app: Api, { audit, claims }: Pick<ApiContext, 'audit' | 'claims'>): void {
  app.post(
    '/api/claim',
    {
      config: { rateLimit: { max: 10, timeWindow: '1 minute' } },
      schema: {
        summary: 'The code on an appliance, for its credentials: they are shown once, and the code works once',
        tags: ['appliances'],
        security: [],
        body: registrationSchema
          .pick({ owner: true, homeId: true, location: true, timeZone: true })
          .extend({ code: z.string().min(1).max(100) }),
        response: { 201: answers['POST /api/claim'] },
      },
    },
    async ({ body: { code, ...by }, ip }, reply) => {
      const made = await claims.claim(code, by).catch(async (error: unknown) => {
        await audit.refused({ who: 'stranger', action: 'claim-refused', address: ip })
        throw error
      })
      return reply.code(201).send(made)
    },
  )
  app.get(
    '/api/claims',
    {
      schema: {
        summary: 'What left the factory, and what of it was claimed; the newest first',
        tags: ['appliances'],
        response: { 200: answers['GET /api/claims'] },
      },
    },
    async () => ({ items: await claims.list(MOST_LISTED) }),
  )
}
