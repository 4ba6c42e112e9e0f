import { z } from 'zod'
import { recordOf } from '../../../core/index.ts'
import { ownerAnswers, remoteTypes } from '../../../service/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { ticketParams } from '../idParams.ts'

/** What an owner says to the questions that were asked. */
export const answersSchema = z.object({
  answers: recordOf(z.string().max(64), z.enum(ownerAnswers)).refine((said) => Object.keys(said).length > 0, {
    message: 'must answer at least one question',
  }),
})

/** Repairs without a visit: by command, or by the owner's own hand. */
export function remoteRoutes(app: Api, { desk, events }: Pick<ApiContext, 'desk' | 'events'>): void {
  app.post(
    '/api/tickets/:id/remote',
    {
      schema: {
        summary: 'Repair it by a command; the appliance answers, or it expires and a visit is planned',
        tags: ['tickets'],
        params: ticketParams,
        body: z.object({
          type: z.enum(remoteTypes),
          params: recordOf(z.string(), z.unknown()).prefault({}),
          expiresInSeconds: z
            .number()
            .positive()
            .max(7 * 86_400)
            .default(3_600),
        }),
        response: { 202: answers['POST /api/tickets/:id/remote'] },
      },
    },
    async (request, reply) => {
      const { type, params, expiresInSeconds } = request.body
      const { ticket, command } = await desk.repairRemotely(
        request.params.id,
        actorOf(request),
        type,
        params,
        expiresInSeconds,
      )
      events.ticket(ticket)
      return reply.code(202).send({ ...ticket, command })
    },
  )
  app.post(
    '/api/tickets/:id/test',
    {
      schema: {
        summary: 'Have the appliance test itself; what it shows stands on the ticket',
        tags: ['tickets'],
        params: ticketParams,
        body: z.object({ test: z.string().max(64), ownerAgreed: z.boolean().default(false) }),
        response: { 202: answers['POST /api/tickets/:id/test'] },
      },
    },
    async (request, reply) => {
      const { test, ownerAgreed } = request.body
      const ticket = await desk.testNow(request.params.id, actorOf(request), test, ownerAgreed)
      events.ticket(ticket)
      return reply.code(202).send(ticket)
    },
  )
  app.post(
    '/api/tickets/:id/answers',
    {
      schema: {
        summary: 'What its owner says on the telephone to the questions that were asked before a visit is offered',
        tags: ['tickets'],
        params: ticketParams,
        body: answersSchema,
        response: { 200: answers['POST /api/tickets/:id/answers'] },
      },
    },
    async (request) => {
      const ticket = await desk.answerQuestions(request.params.id, actorOf(request), request.body.answers)
      events.ticket(ticket)
      return ticket
    },
  )
  app.post(
    '/api/t/:secret/guide',
    {
      config: { rateLimit: { max: 60, timeWindow: '1 minute' } },
      schema: {
        summary: 'I tried the guide: did it help?',
        tags: ['owner'],
        security: [],
        params: z.object({ secret: z.string().max(200) }),
        body: z.object({ helped: z.boolean() }),
        response: { 200: answers['POST /api/t/:secret/guide'] },
      },
    },
    async ({ params: { secret }, body: { helped } }) => {
      const { id } = await desk.bySecret(secret)
      events.ticket(await desk.guideTried(id, 'owner', helped))
      return { ok: true }
    },
  )
}
