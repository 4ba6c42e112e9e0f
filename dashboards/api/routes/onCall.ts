import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { DAY, idSchema, instantSchema } from '../../../core/index.ts'
import { escalationCauses, onCallPersonSchema, rotaSchema } from '../../../service/index.ts'
import { actorOf } from '../access.ts'
import { answers } from '../answers/index.ts'
import type { ApiContext } from '../apiContext.ts'
import type { Api } from '../app.ts'
import { millis } from '../paging.ts'

type Context = Pick<ApiContext, 'clock' | 'escalations' | 'onCall'>

const LONGEST_OVERRIDE_MS = 92 * DAY
const params = z.object({ id: z.string().max(64) })
const of = (summary: string) => ({ summary, tags: ['on call'] })

/** Whose turn it is, and who is called while nobody acts. */
export function onCallRoutes(app: Api, context: Context): void {
  questions(app, context)
  peopleRoutes(app, context)
  overrideRoutes(app, context)
}

function questions(app: Api, { clock, escalations, onCall }: Context): void {
  app.get(
    '/api/on-call',
    {
      schema: {
        ...of('Who is on call now (or at a moment), in every rota; people, turns and who stands in for whom'),
        querystring: z.object({ at: millis.optional() }),
        response: { 200: answers['GET /api/on-call'] },
      },
    },
    async ({ query: { at = clock.now() } }) => ({
      now: at,
      on: onCall.rotas().map(({ id: rota }) => {
        const who = onCall.who(rota, at)
        if (!who) return { rota }
        const { told, ...turn } = who
        return { rota, name: told.name, ...turn }
      }),
      people: onCall.people(),
      rotas: onCall.rotas().map((rota) => ({ ...rota, members: [...rota.members] })),
      overrides: onCall.overrides().filter(({ to }) => to > at),
    }),
  )
  app.get(
    '/api/escalations',
    {
      schema: {
        ...of('What stands unanswered, how far its chain has come, and what ended the others'),
        response: { 200: answers['GET /api/escalations'] },
      },
    },
    async () => ({ items: await escalations.list() }),
  )
  app.get(
    '/api/escalations/preview',
    {
      schema: {
        ...of('Who would be told when, and by which ways, of something that begins to stand at a moment'),
        querystring: z.object({ at: millis.optional() }),
        response: { 200: answers['GET /api/escalations/preview'] },
      },
    },
    async ({ query: { at = clock.now() } }) => ({
      items: escalationCauses.map((cause) => ({ cause, steps: escalations.preview(cause, at) })),
    }),
  )
}

function peopleRoutes(app: Api, { onCall }: Context): void {
  app.put(
    '/api/on-call/people/:id',
    {
      schema: {
        ...of('Somebody who can be called; their contact is a mail address or a number'),
        params: z.object({ id: idSchema }),
        body: onCallPersonSchema.omit({ id: true }),
        response: { 200: answers['PUT /api/on-call/people/:id'] },
      },
    },
    async ({ params: { id }, body }) => {
      const person = { id, ...body }
      await onCall.savePerson(person)
      return person
    },
  )
  app.delete(
    '/api/on-call/people/:id',
    {
      schema: {
        ...of('They are not called any more'),
        params,
        response: { 200: answers['DELETE /api/on-call/people/:id'] },
      },
    },
    async ({ params: { id } }) => {
      await onCall.removePerson(id)
      return { ok: true }
    },
  )
  app.put(
    '/api/on-call/rotas/:id',
    {
      schema: {
        ...of('Turns: people one after another, each for so many days, handed over at an hour of the local day'),
        params: z.object({ id: rotaSchema.shape.id }),
        body: rotaSchema.omit({ id: true }),
        response: { 200: answers['PUT /api/on-call/rotas/:id'] },
      },
    },
    async ({ params: { id }, body }) => {
      const rota = { id, ...body }
      await onCall.saveRota(rota)
      return rota
    },
  )
  app.delete(
    '/api/on-call/rotas/:id',
    {
      schema: { ...of('No such turns any more'), params, response: { 200: answers['DELETE /api/on-call/rotas/:id'] } },
    },
    async ({ params: { id } }) => {
      await onCall.removeRota(id)
      return { ok: true }
    },
  )
}

function overrideRoutes(app: Api, { clock, onCall }: Context): void {
  app.post(
    '/api/on-call/overrides',
    {
      schema: {
        ...of('Somebody else has it for a while'),
        body: z
          .object({
            rota: z.string().max(40),
            person: idSchema,
            from: instantSchema,
            to: instantSchema,
            why: z.string().max(2_000).default(''),
          })
          .refine(({ from, to }) => from < to && to - from <= LONGEST_OVERRIDE_MS, {
            message: 'must end after it begins, within 92 days',
          }),
        response: { 201: answers['POST /api/on-call/overrides'] },
      },
    },
    async (request, reply) => {
      const made = { id: randomUUID(), ...request.body, by: actorOf(request) }
      await onCall.override(made, clock.now())
      return reply.code(201).send(made)
    },
  )
  app.delete(
    '/api/on-call/overrides/:id',
    {
      schema: {
        ...of('The turns hold again'),
        params,
        response: { 200: answers['DELETE /api/on-call/overrides/:id'] },
      },
    },
    async ({ params: { id } }) => {
      await onCall.removeOverride(id)
      return { ok: true }
    },
  )
}
