import { existsSync } from 'node:fs'
import { join } from 'node:path'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { jsonFault, Problem, textFault } from '../../core/index.ts'
import type { Account } from './accounts.ts'
import { auditCalls } from './auditCalls.ts'
import { linkOf, linkQuota } from './linkQuota.ts'
import type { ApiParts } from './parts.ts'
import { handleErrors, sendProblem } from './problem.ts'
import { alertRoutes } from './routes/alerts.ts'
import { applianceRoutes } from './routes/appliances.ts'
import { auditRoutes } from './routes/audit.ts'
import { commandRoutes } from './routes/commands.ts'
import { crewRoutes } from './routes/crew.ts'
import { dispatchRoutes } from './routes/dispatch.ts'
import { fleetRoutes } from './routes/fleet.ts'
import { importRoutes } from './routes/imports.ts'
import { ingestRoutes } from './routes/ingest.ts'
import { intakeRoutes } from './routes/intake.ts'
import { modelRoutes } from './routes/models.ts'
import { ownerRoutes } from './routes/owner.ts'
import { peopleRoutes } from './routes/people.ts'
import { policyRoutes } from './routes/policy.ts'
import { qualityRoutes } from './routes/quality.ts'
import { remoteRoutes } from './routes/remote.ts'
import { sessionRoutes } from './routes/session.ts'
import { simulatorRoutes } from './routes/simulator.ts'
import { systemRoutes } from './routes/system.ts'
import { ticketRoutes } from './routes/tickets.ts'
import { visitRoutes } from './routes/visits.ts'
import { sameSecret } from './sameSecret.ts'
import { isLocal } from './whereFrom.ts'

declare module 'fastify' {
  interface FastifyRequest {
    account: Account | null
  }
}

/** Fastify that knows the zod schemas of its routes. */
export type Api = FastifyInstance<
  import('node:http').Server,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

const BODY_LIMIT = 16 << 20
/** Before a sign-in nobody has that much to say. */
const STRANGERS_BODY_LIMIT = 64 << 10

/** The HTTP side, not yet listening. `webDir` holds the built pages. */
export async function createApi(parts: ApiParts, webDir: string, logger: FastifyBaseLogger): Promise<Api> {
  const app = Fastify({
    loggerInstance: logger,
    disableRequestLogging: true,
    bodyLimit: STRANGERS_BODY_LIMIT,
    trustProxy: parts.settings.TRUSTED_PROXIES ?? false,
    requestTimeout: 60_000,
    // Who begins a request goes on with it, or goes.
    http: { headersTimeout: 8_500, connectionsCheckingInterval: 1_000 },
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: true,
    // A URL that cannot be decoded never reaches a route, nor its error handler.
    frameworkErrors: (error, _request, reply) =>
      void sendProblem(
        reply as unknown as FastifyReply,
        new Problem({
          code: 'bad-url',
          message: `${error.message}.`,
          remedy: 'Correct the URL; GET /openapi.json lists every call.',
        }),
      ),
  }).withTypeProvider<ZodTypeProvider>() as unknown as Api
  app.setValidatorCompiler((route) => {
    const validate = validatorCompiler(route as never)
    // Fastify says null where no body came; an optional one is then absent, not wrong.
    return (data: unknown) => validate(data === null && route.httpPart === 'body' ? undefined : data)
  })
  app.setSerializerCompiler(serializerCompiler)
  handleErrors(app as unknown as FastifyInstance)
  // Some callers name JSON and send nothing.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') return done(null, undefined)
    try {
      const value: unknown = JSON.parse(body as string)
      const fault = jsonFault(value)
      if (fault) {
        return done(
          new Problem({
            code: 'bad-body',
            message: `The body ${fault}.`,
            remedy: 'Send what the call describes; GET /openapi.json has it.',
          }),
        )
      }
      const text = textFault(value)
      if (!text) return done(null, value)
      done(
        new Problem({
          code: 'bad-text',
          message: `${text.path || 'The body'} ${text.fault}.`,
          remedy: 'Leave it out; of those, a text may have tabs and line breaks.',
          status: 422,
          ...(text.path ? { concerns: text.path } : {}),
        }),
      )
    } catch (error) {
      done(
        new Problem({
          code: 'bad-json',
          message: `The body is no JSON: ${(error as Error).message}.`,
          remedy: 'Send one JSON document.',
        }),
      )
    }
  })

  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        // `self` is the page's own host, its web socket included.
        connectSrc: ["'self'"],
        frameAncestors: ["'self'"],
        upgradeInsecureRequests: null,
      },
    },
    hsts: parts.publicUrl.startsWith('https:'),
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  })
  await app.register(rateLimit, {
    max: 1_200,
    timeWindow: '1 minute',
    allowList: (request: FastifyRequest) => isLocal(request),
  })
  await app.register(swagger, {
    openapi: {
      info: { title: 'Hearthwatch', version: '1', description: 'The appliance files its own ticket.' },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: jsonSchemaTransform,
  })

  app.addHook('onRoute', (route) => {
    if (!isOpenRoute(route.url)) route.bodyLimit ??= BODY_LIMIT
  })
  const writeDown = auditCalls(parts.audit, parts.wall, actorOf)
  app.decorateRequest('account', null)
  app.addHook('onRequest', async (request, reply) => {
    const turnAway = (problem: Problem): FastifyReply => {
      // Whatever it still sends is not read.
      const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
      if (length !== undefined || encoding !== undefined) reply.header('connection', 'close')
      return sendProblem(reply, problem)
    }
    if (/%00/.test(request.url)) {
      return turnAway(
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
    if (isUse && !isBearer(request) && !parts.ownPages.has(request.raw)) {
      return turnAway(
        new Problem({
          code: 'other-origin',
          message: `A page of ${request.headers.origin} may change and follow nothing here.`,
          remedy:
            'Use the pages of this server, or a bearer token; behind a proxy set PUBLIC_URL to what people see, and of other pages name ALLOWED_ORIGINS.',
          status: 403,
        }),
      )
    }
    request.account = await accountOf(parts, request)
    if (isOpen(request)) return
    if (!request.account) {
      return turnAway(
        new Problem({
          code: 'not-signed-in',
          message: 'This needs a sign-in.',
          remedy: 'Send `Authorization: Bearer …` with the token in DATA_DIR/admin-token, or sign in on the page.',
          status: 401,
        }),
      )
    }
    if (changes && request.account.role === 'viewer') {
      return turnAway(
        new Problem({
          code: 'not-allowed',
          message: 'A viewer may look, and change nothing.',
          remedy: 'Ask an administrator for the role of the desk.',
          status: 403,
        }),
      )
    }
  })

  // A link that opens nothing is told so before its body is read.
  app.addHook('onRequest', async (request) => {
    const link = linkOf(request)
    if (link) await (link.of === 'o' ? parts.desk.applianceBySecret(link.secret) : parts.desk.bySecret(link.secret))
  })
  app.addHook('preHandler', linkQuota(parts.database, parts.wall))
  app.addHook('onSend', async (request, reply, payload) => {
    // Answers are of people and for people: nobody keeps them.
    if (request.routeOptions.url?.startsWith('/api/')) reply.header('cache-control', 'no-store')
    await writeDown(request, reply)
    return payload
  })
  parts.accounts.onEnded((ended) => parts.events.end(ended))

  for (const routes of [
    sessionRoutes,
    systemRoutes,
    applianceRoutes,
    commandRoutes,
    auditRoutes,
    importRoutes,
    alertRoutes,
    ticketRoutes,
    dispatchRoutes,
    ownerRoutes,
    intakeRoutes,
    visitRoutes,
    crewRoutes,
    remoteRoutes,
    qualityRoutes,
    modelRoutes,
    peopleRoutes,
    policyRoutes,
    ingestRoutes,
    fleetRoutes,
    simulatorRoutes,
  ]) {
    await app.register(async (scope) => routes(scope as unknown as Api, parts))
  }
  if (existsSync(join(webDir, 'index.html'))) await servePages(app, webDir)
  return app
}

/** @returns the port that it listens on @throws Problem `port-taken` */
export async function listenApi(api: Api, host: string, port: number): Promise<number> {
  await api.listen({ host, port }).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EADDRINUSE'
      ? new Problem({
          code: 'port-taken',
          message: `PORT ${port} on ${host} is taken.`,
          remedy: 'Stop what listens there, or set PORT to another one (0 takes any free port).',
          concerns: 'PORT',
        })
      : cause
  })
  const address = api.server.address()
  return typeof address === 'object' && address ? address.port : port
}

/** Every path that is no call and no file is a page of the one application. */
async function servePages(app: Api, webDir: string): Promise<void> {
  await app.register(fastifyStatic, { root: webDir, wildcard: false, index: false, maxAge: '1y', immutable: true })
  const pages = [
    '/',
    '/sign-in',
    '/alerts',
    '/tickets',
    '/dispatch',
    '/trends',
    '/scoreboard',
    '/data',
    '/simulator',
    '/connect',
    '/people',
    '/parts',
    '/inbox',
    '/settings',
    '/policy',
    '/care',
    '/quality',
    '/file',
  ]
  for (const path of [
    ...pages,
    '/appliances/:id',
    '/tickets/:id',
    '/t/:secret',
    '/o/:secret',
    '/alerts/:id',
    '/docs',
  ]) {
    app.get(path, { schema: { hide: true } }, (_request, reply) =>
      reply
        .header('cache-control', /^\/[to]\//.test(path) ? 'no-store' : 'no-cache')
        .sendFile('index.html', { cacheControl: false }),
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
function isOpenRoute(route: string): boolean {
  if (route === '/healthz' || route === '/readyz') return true
  if (route.startsWith('/api/'))
    return route.startsWith('/api/t/') || route.startsWith('/api/o/') || /^\/api\/session(\/|$)/.test(route)
  // The pages' own files hold no data; what they show comes from calls that ask for a sign-in.
  return route !== '/openapi.json'
}

/** With a token no cookie counts; any other authorization is none of ours, and changes nothing. */
const isBearer = (request: FastifyRequest): boolean => request.headers.authorization?.startsWith('Bearer ') ?? false

async function accountOf(parts: ApiParts, request: FastifyRequest): Promise<Account | null> {
  const header = request.headers.authorization
  if (header !== undefined && isBearer(request)) {
    const token = header.slice(7)
    if (sameSecret(token, parts.adminToken)) return { id: 'token', name: 'token', role: 'admin' }
    if (parts.simulationToken && sameSecret(token, parts.simulationToken)) {
      return { id: 'simulation', name: 'simulation', role: 'admin' }
    }
    return null
  }
  return parts.accounts.whoIs(request.headers.cookie)
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
