import { z } from 'zod'
import type { TicketId } from '../../../../core/index.ts'
import { projectSteps } from '../../../../service/index.ts'
import { actorOf } from '../../access.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { ticketParams } from '../../idParams.ts'

const note = z.string().trim().max(2_000).default('')
const LIMIT = { config: { rateLimit: { max: 60, timeWindow: '1 minute' } } }

/** Projects: a plan that is reviewed, work that is supervised before it is covered, and an acceptance. */
export function projectRoutes(app: Api, { desk, events }: Pick<ApiContext, 'desk' | 'events'>): void {
  app.get(
    '/api/tickets/:id/project',
    {
      schema: {
        summary: 'What must be on record of it before it goes on, and what is',
        tags: ['tickets'],
        params: ticketParams,
        response: { 200: answers['GET /api/tickets/:id/project'] },
      },
    },
    async ({ params: { id } }) => desk.project(id),
  )
  app.post(
    '/api/tickets/:id/project',
    {
      schema: {
        summary: 'I have looked at it: the plan, the work before it is covered, or the whole',
        tags: ['tickets'],
        params: ticketParams,
        body: z.object({ step: z.enum(projectSteps), ok: z.boolean(), note }),
        response: { 200: answers['POST /api/tickets/:id/project'] },
      },
    },
    async (request) => {
      const { id } = request.params
      const after = await desk.recordProject(id, actorOf(request), request.body)
      events.ticket(await desk.get(id))
      return after
    },
  )
  const secret = z.object({ secret: z.string().max(200) })
  const owners = (summary: string) => ({ summary, tags: ['owner'], security: [], params: secret })
  app.get(
    '/api/t/:secret/project',
    {
      ...LIMIT,
      schema: {
        ...owners('Is my acceptance asked for?'),
        response: { 200: answers['GET /api/t/:secret/project'] },
      },
    },
    async (request) => ownersView(await desk.bySecret(request.params.secret)),
  )
  app.post(
    '/api/t/:secret/acceptance',
    {
      ...LIMIT,
      schema: {
        ...owners('I accept the work, or I do not, with why'),
        body: z.object({ ok: z.boolean(), note }),
        response: { 200: answers['POST /api/t/:secret/acceptance'] },
      },
    },
    async (request) => {
      const ticket = await desk.bySecret(request.params.secret)
      await desk.recordProject(ticket.id, 'owner', { step: 'acceptance', ...request.body })
      events.ticket(await desk.get(ticket.id))
      return ownersView(ticket)
    },
  )

  async function ownersView({ id, state }: { id: TicketId; state: string }) {
    const step = (await desk.project(id)).steps.find((one) => one.step === 'acceptance')
    return {
      asked: step !== undefined && step.ok !== true && state === 'completed',
      ...(step?.ok === undefined ? {} : { ok: step.ok }),
    }
  }
}
