import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Problem } from '../../../../core/index.ts'
import type { OpenIdConnect } from '../../accounts/ways/openIdConnect.ts'
import type { Passkeys } from '../../accounts/ways/passkeys.ts'
import { answers } from '../../answers/index.ts'
import type { ApiContext } from '../../apiContext.ts'
import type { Api } from '../../app.ts'
import { auditOf } from './organisations.ts'
import { person } from './person.ts'

type Context = Pick<ApiContext, 'accounts' | 'audit' | 'organisations' | 'publicUrl'>
const ATTEMPTS = { config: { rateLimit: { max: 20, timeWindow: '1 minute' } } }
const of = (summary: string) => ({ summary, tags: ['session'] })
const id = z.object({ id: z.string().max(128) })
/** Carried by the browser while its person is at the provider. */
const STATE = 'hearthwatch-oidc'
const STATE_SECONDS = 600
/** What a browser's authenticator answers; the library looks at all of it. */
const answer = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null && 'id' in value)
type Making = Parameters<Passkeys['finishMaking']>[1]['response']
type SigningIn = Parameters<Passkeys['finishSigningIn']>[0]['response']

/** Without a password: by a passkey, or by the provider of one's company. */
export function passwordlessRoutes(app: Api, context: Context): void {
  passkeyRoutes(app, context)
  signInByPasskey(app, context)
  oidcRoutes(app, context)
}

function passkeyRoutes(app: Api, { accounts }: Context): void {
  const { passkeys } = accounts
  app.get(
    '/api/session/passkeys',
    { schema: { ...of('My passkeys'), response: { 200: answers['GET /api/session/passkeys'] } } },
    async (request) => ({
      items: await passkeys.of(person(request).id),
    }),
  )
  app.post(
    '/api/session/passkeys',
    {
      ...ATTEMPTS,
      schema: {
        ...of('Begin with a passkey'),
        body: z.object({ password: z.string().max(200).nullable() }),
        response: { 200: answers['POST /api/session/passkeys'] },
      },
    },
    async (request) => {
      const me = person(request)
      await accounts.requirePassword(me.id, request.body.password ?? undefined)
      return passkeys.beginMaking(me, originOf(request))
    },
  )
  app.post(
    '/api/session/passkeys/finish',
    {
      ...ATTEMPTS,
      schema: {
        ...of('It is made'),
        body: z.object({ ceremony: z.string().max(100), name: z.string().min(1).max(60), response: answer<Making>() }),
        response: { 201: answers['POST /api/session/passkeys/finish'] },
      },
    },
    async (request, reply) => {
      const me = person(request)
      await passkeys.finishMaking(me.id, request.body, originOf(request))
      return reply.code(201).send({ items: await passkeys.of(me.id) })
    },
  )
  app.delete(
    '/api/session/passkeys/:id',
    {
      schema: {
        ...of('Take a passkey away'),
        params: id,
        response: { 200: answers['DELETE /api/session/passkeys/:id'] },
      },
    },
    async (request) => {
      const me = person(request)
      await passkeys.takeAway(me.id, request.params.id)
      return { items: await passkeys.of(me.id) }
    },
  )
}

function signInByPasskey(app: Api, context: Context): void {
  const { accounts, audit } = context
  app.post(
    '/api/session/passkey',
    {
      ...ATTEMPTS,
      schema: {
        ...of('Sign in by a passkey: what it is asked'),
        response: { 200: answers['POST /api/session/passkey'] },
      },
    },
    async (request) => accounts.passkeys.beginSigningIn(originOf(request)),
  )
  app.post(
    '/api/session/passkey/finish',
    {
      ...ATTEMPTS,
      schema: {
        ...of('Sign in by a passkey: what it answered'),
        body: z.object({ ceremony: z.string().max(100), response: answer<SigningIn>() }),
        response: { 200: answers['POST /api/session/passkey/finish'] },
      },
    },
    async (request, reply) => {
      try {
        const account = await accounts.passkeys.finishSigningIn(request.body, originOf(request))
        const { name, response } = await accounts.signInAs(account, fromOf(request))
        const entry = { who: `user:${name}`, action: 'sign-in', address: request.ip, detail: 'passkey' }
        await (await auditOf(context, name)).record(entry)
        return withCookies(reply, response).send({ ok: true })
      } catch (error) {
        if (error instanceof Problem)
          await audit.refused({ who: 'stranger', action: 'sign-in-refused', address: request.ip, detail: 'passkey' })
        throw error
      }
    },
  )
}

function oidcRoutes(app: Api, context: Context): void {
  const { accounts, audit, publicUrl } = context
  const redirectUri = `${publicUrl}/api/session/oidc/callback`
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  const cookie = (value: string, seconds: number): string =>
    `${STATE}=${value}; Path=/api/session/oidc; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`
  app.get(
    '/api/session/oidc',
    {
      ...ATTEMPTS,
      schema: {
        ...of('Sign in by the provider of one’s company'),
        querystring: z.object({ to: z.string().max(500).default('/') }),
      },
    },
    async (request, reply) => {
      const { url, state } = await providerOf(accounts).begin(redirectUri, request.query.to)
      return reply.header('set-cookie', cookie(state, STATE_SECONDS)).redirect(url)
    },
  )
  app.get(
    '/api/session/oidc/callback',
    {
      ...ATTEMPTS,
      schema: {
        ...of('Back from the provider'),
        querystring: z.object({
          code: z.string().max(4_000).optional(),
          state: z.string().max(200).optional(),
          error: z.string().max(200).optional(),
          iss: z.string().max(500).optional(),
        }),
      },
    },
    async (request, reply) => {
      reply.header('set-cookie', cookie('', 0))
      try {
        const { to, ...vouched } = await providerOf(accounts).finish(request.query, stateOf(request))
        const { name, response } = await accounts.signInVouched(vouched, fromOf(request))
        const entry = { who: `user:${name}`, action: 'sign-in', address: request.ip, detail: 'oidc' }
        await (await auditOf(context, name)).record(entry)
        return withCookies(reply, response).redirect(`/sign-in?in=1&to=${encodeURIComponent(to)}`)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        await audit.refused({ who: 'stranger', action: 'sign-in-refused', address: request.ip, detail: error.code })
        request.log.warn({ code: error.code }, `${error.message} ${error.remedy}`)
        // A person looks at what comes back: the page says it in a sentence.
        return reply.redirect(`/sign-in?refused=${error.code}`)
      }
    },
  )
}

/** @throws Problem `no-provider` */
function providerOf({ oidc }: Context['accounts']): OpenIdConnect {
  if (oidc) return oidc
  throw new Problem({
    code: 'no-provider',
    message: 'No provider of sign-ins is set up here.',
    remedy: 'Sign in by name and password; OIDC_ISSUER and OIDC_CLIENT_ID name a provider.',
    status: 404,
  })
}

const fromOf = (request: FastifyRequest) => ({
  address: request.ip,
  agent: String(request.headers['user-agent'] ?? ''),
})
const stateOf = ({ headers }: FastifyRequest): string | undefined =>
  headers.cookie
    ?.split(';')
    .map((one) => one.trim().split('='))
    .find(([name]) => name === STATE)?.[1]
function withCookies(reply: FastifyReply, response: Response): FastifyReply {
  for (const one of response.headers.getSetCookie()) reply.header('set-cookie', one)
  return reply
}
/** Of the page that asks: the guard has seen that it is one of ours. @throws Problem `no-origin` */
function originOf({ headers }: FastifyRequest): string {
  if (headers.origin) return headers.origin
  throw new Problem({
    code: 'no-origin',
    message: 'A passkey is used by a page, in a browser.',
    remedy: 'Use the pages of this server; programs have keys.',
  })
}
