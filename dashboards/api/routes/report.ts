import { z } from 'zod'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { lastDay } from './intake.ts'

/** An owner's own words become a ticket. */
export function reportRoutes(
  app: Api,
  context: Pick<ApiContext, 'registry' | 'store' | 'desk' | 'events' | 'clock'>,
): void {
  const { registry, desk, events } = context
  app.post(
    '/api/appliances/:id/report',
    {
      schema: {
        summary: 'An owner reports a fault',
        tags: ['appliances'],
        params: z.object({ id: z.string() }),
        body: z.object({
          text: z.string().min(1).max(5_000),
          failureMode: z.string().max(64).optional(),
          contact: z.string().max(200).optional(),
        }),
        response: { 201: answers['POST /api/appliances/:id/report'] },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { text, failureMode, contact } = request.body
      const appliance = registry.inService(id)
      const by = contact ? `owner ${contact}` : actorOf(request)
      const telemetry = await lastDay(context, appliance)
      const ticket = await desk.report(appliance, by, text, failureMode, { telemetry })
      events.ticket(ticket)
      return reply.code(201).send(ticket)
    },
  )
}
