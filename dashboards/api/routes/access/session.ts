import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Problem } from '../../../../core/index.ts'
import { type Account, accountName } from '../../accounts/accounts.ts'
import { askedBy } from '../../accounts/passwordChecks.ts'
import { SignInLimits } from '../../accounts/signInLimits.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { permissionsOf } from '../../permissions.ts'
import { sendProblem } from '../../problem.ts'
import { isLocal } from '../../whereFrom.ts'
import { accountRoutes, withRole } from './accounts.ts'
import { auditOf, entered, organisationRoutes } from './organisations.ts'
import { passwordlessRoutes } from './passwordless.ts'
import { person } from './person.ts'
import { wayRoutes } from './ways.ts'

const ATTEMPTS = { config: { rateLimit: { max: 20, timeWindow: '1 minute' } } }
/** Carried by a browser that has signed in before, so that strangers' guesses do not shut it out. */
const MARK = 'hearthwatch-known'
const MARK_SECONDS = 365 * 86_400
const password = z.string().max(200)

export function sessionRoutes(
  app: Api,
  context: Pick<ApiContext, 'accounts' | 'adminToken' | 'audit' | 'organisations' | 'people' | 'publicUrl' | 'wall'>,
): void {
  const { accounts, organisations } = context
  const limits = new SignInLimits(context.wall, context.adminToken)

  app.get(
    '/api/session',
    {
      schema: {
        summary: 'Who am I, and what may I?',
        tags: ['session'],
        response: { 200: answers['GET /api/session'] },
      },
    },
    async (request) => ({
      account: shown(request.account),
      /** What the account may, and how far: pages show nothing that would be refused. */
      may: request.account ? permissionsOf(request.account.roles) : {},
      mayUseLink: (await accounts.signInLink()) !== null,
      ways: { oidc: accounts.oidc !== undefined },
      ...(request.account && organisations?.isOneOfSeveral() ? await entered(organisations, request.account) : {}),
    }),
  )
  signInRoute(app, context, limits)
  app.delete(
    '/api/session',
    { schema: { summary: 'Sign out', tags: ['session'], response: { 200: answers['DELETE /api/session'] } } },
    async (request, reply) => withCookie(reply, await accounts.signOut(request.headers.cookie ?? '')),
  )
  app.post(
    '/api/session/password',
    {
      ...ATTEMPTS,
      onRequest: async (request) => void person(request),
      schema: {
        summary: 'Set my password: the present one is asked for where there is one, and my other sessions end',
        tags: ['session'],
        body: z.object({ current: z.string().max(200).optional(), password }),
        response: { 200: answers['POST /api/session/password'] },
      },
    },
    async (request) => {
      const me = person(request)
      if (!isLocal(request)) limits.check(me.name, markOf(request))
      try {
        await accounts.changePassword(me, request.body.current, request.body.password)
      } catch (error) {
        if (error instanceof Problem && error.code === 'wrong-password') limits.failed(me.name, markOf(request))
        throw error
      }
      return { ok: true }
    },
  )
  ownSessions(app, accounts)
  linkRoute(app, context)
  accountRoutes(app, context)
  organisationRoutes(app, context)
  wayRoutes(app, context)
  passwordlessRoutes(app, context)
}

/** By name and password, and a code where one is asked for; or by the link of a start. */
function signInRoute(
  app: Api,
  { accounts, publicUrl, ...context }: Pick<ApiContext, 'accounts' | 'audit' | 'organisations' | 'publicUrl'>,
  limits: SignInLimits,
): void {
  const tell = async (told: { who: string; address: string; name?: string }, isIn: boolean): Promise<void> => {
    const { name, ...entry } = told
    const audit = await auditOf(context, name)
    return isIn ? audit.record({ ...entry, action: 'sign-in' }) : audit.refused({ ...entry, action: 'sign-in-refused' })
  }
  app.post(
    '/api/session',
    {
      ...ATTEMPTS,
      schema: {
        summary: 'Sign in by name and password, or by the key of the sign-in link',
        tags: ['session'],
        body: z.union([
          z.object({ name: z.string().max(100), password: z.string().max(200), code: z.string().max(40).optional() }),
          z.object({ key: z.string().max(200) }),
        ]),
        response: { 200: answers['POST /api/session'] },
      },
    },
    async (request, reply) => {
      const { body } = request
      const from = { address: request.ip, agent: String(request.headers['user-agent'] ?? '') }
      const told = {
        who: 'key' in body ? 'sign-in link' : accountName.test(body.name) ? `user:${body.name}` : 'stranger',
        address: request.ip,
        ...('key' in body ? {} : { name: body.name }),
      }
      if ('key' in body) {
        const response = await accounts.signInByLink(body.key, from)
        await tell(told, response.ok)
        return response.ok ? withCookie(reply, response) : refused(reply, 'This link no longer works.', LINK_REMEDY)
      }
      const { name } = body
      const mark = markOf(request)
      const isHere = isLocal(request)
      if (!isHere) limits.check(name, mark)
      const asker = { address: request.ip, isKnown: isHere || limits.isKnown(name, mark) }
      const signIn = () => accounts.signIn(name, body.password, from, body.code)
      const response = await askedBy(asker, signIn).catch(async (error: unknown) => {
        // That a code is asked for is no guess; a wrong one is.
        if (error instanceof Problem && error.status === 401) {
          await tell(told, false)
          if (error.code !== 'code-needed' && !isHere) limits.failed(name, mark)
        }
        throw error
      })
      await tell(told, response.ok)
      if (!response.ok) {
        if (!isHere) limits.failed(name, mark)
        return refused(reply, 'Name or password is wrong.', 'Try again; an administrator can set a new password.')
      }
      const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
      reply.header(
        'set-cookie',
        `${MARK}=${limits.succeeded(name, mark)}; Path=/api/session; HttpOnly; SameSite=Strict; Max-Age=${MARK_SECONDS}${secure}`,
      )
      return withCookie(reply, response)
    },
  )
}

/** Where somebody is signed in, to themselves. */
function ownSessions(app: Api, accounts: ApiContext['accounts']): void {
  app.get(
    '/api/session/all',
    {
      schema: {
        summary: 'Where I am signed in',
        tags: ['session'],
        response: { 200: answers['GET /api/session/all'] },
      },
    },
    async (request) => {
      const me = person(request)
      const items = await accounts.sessions(me.id)
      return { items: items.map((session) => ({ ...session, current: session.id === me.session })) }
    },
  )
  app.delete(
    '/api/session/all/:id',
    {
      schema: {
        summary: 'End one of my sessions',
        tags: ['session'],
        params: z.object({ id: z.string().max(128) }),
        response: { 200: answers['DELETE /api/session/all/:id'] },
      },
    },
    async (request) => {
      await accounts.endSession(person(request).id, request.params.id)
      return { ok: true }
    },
  )
}

/** Who was sent a link sets a password by it, and signs in with that. */
function linkRoute(app: Api, context: Pick<ApiContext, 'accounts' | 'audit' | 'organisations'>): void {
  const { accounts, audit } = context
  app.post(
    '/api/session/link',
    {
      ...ATTEMPTS,
      schema: {
        summary: 'Set my password by the link that I was given; it works once, and all my sessions end',
        tags: ['session'],
        body: z.object({ key: z.string().max(200), password }),
        response: { 200: answers['POST /api/session/link'] },
      },
    },
    async ({ body, ip }, reply) => {
      const name = await accounts.setByLink(body.key, body.password)
      if (name === undefined) {
        await audit.refused({ who: 'stranger', action: 'password-link-refused', address: ip })
        return refused(reply, 'This link no longer works.', 'Ask an administrator for another one.')
      }
      await (await auditOf(context, name)).record({ who: `user:${name}`, action: 'password-by-link', address: ip })
      return { name }
    },
  )
}

const LINK_REMEDY =
  'It works once, and until the administrator has a password: sign in with it, or start again for a new one.'

function shown(account: Account | null) {
  if (!account) return null
  const { session: _, ...rest } = account
  return withRole(rest)
}
const markOf = ({ headers }: FastifyRequest): string | undefined =>
  headers.cookie
    ?.split(';')
    .map((cookie) => cookie.trim().split('='))
    .find(([name]) => name === MARK)?.[1]

const refused = (reply: FastifyReply, message: string, remedy: string): FastifyReply =>
  sendProblem(reply, new Problem({ code: 'sign-in-refused', message, remedy, status: 401 }))

function withCookie(reply: FastifyReply, response: Response): FastifyReply {
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
  return reply.send({ ok: true })
}
