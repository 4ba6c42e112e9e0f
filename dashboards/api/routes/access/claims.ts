import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Problem, registrationSchema } from '../../../../core/index.ts'
import type { Claims } from '../../../../service/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'

const MOST_LISTED = 1_000

/** The code on an appliance turns into its credentials, once; whoever holds the appliance needs no account. */
export function claimRoutes(app: Api, context: Pick<ApiContext, 'audit' | 'claims' | 'organisations'>): void {
  const { audit, claims } = context
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
    async (request, reply) => {
      const { code, ...by } = request.body
      const made = await claims
        .claim(code, by)
        .catch(async (error: unknown) => (await claimedElsewhere(request, error, context)) ?? Promise.reject(error))
        .catch(async (error: unknown) => {
          await audit.refused({ who: 'stranger', action: 'claim-refused', address: request.ip })
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
    () => claims.list(MOST_LISTED),
  )
}

type Claiming = FastifyRequest<{ Body: { code: string } & Parameters<Claims['claim']>[1] }>

/** A label does not say which organisation made it: whose code it is, it is claimed there. */
async function claimedElsewhere(
  request: Claiming,
  error: unknown,
  { organisations }: Pick<ApiContext, 'organisations'>,
): Promise<Awaited<ReturnType<Claims['claim']>> | undefined> {
  if (!isUnknown(error)) return undefined
  const { code, ...by } = request.body
  for (const { claims, audit } of organisations?.others() ?? []) {
    try {
      const made = await claims.claim(code, by)
      await audit.record({ who: 'owner', action: 'POST /api/claim', address: request.ip })
      request.isElsewhere = true
      return made
    } catch (other) {
      if (!isUnknown(other)) throw other
    }
  }
  return undefined
}
const isUnknown = (error: unknown): boolean => error instanceof Problem && error.code === 'no-such-code'
