import { z } from 'zod'
import { maintenanceScopes } from '../../../../core/index.ts'
import { actorOf } from '../../access.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { alertParams } from '../../idParams.ts'
import { millis } from '../../paging.ts'
import { alertView } from '../../views/alertView.ts'

const params = z.object({ id: z.string().max(128) })
const of = (summary: string) => ({ summary, tags: ['alerts'] })
type Context = Pick<ApiContext, 'alerts' | 'events' | 'health' | 'maintenance' | 'registry'>
type View = Awaited<ReturnType<Context['maintenance']['begin']>>

/** Somebody works at an appliance: what is found meanwhile disturbs nobody, and is listed. */
export function maintenanceRoutes(app: Api, { alerts, events, health, maintenance, registry }: Context): void {
  const view = ({ held, ...one }: View) => ({
    ...one,
    held: held.map(({ id, appliance, kind, failureMode, severity, state, firstSeenAt }) => {
      return { id, appliance, kind, failureMode, severity, state, firstSeenAt }
    }),
  })
  app.get(
    '/api/maintenance',
    {
      schema: {
        ...of('Maintenances of one appliance, its home and its model, or all; newest first, with what each held back'),
        querystring: z.object({ appliance: z.string().max(128).optional() }),
        response: { 200: answers['GET /api/maintenance'] },
      },
    },
    async ({ query: { appliance } }) => {
      const { items, ...more } = await maintenance.list(appliance === undefined ? undefined : registry.get(appliance))
      return { ...more, items: items.map(view) }
    },
  )
  app.post(
    '/api/appliances/:id/maintenance',
    {
      schema: {
        ...of('Begin a maintenance of it, its home or its model: until it ends nothing found there opens or disturbs'),
        params,
        body: z.object({
          scope: z.enum(maintenanceScopes).default('appliance'),
          until: millis,
          why: z.string().trim().min(1).max(2_000),
        }),
        response: { 200: answers['POST /api/appliances/:id/maintenance'] },
      },
    },
    async (request) =>
      view(await maintenance.begin(registry.inService(request.params.id), request.body, actorOf(request))),
  )
  app.post(
    '/api/maintenance/:id/end',
    {
      schema: {
        ...of('End it before its time'),
        params,
        response: { 200: answers['POST /api/maintenance/:id/end'] },
      },
    },
    async (request) => view(await maintenance.end(request.params.id, actorOf(request))),
  )
  app.post(
    '/api/alerts/:id/speak',
    {
      schema: {
        ...of('Let an alert that is held back speak after all: it opens, and asks for its ticket'),
        params: alertParams,
        response: { 200: answers['POST /api/alerts/:id/speak'] },
      },
    },
    async (request) => {
      const alert = await alerts.speak(request.params.id)
      events.publish({ type: 'alert', id: alert.id })
      return alertView(alert, { health })
    },
  )
}
