import { existsSync } from 'node:fs'
import type { RequestListener, Server } from 'node:http'
import { join } from 'node:path'
import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { Problem } from '../../core/index.ts'
import { accountNameOf, guard, isOpenRoute } from './access.ts'
import type { ApiContext } from './apiContext.ts'
import type { Api } from './app.ts'
import { auditCalls } from './auditCalls.ts'
import { describeNamed, describeRoute, requireAnswer } from './describeAnswers.ts'
import { readJsonBody } from './jsonBody.ts'
import { shownOf } from './ownersData.ts'
import { ownOnly } from './ownScope.ts'
import { knownNames } from './passes/knownNames.ts'
import { linkOf, linkQuota } from './passes/linkQuota.ts'
import { repeats } from './passes/repeats.ts'
import { handleErrors, sendProblem } from './problem.ts'
import { requireEntry } from './routeNeeds.ts'
import { accountHomeRoutes } from './routes/access/accountHome.ts'
import { auditRoutes } from './routes/access/audit.ts'
import { claimRoutes } from './routes/access/claims.ts'
import { limitRoutes } from './routes/access/limits.ts'
import { ownedBySecret, ownPageRoutes } from './routes/access/ownPage.ts'
import { privacyRoutes } from './routes/access/privacy.ts'
import { secretRoutes } from './routes/access/secrets.ts'
import { sessionRoutes } from './routes/access/session.ts'
import { alertRoutes } from './routes/alerts.ts'
import { applianceRoutes } from './routes/appliances.ts'
import { backupRoutes } from './routes/backup.ts'
import { campaignRoutes } from './routes/care/campaigns.ts'
import { careRoutes } from './routes/care/care.ts'
import { maintenanceRoutes } from './routes/care/maintenance.ts'
import { ruleRoutes } from './routes/care/rules.ts'
import { channelRoutes } from './routes/channels.ts'
import { commandRoutes } from './routes/commands.ts'
import { crewRoutes } from './routes/crew.ts'
import { dispatchRoutes } from './routes/dispatch.ts'
import { fleetRoutes } from './routes/fleet.ts'
import { importRoutes } from './routes/imports.ts'
import { ingestRoutes } from './routes/ingest.ts'
import { intakeRoutes } from './routes/intake.ts'
import { asyncApiRoutes } from './routes/links/asyncApi.ts'
import { homeAssistantRoutes } from './routes/links/homeAssistant.ts'
import { mappingRoutes } from './routes/links/mapping.ts'
import { modelRoutes } from './routes/models.ts'
import { onCallRoutes } from './routes/onCall.ts'
import { ownerRoutes } from './routes/owner.ts'
import { homeRoutes } from './routes/pages/home.ts'
import { myRoutes } from './routes/pages/my.ts'
import { searchRoutes } from './routes/pages/search.ts'
import { peopleRoutes } from './routes/people.ts'
import { policyRoutes } from './routes/policy.ts'
import { qualityRoutes } from './routes/quality.ts'
import { remoteRoutes } from './routes/remote.ts'
import { reportRoutes } from './routes/report.ts'
import { assistantRoutes } from './routes/service/assistant.ts'
import { diagnosisRoutes } from './routes/service/diagnoses.ts'
import { knowledgeRoutes } from './routes/service/knowledge.ts'
import { memberRoutes } from './routes/service/members.ts'
import { networkRoutes } from './routes/service/network.ts'
import { paymentRoutes } from './routes/service/payments.ts'
import { projectRoutes } from './routes/service/projects.ts'
import { signalRoutes } from './routes/signals.ts'
import { simulatorRoutes } from './routes/simulator.ts'
import { systemRoutes } from './routes/system.ts'
import { ticketRoutes } from './routes/tickets.ts'
import { visitRoutes } from './routes/visits.ts'
import { asTable } from './tables/asTable.ts'
import { servePages } from './webPages.ts'
import { isLocal } from './whereFrom.ts'
import { withoutOwners } from './withoutOwners.ts'

const BODY_LIMIT = 16 << 20
/** Before a sign-in nobody has that much to say. */
const STRANGERS_BODY_LIMIT = 64 << 10

/** A catalog of 88 KB is 12 KB by it, in a millisecond. */
const ANSWER_QUALITY = 4

/** In the order in which the document lists them. */
const everyRoute = [
  sessionRoutes,
  systemRoutes,
  applianceRoutes,
  signalRoutes,
  reportRoutes,
  commandRoutes,
  channelRoutes,
  onCallRoutes,
  auditRoutes,
  limitRoutes,
  claimRoutes,
  secretRoutes,
  privacyRoutes,
  ownPageRoutes,
  backupRoutes,
  importRoutes,
  alertRoutes,
  ticketRoutes,
  dispatchRoutes,
  ownerRoutes,
  homeRoutes,
  accountHomeRoutes,
  myRoutes,
  intakeRoutes,
  visitRoutes,
  crewRoutes,
  remoteRoutes,
  qualityRoutes,
  knowledgeRoutes,
  diagnosisRoutes,
  assistantRoutes,
  networkRoutes,
  memberRoutes,
  projectRoutes,
  paymentRoutes,
  modelRoutes,
  peopleRoutes,
  policyRoutes,
  ruleRoutes,
  careRoutes,
  campaignRoutes,
  maintenanceRoutes,
  ingestRoutes,
  mappingRoutes,
  homeAssistantRoutes,
  asyncApiRoutes,
  fleetRoutes,
  searchRoutes,
  simulatorRoutes,
]

/** A server that somebody else opened, and closes. */
export interface HttpDoor {
  server: Server
  serve(listener: RequestListener): void
}

/** The HTTP side. `webDir` holds the built pages; it answers at the `door` once it is whole, and listens nowhere itself. */
export async function createApi(
  context: ApiContext,
  webDir: string,
  logger: FastifyBaseLogger,
  door?: HttpDoor,
): Promise<Api> {
  const app = Fastify({
    loggerInstance: logger,
    disableRequestLogging: true,
    bodyLimit: STRANGERS_BODY_LIMIT,
    trustProxy: context.settings.TRUSTED_PROXIES ?? false,
    ...(door ? { serverFactory: () => door.server } : {}),
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
  app.setSerializerCompiler<z.ZodType>(
    ({ schema, method, url }) =>
      (answer) =>
        context.answers.serialize(`${method} ${url}`, schema, answer),
  )
  handleErrors(app as unknown as FastifyInstance)
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, readJsonBody)

  await registerPlugins(app, context)

  addHooks(app, context)
  context.accounts.onEnded((ended) => context.events.end(ended))

  for (const routes of everyRoute) {
    await app.register(async (scope) => routes(scope as unknown as Api, context))
  }
  if (existsSync(join(webDir, 'index.html'))) await servePages(app, webDir)
  if (door) {
    await app.ready()
    door.serve((request, response) => app.routing(request, response))
  }
  return app
}

/** What each call passes: who asks, whether they may, whose it is, what of owners is shown, and what is written down. */
function addHooks(app: Api, context: ApiContext): void {
  app.addHook('onRoute', (route) => {
    requireAnswer(route)
    for (const method of [route.method].flat()) {
      requireEntry(method, route.url)
      if (!isOpenRoute(method, route.url)) route.bodyLimit ??= BODY_LIMIT
    }
  })
  const writeDown = auditCalls(context.audit, context.wall, accountNameOf)
  app.decorateRequest('account', null)
  app.decorateRequest('scope', null)
  app.decorateRequest('ownTicket', null)
  app.decorateRequest('actor', null)
  app.decorateRequest('isElsewhere', false)
  app.addHook('onRequest', guard(context))
  // A link that opens nothing is told so before its body is read.
  app.addHook('onRequest', async (request) => {
    const link = linkOf(request)
    if (link?.of === 'o') await context.desk.applianceBySecret(link.secret)
    if (link?.of === 't') await context.desk.bySecret(link.secret)
    if (link?.of === 'p') await ownedBySecret(context, link.secret)
  })
  app.addHook('preValidation', ownOnly(context))
  app.addHook('preValidation', asTable.known)
  app.addHook('preHandler', knownNames(context))
  app.addHook('preHandler', linkQuota(context.database, context.wall))
  const repeated = repeats(context)
  app.addHook('preHandler', repeated.known)
  app.addHook('preHandler', repeated.within)
  app.addHook('preSerialization', async (request, _reply, payload) => withoutOwners(payload, shownOf(request, context)))
  app.addHook('onSend', async (request, reply, payload) => {
    // Answers are of people and for people: nobody keeps them.
    if (request.routeOptions.url?.startsWith('/api/')) reply.header('cache-control', 'no-store')
    await writeDown(request, reply)
    return asTable.sent(request, reply, payload)
  })
}

async function registerPlugins(app: Api, { publicUrl }: Pick<ApiContext, 'publicUrl'>): Promise<void> {
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
    hsts: publicUrl.startsWith('https:'),
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  })
  // Pages lie compressed beside themselves; answers are compressed as they leave.
  await app.register(compress, {
    customTypes: /^(?:application\/(?:problem\+)?json|text\/csv)/,
    encodings: ['br', 'gzip'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: ANSWER_QUALITY } },
    globalDecompression: false,
  })
  await app.register(rateLimit, {
    max: 1_200,
    timeWindow: '1 minute',
    allowList: (request: FastifyRequest) => isLocal(request),
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Hearthwatch',
        version: '1',
        description:
          'The appliance files its own ticket. What answers `items` is had as a table, too: `?as=csv`, `?as=parquet`.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: describeRoute,
    transformObject: describeNamed,
  })
}
