import { z } from 'zod'
import { recordOf } from '../../../core/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { paging } from '../paging.ts'

const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be a file name')
const why = z.string().trim().min(8).max(2_000)

/** Which models judge, which are offered, and how both fare; one takes the other's place while everything runs. */
export function modelRoutes(
  app: Api,
  { models, modelsControl, simulator }: Pick<ApiContext, 'models' | 'modelsControl' | 'simulator'>,
): void {
  const truth = async () => (simulator ? await simulator.faults() : undefined)
  const of = (summary: string) => ({ summary, tags: ['models'] })

  app.get(
    '/api/models',
    {
      schema: {
        ...of('The models in force, the candidate in shadow beside them, the former ones, and every change'),
        response: { 200: answers['GET /api/models'] },
      },
    },
    async () => ({
      ...(await models.view(await truth())),
      shadow: modelsControl.shadow(),
      drift: modelsControl.drift(),
    }),
  )
  app.get(
    '/api/models/alerts',
    {
      schema: {
        ...of('The alerts (above info) that the candidate would have opened, newest first'),
        querystring: z.object({ limit: paging.limit }),
        response: { 200: answers['GET /api/models/alerts'] },
      },
    },
    async ({ query: { limit } }) => ({ items: await models.shadowAlerts(limit) }),
  )
  app.post(
    '/api/models/candidate',
    {
      schema: {
        ...of('Hand over a candidate: its files by name, each as base64; it runs in shadow first'),
        body: z.object({ files: recordOf(fileName, z.base64()) }),
        response: { 201: answers['POST /api/models/candidate'] },
      },
    },
    async (request, reply) => {
      const files = Object.entries(request.body.files).map(([name, text]): [string, Uint8Array] => [
        name,
        Buffer.from(text, 'base64'),
      ])
      return reply.code(201).send({ set: await modelsControl.offer(new Map(files)) })
    },
  )
  app.delete(
    '/api/models/candidate',
    {
      schema: {
        ...of('The candidate is not wanted: its shadow ends'),
        response: { 200: answers['DELETE /api/models/candidate'] },
      },
    },
    async (_request, reply) => {
      const candidate = await models.candidate()
      if (candidate) await models.withdraw(candidate.set, true)
      modelsControl.woken()
      return reply.send({ ok: true })
    },
  )
  app.post(
    '/api/models/promote',
    {
      schema: {
        ...of('Put the candidate in force, when it is not worse, or with a written reason; takes effect while running'),
        body: z.object({ override: why.optional() }).optional(),
        response: { 202: answers['POST /api/models/promote'] },
      },
    },
    async (request, reply) => {
      const swap = await models.promote(actorOf(request), request.body?.override, await truth())
      modelsControl.woken()
      return reply.code(202).send({ swap })
    },
  )
  app.post(
    '/api/models/rollback',
    {
      schema: {
        ...of('Bring the former models back; takes effect while running'),
        body: z.object({ why: why.optional() }).optional(),
        response: { 202: answers['POST /api/models/rollback'] },
      },
    },
    async (request, reply) => {
      const swap = await models.rollback(actorOf(request), request.body?.why ?? 'taken back')
      modelsControl.woken()
      return reply.code(202).send({ swap })
    },
  )
}
