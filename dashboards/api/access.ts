import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../core/index.ts'
import type { Account } from './accounts.ts'
import type { ApiContext } from './apiContext.ts'
import { sendProblem } from './problem.ts'
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
    request.account = await accountOf(context, request)
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
    if (changes && request.account.role === 'viewer') {
      return sendProblem(
        reply,
        new Problem({
          code: 'not-allowed',
          message: 'A viewer may look, and change nothing.',
          remedy: 'Ask an administrator for the role of the desk.',
          status: 403,
        }),
      )
    }
  }

/**
 * May it be called without a sign-in? Judged by the route that answers, never by the URL as it was written: `/%61pi/`
 * is `/api/` as well.
 */
function isOpen(request: FastifyRequest): boolean {
  const route = request.routeOptions.url
  // Nothing answers there but "no such call".
  if (route === undefined) return !request.url.startsWith('/api/')
  if (route === '/metrics') return isLocal(request)
  return isOpenRoute(route)
}
export function isOpenRoute(route: string): boolean {
  if (route === '/healthz' || route === '/readyz') return true
  if (route.startsWith('/api/'))
    return route.startsWith('/api/t/') || route.startsWith('/api/o/') || /^\/api\/session(\/|$)/.test(route)
  // The pages' own files hold no data; what they show comes from calls that ask for a sign-in.
  return route !== '/openapi.json'
}

/** With a token no cookie counts; any other authorization is none of ours, and changes nothing. */
const isBearer = (request: FastifyRequest): boolean => request.headers.authorization?.startsWith('Bearer ') ?? false

async function accountOf(context: SignInContext, request: FastifyRequest): Promise<Account | null> {
  const header = request.headers.authorization
  if (header !== undefined && isBearer(request)) {
    const token = header.slice(7)
    if (sameSecret(token, context.adminToken)) return { id: 'token', name: 'token', role: 'admin' }
    if (context.simulationToken && sameSecret(token, context.simulationToken)) {
      return { id: 'simulation', name: 'simulation', role: 'admin' }
    }
    return null
  }
  return context.accounts.whoIs(request.headers.cookie)
}

/** How the history names who asked: people at a page are `user:NAME`. */
export const actorOf = (request: FastifyRequest): string => {
  const { account } = request
  if (!account) return 'owner'
  return account.id === 'token' || account.id === 'simulation' ? account.id : `user:${account.name}`
}

/** What a route lets nobody but an administrator do, judged before its body is. @param does what only they do */
export const onlyAdmin = (does: string) => ({ onRequest: onlyFor(['admin'], `Only an administrator ${does}.`) })
/** What a route shows to an administrator and to the desk alone. @param what they see */
export const noViewer = (what: string) => ({ onRequest: onlyFor(['admin', 'desk'], `A viewer may not see ${what}.`) })

function onlyFor(may: readonly string[], message: string): (request: FastifyRequest) => Promise<void> {
  return async ({ account }) => {
    if (account && may.includes(account.role)) return
    throw new Problem({ code: 'not-allowed', message, remedy: 'Ask an administrator.', status: 403 })
  }
}
