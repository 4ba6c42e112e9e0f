import { z } from 'zod'
import { Problem } from '../../../../core/index.ts'
import { type Role, roles } from '../../accounts/accountNames.ts'
import { LONGEST_DAYS } from '../../accounts/ways/apiKeys.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { person } from './person.ts'

const ATTEMPTS = { config: { rateLimit: { max: 20, timeWindow: '1 minute' } } }
const id = z.object({ id: z.string().max(128) })
const code = z.string().max(40)
const of = (summary: string) => ({ summary, tags: ['session'] })

/** How somebody signs in besides their password, and by which keys their programs do. */
export function wayRoutes(app: Api, context: Pick<ApiContext, 'accounts'>): void {
  keyRoutes(app, context)
  secondFactorRoutes(app, context)
}

function keyRoutes(app: Api, { accounts }: Pick<ApiContext, 'accounts'>): void {
  const { keys } = accounts
  app.get(
    '/api/session/keys',
    { schema: { ...of('Keys by which my programs act for me'), response: { 200: answers['GET /api/session/keys'] } } },
    async (request) => ({
      items: await keys.of(person(request).id),
    }),
  )
  app.post(
    '/api/session/keys',
    {
      ...ATTEMPTS,
      schema: {
        ...of('Make a key for a program, with roles that I have myself; it is shown once'),
        body: z.object({
          name: z.string().min(1).max(60),
          roles: z.array(z.enum(roles)).min(1).max(roles.length),
          readOnly: z.boolean().default(false),
          days: z.number().int().min(1).max(LONGEST_DAYS).default(90),
        }),
        response: { 201: answers['POST /api/session/keys'] },
      },
    },
    async (request, reply) => {
      const me = person(request)
      requireOwn(me.roles, request.body.roles)
      return reply.code(201).send(await keys.make(me.id, request.body))
    },
  )
  app.delete(
    '/api/session/keys/:id',
    { schema: { ...of('End a key of mine'), params: id, response: { 200: answers['DELETE /api/session/keys/:id'] } } },
    async (request) => {
      await keys.end(request.params.id, person(request).id)
      return { ok: true }
    },
  )
  app.get(
    '/api/keys',
    { schema: { ...of('Keys of everybody, with their last use'), response: { 200: answers['GET /api/keys'] } } },
    async () => {
      const names = new Map((await accounts.list()).map((account) => [account.id, account.name]))
      return { items: (await keys.of()).map((key) => ({ ...key, of: names.get(key.account) ?? '' })) }
    },
  )
  app.delete(
    '/api/keys/:id',
    { schema: { ...of('End a key of somebody'), params: id, response: { 200: answers['DELETE /api/keys/:id'] } } },
    async (request) => {
      await keys.end(request.params.id)
      return { ok: true }
    },
  )
}

/** @throws Problem `not-your-role` */
function requireOwn(mine: readonly Role[], asked: readonly Role[]): void {
  const foreign = mine.includes('admin') ? undefined : asked.find((role) => !mine.includes(role))
  if (foreign === undefined) return
  throw new Problem({
    code: 'not-your-role',
    message: `You are not ${foreign} yourself.`,
    remedy: `A key has roles of its owner: ${mine.join(', ')}.`,
    concerns: 'roles',
    status: 403,
  })
}

function secondFactorRoutes(app: Api, { accounts }: Pick<ApiContext, 'accounts'>): void {
  const { secondFactors } = accounts
  app.get(
    '/api/session/second-factor',
    { schema: { ...of('Is a code asked of me?'), response: { 200: answers['GET /api/session/second-factor'] } } },
    async (request) => secondFactors.of(person(request).id),
  )
  app.post(
    '/api/session/second-factor',
    {
      ...ATTEMPTS,
      schema: {
        ...of(
          'Begin with an authenticator: its secret and ten recovery codes are shown once; it counts once confirmed',
        ),
        body: z.object({ password: z.string().max(200) }),
        response: { 201: answers['POST /api/session/second-factor'] },
      },
    },
    async (request, reply) => {
      const me = person(request)
      await accounts.requirePassword(me.id, request.body.password)
      return reply.code(201).send(await secondFactors.begin(me.id, me.name))
    },
  )
  app.post(
    '/api/session/second-factor/confirm',
    {
      ...ATTEMPTS,
      schema: {
        ...of('It works: from now on a code is asked for'),
        body: z.object({ code }),
        response: { 200: answers['POST /api/session/second-factor/confirm'] },
      },
    },
    async (request) => {
      const me = person(request)
      await secondFactors.confirm(me.id, request.body.code)
      return secondFactors.of(me.id)
    },
  )
  app.delete(
    '/api/session/second-factor',
    {
      ...ATTEMPTS,
      schema: {
        ...of('No code is asked for any more'),
        body: z.object({ code }),
        response: { 200: answers['DELETE /api/session/second-factor'] },
      },
    },
    async (request) => {
      const me = person(request)
      await secondFactors.check(me.id, request.body.code)
      await secondFactors.takeAway(me.id)
      return secondFactors.of(me.id)
    },
  )
  app.delete(
    '/api/accounts/:id/second-factor',
    {
      schema: {
        ...of('Somebody lost theirs: no code is asked of them, and their sessions end'),
        params: id,
        response: { 200: answers['DELETE /api/accounts/:id/second-factor'] },
      },
    },
    async (request) => {
      await accounts.resetSecondFactor(request.params.id)
      return { ok: true }
    },
  )
}
