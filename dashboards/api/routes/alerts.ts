import { z } from 'zod'
import { type Alert, alertStates, GATEWAY, markVerdicts, Problem } from '../../../core/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { alertParams, ticketParams } from '../idParams.ts'
import { millis, since, timePaging } from '../paging.ts'
import { scopeOf } from '../permissions.ts'
import { alertView } from '../views/alertView.ts'

const params = alertParams
const states = z
  .string()
  .refine((text) => text.split(',').every((state) => (alertStates as readonly string[]).includes(state)), {
    message: `must be of ${alertStates.join(', ')}`,
  })

/** What somebody says without a visit. */
export const markSchema = z.object({ verdict: z.enum(markVerdicts), why: z.string().max(2_000).default('') })

type AlertContext = Pick<ApiContext, 'accounts' | 'alerts' | 'desk' | 'events' | 'health'>
export function alertRoutes(app: Api, context: AlertContext): void {
  questions(app, context)
  deeds(app, context)
  markRoutes(app, context)
}

/** What is asked of alerts, and of what many share. */
function questions(app: Api, { alerts, desk, health }: AlertContext): void {
  app.get(
    '/api/alerts',
    {
      schema: {
        summary: 'Alerts, newest first',
        tags: ['alerts'],
        querystring: z.object({
          state: states.optional(),
          appliance: z.string().optional(),
          since: since.optional(),
          /** Those of one notice; `apart=true`: those that no open notice stands for. */
          cohort: z.string().optional(),
          apart: z.stringbool().optional(),
          /** `true`: those that marks hold back. */
          heldBack: z.stringbool().optional(),
          ...timePaging,
        }),
        response: { 200: answers['GET /api/alerts'] },
      },
    },
    async (request) => {
      const { items, ...page } = await alerts.list(request.query)
      const fates = await desk.fates(items.flatMap(({ ticket }) => ticket ?? []))
      const told = items.map((alert) => {
        const fate = alert.ticket && fates.get(alert.ticket)
        return {
          ...alertView(alert, { health }),
          ...(fate ? { fate: { number: fate.number, state: fate.state } } : {}),
        }
      })
      return { ...page, items: told }
    },
  )
  app.get(
    '/api/alerts/:id',
    {
      schema: {
        summary: 'One alert, with what a visit would cost and save, and the closed cases that are most like it',
        tags: ['alerts'],
        params,
        response: { 200: answers['GET /api/alerts/:id'] },
      },
    },
    async (request) => {
      const alert = await alerts.get(request.params.id)
      // Nothing of a gateway is weighed or compared: nobody is sent for it.
      if (alert.kind === GATEWAY) return { ...alertView(alert, { health }), similar: [] }
      return {
        ...alertView(alert, { health }),
        weighed: desk.weigh(alert),
        similar: await desk.similar(alert, { tickets: alert.ticket ? [alert.ticket] : [] }),
      }
    },
  )
  app.get(
    '/api/cohorts',
    {
      schema: {
        summary: 'One notice for what many appliances share: outages, weather, a firmware, a batch; newest first',
        tags: ['alerts'],
        querystring: z.object({ state: z.enum(['open', 'closed']).optional(), ...timePaging }),
        response: { 200: answers['GET /api/cohorts'] },
      },
    },
    (request) => alerts.cohorts.list(request.query),
  )
  app.get(
    '/api/cohorts/:id',
    {
      schema: {
        summary: 'One notice; GET /api/alerts?cohort=ID lists what is part of it',
        tags: ['alerts'],
        params,
        response: { 200: answers['GET /api/cohorts/:id'] },
      },
    },
    (request) => alerts.cohorts.get(request.params.id),
  )
}

/** What people do about one. */
function deeds(app: Api, { accounts, alerts, events, health }: AlertContext): void {
  const told = (alert: Alert) => {
    events.publish({ type: 'alert', id: alert.id })
    return alertView(alert, { health })
  }
  app.post(
    '/api/alerts/:id/acknowledge',
    {
      schema: {
        summary: 'Who says so looks after it; whom they name is to, and has not acknowledged it yet',
        tags: ['alerts'],
        params,
        body: z.object({ for: z.string().max(64).optional() }).optional(),
        response: { 200: answers['POST /api/alerts/:id/acknowledge'] },
      },
    },
    async (request) => {
      const whom = request.body?.for
      if (whom !== undefined && !(await handlers(accounts)).includes(whom)) throw noHandler(whom)
      const [{ id }, me] = [request.params, actorOf(request)]
      const to = whom === undefined ? me : `user:${whom}`
      return told(await (to === me ? alerts.acknowledge(id, me) : alerts.assign(id, to)))
    },
  )
  app.get(
    '/api/alerts/handlers',
    {
      schema: {
        summary: 'Who may look after alerts',
        tags: ['alerts'],
        response: { 200: answers['GET /api/alerts/handlers'] },
      },
    },
    async () => ({ items: await handlers(accounts) }),
  )
  app.post(
    '/api/alerts/:id/notes',
    {
      schema: {
        summary: 'A note about it for whoever looks after it',
        tags: ['alerts'],
        params,
        body: z.object({ text: z.string().trim().min(1).max(2_000) }),
        response: { 200: answers['POST /api/alerts/:id/notes'] },
      },
    },
    async (request) => told(await alerts.note(request.params.id, actorOf(request), request.body.text)),
  )
  app.post(
    '/api/alerts/:id/snooze',
    {
      schema: {
        summary: 'Be quiet until then',
        tags: ['alerts'],
        params,
        body: z.object({ until: millis }),
        response: { 200: answers['POST /api/alerts/:id/snooze'] },
      },
    },
    async (request) => told(await alerts.snooze(request.params.id, request.body.until)),
  )
  app.post(
    '/api/alerts/:id/dismiss',
    {
      schema: {
        summary: 'Not a fault: closes it, and counts on the scoreboard',
        tags: ['alerts'],
        params,
        body: z.object({ why: z.string().min(1).max(2_000) }),
        response: { 200: answers['POST /api/alerts/:id/dismiss'] },
      },
    },
    async (request) => told(await alerts.dismiss(request.params.id, actorOf(request), request.body.why)),
  )
}

/** Names of the accounts that may do something about alerts. */
async function handlers(accounts: ApiContext['accounts']): Promise<string[]> {
  const may = (await accounts.list()).filter(({ disabled, roles }) => !disabled && scopeOf(roles, 'alerts.handle'))
  return may.map(({ name }) => name).sort()
}

const noHandler = (name: string): Problem =>
  new Problem({
    code: 'no-handler',
    message: `No account '${name}' may look after alerts.`,
    remedy: 'GET /api/alerts/handlers names those who may.',
    concerns: name,
    status: 422,
  })

/** What people say of one without a visit, and what that holds back. */
function markRoutes(app: Api, { alerts, desk, events, health }: AlertContext): void {
  const told = (alert: Alert) => {
    events.publish({ type: 'alert', id: alert.id })
    return alertView(alert, { health })
  }
  app.post(
    '/api/tickets/:id/mark',
    {
      schema: {
        summary: 'The same of all that a ticket stands on; nobody needs to come',
        tags: ['tickets'],
        params: ticketParams,
        body: markSchema,
        response: { 200: answers['POST /api/tickets/:id/mark'] },
      },
    },
    async (request) => {
      await alerts.markTicket(request.params.id, actorOf(request), request.body)
      const ticket = await desk.get(request.params.id)
      events.ticket(ticket)
      return ticket
    },
  )
  app.post(
    '/api/alerts/:id/mark',
    {
      schema: {
        summary: 'Normal here, known, or not worth it: it closes, and after two marks the same does not come back here',
        tags: ['alerts'],
        params,
        body: markSchema,
        response: { 200: answers['POST /api/alerts/:id/mark'] },
      },
    },
    async (request) => told(await alerts.mark(request.params.id, actorOf(request), request.body)),
  )
  app.post(
    '/api/alerts/:id/downgrade',
    {
      schema: {
        summary: 'It matters less than was said, until detection makes more of it',
        tags: ['alerts'],
        params,
        body: z.object({ severity: z.enum(['info', 'warning']), why: z.string().min(1).max(2_000) }),
        response: { 200: answers['POST /api/alerts/:id/downgrade'] },
      },
    },
    async (request) => {
      const { severity, why } = request.body
      return told(await alerts.downgrade(request.params.id, actorOf(request), severity, why))
    },
  )
  app.get(
    '/api/marks',
    {
      schema: {
        summary: 'What people said of alerts without a visit, and which alerts that holds back now',
        tags: ['alerts'],
        querystring: z.object({ appliance: z.string().max(64).optional() }),
        response: { 200: answers['GET /api/marks'] },
      },
    },
    async ({ query: { appliance } }) => {
      const held = await alerts.list({ heldBack: true, limit: 1_000, ...(appliance ? { appliance } : {}) })
      const { items, ...more } = await alerts.marks(appliance)
      return {
        ...more,
        items: items.map((mark) => ({
          ...mark,
          rows: [...mark.rows],
          holds: held.items.flatMap(({ id, heldBack }) => (heldBack?.includes(mark.id) ? [id] : [])),
        })),
      }
    },
  )
  app.post(
    '/api/marks/:id/undo',
    {
      schema: {
        summary: 'Take a mark back: what it alone held back opens',
        tags: ['alerts'],
        params,
        response: { 200: answers['POST /api/marks/:id/undo'] },
      },
    },
    async (request) => {
      const opened = await alerts.undoMark(request.params.id, actorOf(request))
      return { items: (await Promise.all(opened.map(({ id }) => alerts.get(id)))).map(told) }
    },
  )
}
