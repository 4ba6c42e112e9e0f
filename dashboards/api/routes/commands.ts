import { z } from 'zod'
import { recordOf } from '../../../core/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { timePaging } from '../paging.ts'

/** Commands that go down to appliances, each with a record of what became of it. */
export function commandRoutes(app: Api, { registry, commands }: Pick<ApiContext, 'registry' | 'commands'>): void {
  const of = (summary: string) => ({ summary, tags: ['appliances'], params: z.object({ id: z.string().max(128) }) })
  app.post(
    '/api/appliances/:id/commands',
    {
      schema: {
        ...of('Send a command down to it: at once, or as soon as it is there, and never after it has expired'),
        body: z.object({
          type: z.string().min(1).max(64),
          params: recordOf(z.string(), z.unknown()).prefault({}),
          expiresInSeconds: z.number().positive().max(86_400).default(300),
        }),
        response: { 202: answers['POST /api/appliances/:id/commands'] },
      },
    },
    async (request, reply) => {
      const { id } = registry.inService(request.params.id)
      const { type, params, expiresInSeconds } = request.body
      const by = actorOf(request)
      return reply.code(202).send(await commands.send({ appliance: id, type, params, expiresInSeconds, by }))
    },
  )
  app.get(
    '/api/appliances/:id/commands',
    {
      schema: {
        ...of('Commands that were sent down to it, and what became of each'),
        querystring: z.object(timePaging),
        response: { 200: answers['GET /api/appliances/:id/commands'] },
      },
    },
    async ({ params: { id }, query }) => commands.list(registry.get(id).id, query),
  )
  app.get(
    '/api/commands/:id',
    { schema: { ...of('One command, and what became of it'), response: { 200: answers['GET /api/commands/:id'] } } },
    async ({ params: { id } }) => commands.get(id),
  )
}
