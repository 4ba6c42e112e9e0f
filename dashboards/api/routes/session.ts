import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { Problem } from '../../../core/index.ts'
import { roles } from '../accounts.ts'
import type { ApiParts } from '../parts.ts'
import { sendProblem } from '../problem.ts'
import { type Api, onlyAdmin } from '../server.ts'

const ATTEMPTS = { config: { rateLimit: { max: 20, timeWindow: '1 minute' } } }

export function sessionRoutes(app: Api, { accounts }: ApiParts): void {
  app.get('/api/session', { schema: { summary: 'Who am I?', tags: ['session'] } }, async (request) => ({
    account: request.account,
    mayUseLink: (await accounts.signInLink()) !== null,
  }))
  app.post(
    '/api/session',
    {
      ...ATTEMPTS,
      schema: {
        summary: 'Sign in by name and password, or by the key of the sign-in link',
        tags: ['session'],
        body: z.union([
          z.object({ name: z.string().max(100), password: z.string().max(200) }),
          z.object({ key: z.string().max(200) }),
        ]),
      },
    },
    async (request, reply) => {
      const { body } = request
      const response =
        'key' in body ? await accounts.signInByLink(body.key) : await accounts.signIn(body.name, body.password)
      if (!response.ok) {
        return sendProblem(
          reply,
          new Problem({
            code: 'sign-in-refused',
            message: 'key' in body ? 'This link no longer works.' : 'Name or password is wrong.',
            remedy:
              'key' in body
                ? 'The administrator has a password by now: sign in with it.'
                : 'Try again; an administrator can set a new password.',
            status: 401,
          }),
        )
      }
      return withCookie(reply, response)
    },
  )
  app.delete('/api/session', { schema: { summary: 'Sign out', tags: ['session'] } }, async (request, reply) =>
    withCookie(reply, await accounts.signOut(request.headers.cookie ?? '')),
  )
  app.post(
    '/api/session/password',
    {
      ...ATTEMPTS,
      schema: {
        summary: 'Set my password',
        tags: ['session'],
        body: z.object({ password: z.string().min(8).max(200) }),
      },
    },
    async (request) => {
      if (!request.account || request.account.id === 'token') {
        throw new Problem({
          code: 'not-signed-in',
          message: 'Only a person who signed in on the page has a password.',
          remedy: 'Sign in first.',
          status: 401,
        })
      }
      await accounts.setPassword(request.account.id, request.body.password)
      return { ok: true }
    },
  )
  app.get('/api/accounts', { schema: { summary: 'Accounts of people', tags: ['session'] } }, async () => ({
    items: await accounts.list(),
  }))
  app.post(
    '/api/accounts',
    {
      schema: {
        summary: 'Add an account',
        tags: ['session'],
        body: z.object({
          name: z.string().regex(/^[A-Za-z0-9_.-]{3,30}$/),
          password: z.string().min(8).max(200),
          role: z.enum(roles),
        }),
      },
    },
    async (request, reply) => {
      onlyAdmin(request, 'adds accounts')
      const { name, password, role } = request.body
      return reply.code(201).send(await accounts.create(name, password, role))
    },
  )
}

function withCookie(reply: FastifyReply, response: Response): FastifyReply {
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
  return reply.send({ ok: true })
}
