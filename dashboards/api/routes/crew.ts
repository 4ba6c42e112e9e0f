import { z } from 'zod'
import { DAY, type EngineerId, ticketIdSchema } from '../../../core/index.ts'
import { taskTypes } from '../../../service/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { engineerParams } from '../idParams.ts'
import { millis, since } from '../paging.ts'
import { engineerInWords } from './people.ts'

const params = engineerParams
const why = z.string().min(1).max(2_000)

/** How engineers stand, and what the desks have to do. */
export function crewRoutes(
  app: Api,
  { desk, people, policies, clock }: Pick<ApiContext, 'desk' | 'people' | 'policies' | 'clock'>,
): void {
  const of = (summary: string) => ({ summary, tags: ['people'], params })
  const one = async (id: string) =>
    (await people.engineers()).map(engineerInWords).find((engineer) => engineer.id === id)

  app.get(
    '/api/engineers/:id/standing',
    {
      schema: {
        ...of('Grade, stars and everything that was done about it, with who and why'),
        response: { 200: answers['GET /api/engineers/:id/standing'] },
      },
    },
    async ({ params: { id } }) => {
      const { prior, weight, days } = policies.live.stars
      return {
        engineer: await one(id),
        formula: `(${prior} × ${weight} + sum of stars) ÷ (${weight} + ratings), of the last ${days} days up to yesterday`,
        items: await desk.standing(id),
      }
    },
  )
  app.post(
    '/api/engineers/:id/isolate',
    {
      schema: {
        ...of('No job from now on'),
        body: z.object({ why }),
        response: { 200: answers['POST /api/engineers/:id/isolate'] },
      },
    },
    async (request) => {
      await desk.isolate(request.params.id, actorOf(request), request.body.why)
      return one(request.params.id)
    },
  )
  app.post(
    '/api/engineers/:id/lift',
    {
      schema: {
        ...of('The way back from isolation, with a reason'),
        body: z.object({ why }),
        response: { 200: answers['POST /api/engineers/:id/lift'] },
      },
    },
    async (request) => {
      await desk.lift(request.params.id, actorOf(request), request.body.why)
      return one(request.params.id)
    },
  )
  app.post(
    '/api/engineers/:id/retraining',
    {
      schema: {
        ...of('Fault classes that they may not do until they have passed'),
        body: z.object({ failureModes: z.array(z.string().max(64)).min(1).max(20), why }),
        response: { 200: answers['POST /api/engineers/:id/retraining'] },
      },
    },
    async (request) => {
      const { failureModes, why: reason } = request.body
      await desk.retrain(request.params.id, actorOf(request), failureModes, reason)
      return one(request.params.id)
    },
  )
  app.post(
    '/api/engineers/:id/retraining/pass',
    {
      schema: {
        ...of('They have passed'),
        body: z.object({ failureMode: z.string().max(64), why }),
        response: { 200: answers['POST /api/engineers/:id/retraining/pass'] },
      },
    },
    async (request) => {
      await desk.pass(request.params.id, actorOf(request), request.body.failureMode, request.body.why)
      return one(request.params.id)
    },
  )
  earningRoutes(app, { desk, policies, clock })
  taskRoutes(app, { desk })
}

/** A month, when nobody says of what time. */
const USUAL_MS = 31 * DAY
/** More than a decade at once is asked by mistake. */
const MOST_CENTS = 100_000_00

/** What engineers earn, and why. */
function earningRoutes(app: Api, { desk, policies, clock }: Pick<ApiContext, 'desk' | 'policies' | 'clock'>): void {
  const of = (id: EngineerId, from?: number, to = clock.now() + 1) =>
    desk.earnings(id, from ?? to - USUAL_MS, to).then((earned) => ({ ...earned, currency: policies.live.currency }))
  app.get(
    '/api/engineers/:id/earnings',
    {
      schema: {
        summary: 'What closed jobs, the stars of owners and corrections have earned an engineer: every line explained',
        tags: ['people'],
        params,
        querystring: z.object({ from: since.optional(), to: millis.optional() }),
        response: { 200: answers['GET /api/engineers/:id/earnings'] },
      },
    },
    async ({ params: { id }, query: { from, to } }) => of(id, from, to),
  )
  app.post(
    '/api/engineers/:id/earnings',
    {
      schema: {
        summary: 'Puts earnings right by one entry more: nothing is edited',
        tags: ['people'],
        params,
        body: z.object({
          cents: z.int().min(-MOST_CENTS).max(MOST_CENTS),
          why,
          ticket: ticketIdSchema.optional(),
        }),
        response: { 200: answers['POST /api/engineers/:id/earnings'] },
      },
    },
    async (request) => {
      await desk.correctEarnings(request.params.id, actorOf(request), request.body)
      return of(request.params.id)
    },
  )
}

/** The worklists of the desks. */
function taskRoutes(app: Api, { desk }: Pick<ApiContext, 'desk'>): void {
  app.get(
    '/api/tasks',
    {
      schema: {
        summary: 'What the desks have to do, the most urgent first; or what was done',
        tags: ['tasks'],
        querystring: z.object({
          type: z.enum(taskTypes).optional(),
          desk: z.string().max(64).optional(),
          ticket: z.string().max(100).optional(),
          done: z
            .enum(['true', 'false'])
            .transform((value) => value === 'true')
            .optional(),
        }),
        response: { 200: answers['GET /api/tasks'] },
      },
    },
    async ({ query }) => {
      const tasks = await desk.tasks(query)
      const people = await desk.people(tasks.flatMap(({ ticket }) => ticket ?? []))
      const items = tasks.map((task) => {
        const about = task.ticket && people.get(task.ticket)
        return about ? { ...task, about } : task
      })
      return { items }
    },
  )
  app.post(
    '/api/tasks/done',
    {
      schema: {
        summary: 'It is done, with what came of it',
        tags: ['tasks'],
        body: z.object({ id: z.string().max(200), outcome: z.string().min(1).max(2_000) }),
        response: { 200: answers['POST /api/tasks/done'] },
      },
    },
    async (request) => desk.doTask(request.body.id, actorOf(request), request.body.outcome),
  )
}
