import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../core/index.ts'
import type { Account } from './accounts/accounts.ts'
import { KEY_PREFIX } from './accounts/ways/apiKeys.ts'
import type { ApiContext } from './apiContext.ts'
import { type Action, rolesThatMay, scopeOf } from './permissions.ts'
import { sendProblem } from './problem.ts'
import { needsOfRoute } from './routeNeeds.ts'
import type { Needs } from './routePermissions.ts'
import { sameSecret } from './sameSecret.ts'
import { isLocal } from './whereFrom.ts'

type SignInContext = Pick<ApiContext, 'accounts' | 'adminToken' | 'ownPages' | 'simulationToken'>

/** Who may call at all, judged before the body is read: by the page that asks, the sign-in, and the role. */
export const guard =
  (context: SignInContext) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (/%00/.test(request.url)) {
      return sendProblem(
        reply,
        new Problem({
          code: 'bad-url',
          message: 'The URL has a NUL character.',
          remedy: 'Leave it out: no id has one.',
        }),
      )
    }
    const changes = request.method !== 'GET' && request.method !== 'HEAD'
    // A stream holds one of the places that there are, as long as its page likes.
    const isUse = changes || request.routeOptions.url === '/api/stream'
    if (isUse && !isBearer(request) && !context.ownPages.has(request.raw)) {
      return sendProblem(
        reply,
        new Problem({
          code: 'other-origin',
          message: `A page of ${request.headers.origin} may change and follow nothing here.`,
          remedy:
            'Use the pages of this server, or a bearer token; behind a proxy set PUBLIC_URL to what people see, and of other pages name ALLOWED_ORIGINS.',
          status: 403,
        }),
      )
    }
    try {
      request.account = await accountOf(context, request)
    } catch (error) {
      if (error instanceof Problem) return sendProblem(reply, error)
      throw error
    }
    if (isOpen(request)) return
    if (!request.account) {
      return sendProblem(
        reply,
        new Problem({
          code: 'not-signed-in',
          message: 'This needs a sign-in.',
          remedy: 'Send `Authorization: Bearer …` with the token in DATA_DIR/admin-token, or sign in on the page.',
          status: 401,
        }),
      )
    }
    const needs = needsOf(request)
    if (needs === undefined || needs === 'anybody' || needs === 'owner-link' || needs === 'signed-in') return
    const action = typeof needs === 'object' ? needs[0] : needs
    request.scope = scopeOf(request.account.roles, action) ?? null
    if (!request.scope) return sendProblem(reply, refused(request.account, action))
    if (request.account.readOnly && changes) return sendProblem(reply, onlyReads(request.account))
  }

/** What the call that answers needs. Judged by its route, never by the URL as it was written: `/%61pi/` is `/api/` as well. */
export const needsOf = ({ method, routeOptions }: FastifyRequest): Needs | undefined =>
  routeOptions.url === undefined ? undefined : needsOfRoute(method, routeOptions.url)

const onlyReads = ({ name }: Account): Problem =>
  new Problem({
    code: 'read-only-key',
    message: `The key '${name}' may look, and change nothing.`,
    remedy: 'Use one that may change.',
    status: 403,
  })

const refused = ({ roles }: Account, action: Action): Problem =>
  new Problem({
    code: 'not-allowed',
    message: `This (${action}) is not for ${roles.join(', ')}.`,
    remedy: `It is for ${rolesThatMay(action).join(', ')}; ask an administrator.`,
    status: 403,
  })

/** May it be called without a sign-in? */
function isOpen(request: FastifyRequest): boolean {
  const route = request.routeOptions.url
  // Nothing answers there but "no such call".
  if (route === undefined) return !request.url.startsWith('/api/')
  if (route === '/metrics') return isLocal(request)
  return isOpenRoute(request.method, route)
}
export function isOpenRoute(method: string, route: string): boolean {
  const needs = needsOfRoute(method, route)
  return needs === undefined ? !route.startsWith('/api/') : needs === 'anybody' || needs === 'owner-link'
}

/** With a token no cookie counts; any other authorization is none of ours, and changes nothing. */
const isBearer = (request: FastifyRequest): boolean => request.headers.authorization?.startsWith('Bearer ') ?? false

async function accountOf(context: SignInContext, request: FastifyRequest): Promise<Account | null> {
  const header = request.headers.authorization
  if (header !== undefined && isBearer(request)) {
    const token = header.slice(7)
    if (sameSecret(token, context.adminToken)) return { id: 'token', name: 'token', roles: ['admin'] }
    if (context.simulationToken && sameSecret(token, context.simulationToken)) {
      return { id: 'simulation', name: 'simulation', roles: ['admin'] }
    }
    return token.startsWith(KEY_PREFIX) ? context.accounts.whoHas(token) : null
  }
  return context.accounts.whoIs(request.headers.cookie)
}

/** How histories name who asked: people at a page are `user:NAME`, engineers by their own name. */
export const actorOf = (request: FastifyRequest): string => request.actor ?? accountNameOf(request)
/** Whose account it is that asked, for the audit. */
export const accountNameOf = ({ account }: FastifyRequest): string => {
  if (!account) return 'owner'
  if (account.id === 'token' || account.id === 'simulation') return account.id
  return account.id.startsWith('key:') ? `key:${account.name}` : `user:${account.name}`
}
