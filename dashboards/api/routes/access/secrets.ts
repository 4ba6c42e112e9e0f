import { z } from 'zod'
import { HOUR, isInService, Problem, upTo } from '../../../../core/index.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'

const MOST_AT_ONCE = 10_000
const MOST_LISTED = 1_000
/** How long a former secret is good besides the new one, at most a quarter of a year. */
export const overlapHours = z.number().min(0).max(2_208)

/** New secrets for many, with a while in which both are good, and who has not come by the new one yet. */
export function secretRoutes(app: Api, { registry }: Pick<ApiContext, 'registry'>): void {
  app.post(
    '/api/secrets/rotate',
    {
      schema: {
        summary:
          'New secrets for a part of the fleet; the former ones are good until the new one is used, at most so long',
        tags: ['appliances'],
        body: z.object({
          overlapHours: overlapHours.min(1),
          kind: z.string().max(128).optional(),
          model: z.string().max(128).optional(),
          ids: z.array(z.string().max(128)).min(1).max(MOST_AT_ONCE).optional(),
        }),
        response: { 200: answers['POST /api/secrets/rotate'] },
      },
    },
    async ({ body }) => {
      const ids = body.ids ?? chosen(registry.all(), body)
      const { until, made } = await registry.rotateSecrets(ids, body.overlapHours * HOUR)
      return { until, items: made.map((mqtt) => ({ id: mqtt.username, mqtt })) }
    },
  )
  app.get(
    '/api/secrets',
    {
      schema: {
        summary: 'Who has not used its new secret yet, and until when the former one is good; the first to end first',
        tags: ['appliances'],
        response: { 200: answers['GET /api/secrets'] },
      },
    },
    async () => {
      const all = registry.rotating()
      return { ...upTo(all, MOST_LISTED), total: all.length }
    },
  )
}

/** @throws Problem `nothing-chosen`, `too-many-chosen` */
function chosen(
  all: ReturnType<ApiContext['registry']['all']>,
  { kind, model }: { kind?: string | undefined; model?: string | undefined },
): string[] {
  const ids = all
    .filter((one) => isInService(one) && (kind ?? one.kind) === one.kind && (model ?? one.model) === one.model)
    .map(({ id }) => id)
  if (ids.length === 0)
    throw new Problem({
      code: 'nothing-chosen',
      message: 'No appliance in service is of this kind and model.',
      remedy: 'GET /api/appliances lists them.',
      status: 422,
    })
  if (ids.length <= MOST_AT_ONCE) return ids
  throw new Problem({
    code: 'too-many-chosen',
    message: `That are ${ids.length} appliances; at once it can be ${MOST_AT_ONCE}.`,
    remedy: 'Go model by model, or name ids.',
    status: 422,
  })
}
