import { z } from 'zod'
import { idSchema, ticketIdSchema } from '../../../../core/index.ts'
import { actorOf } from '../../access.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { ticketParams } from '../../idParams.ts'

const params = z.object({ id: idSchema })
const code = z.string().max(64)

/** An agent is led through a call: what is asked is data, and each step is kept. */
export function diagnosisRoutes(
  app: Api,
  { desk, events, knowledge: { diagnoses }, registry }: Pick<ApiContext, 'desk' | 'events' | 'knowledge' | 'registry'>,
): void {
  const of = (summary: string) => ({ summary, tags: ['knowledge'], params })
  app.get(
    '/api/appliances/:id/diagnoses',
    {
      schema: {
        ...of('Guided diagnoses of it, the newest first; and whether its kind has one'),
        response: { 200: answers['GET /api/appliances/:id/diagnoses'] },
      },
    },
    async ({ params: { id } }) => {
      const { kind } = registry.get(id)
      return { isGuided: diagnoses.kinds().includes(kind), items: await diagnoses.of({ appliance: id }) }
    },
  )
  app.post(
    '/api/appliances/:id/diagnoses',
    {
      schema: {
        ...of('Begin a guided diagnosis with a caller; the answer has the first question'),
        response: { 201: answers['POST /api/appliances/:id/diagnoses'] },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await diagnoses.begin(registry.inService(request.params.id), actorOf(request))),
  )
  app.post(
    '/api/diagnoses/:id/answers',
    {
      schema: {
        ...of('What the caller says: the next question, or how it ends: solved, with a guide, or with a ticket'),
        body: z.object({ node: code, answer: code }),
        response: { 200: answers['POST /api/diagnoses/:id/answers'] },
      },
    },
    async (request) => {
      const { node, answer } = request.body
      const after = await diagnoses.answer(request.params.id, node, answer, actorOf(request))
      if (after.ticket) events.ticket(await desk.get(ticketIdSchema.parse(after.ticket)))
      return after
    },
  )
  app.get(
    '/api/tickets/:id/diagnoses',
    {
      schema: {
        ...of('What was asked and answered before it was made'),
        params: ticketParams,
        response: { 200: answers['GET /api/tickets/:id/diagnoses'] },
      },
    },
    async ({ params: { id } }) => ({ items: await diagnoses.of({ ticket: id }) }),
  )
}
