import { z } from 'zod'
import { DAY, Problem } from '../../../core/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'

/** An owner's own words become a ticket. */
export function reportRoutes(
  app: Api,
  {
    registry,
    store,
    desk,
    events,
    catalog,
    clock,
  }: Pick<ApiContext, 'registry' | 'store' | 'desk' | 'events' | 'catalog' | 'clock'>,
): void {
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
      if (failureMode && !Object.hasOwn(catalog.kind(appliance.kind).failureModes, failureMode)) {
        throw new Problem({
          code: 'unknown-failure-mode',
          message: `A ${appliance.kind} has no failure mode '${failureMode}'.`,
          remedy: 'Leave it out when it is not known.',
          status: 422,
        })
      }
      const by = contact ? `owner ${contact}` : actorOf(request)
      // The last day goes with it; a store that is away keeps nobody from reporting.
      const to = clock.now() + 1
      const telemetry = await store
        .series({ appliance: id, kind: appliance.kind, from: to - DAY, to, points: 288 })
        .catch(() => undefined)
      const ticket = await desk.report(appliance, by, text, failureMode, { telemetry })
      events.ticket(ticket)
      return reply.code(201).send(ticket)
    },
  )
}
