import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { alertRecords, publicTargets, pushKeys } from '../alerts/index.ts'
import type { Catalog } from '../catalog/index.ts'
import { type Database, FIRST, isInService, type Settings, type World, wallClock } from '../core/index.ts'
import {
  type Accounts,
  AnswerWatch,
  type ApiContext,
  createApi,
  type EventHub,
  type Organisations,
  ownPages,
  type PipelineStatus,
} from '../dashboards/index.ts'
import { secretFile } from '../database/index.ts'
import { requeueFrame } from '../ingest/index.ts'
import {
  httpAssistant,
  httpPayments,
  openKnowledge,
  openMembers,
  openOutletBook,
  openPartsService,
  openPayments,
  openPeople,
  openQuality,
} from '../service/index.ts'
import { render } from '../words/index.ts'
import { openBackups } from './backup/backups.ts'
import type { WorldToCopy } from './backup/copyWorld.ts'
import { shownOf } from './care/shownOf.ts'
import type { Ending } from './ending.ts'
import { createMetrics } from './metrics.ts'
import type { Flow } from './openFlow.ts'
import type { Ingress } from './openIngress.ts'
import { type InstallationIds, withOwnIds } from './organisations/installationIds.ts'
import { ownersRights } from './privacy/ownersRights.ts'
import { previewRule } from './rules/previewRule.ts'
import { startHomeAssistant } from './start/startHomeAssistant.ts'
import { startJobs } from './start/startJobs.ts'
import { startSimulator } from './start/startSimulator.ts'

interface ApiOptions {
  ids: InstallationIds
  settings: Settings
  world: World
  catalog: Catalog
  catalogDir: string
  logger: Logger
  ending: Ending
  ingress: Ingress
  flow: Flow
  accounts: Accounts
  events: EventHub
  ready: () => boolean
  organisations: Organisations
  /** Of the installation: where its token and the keys of browser push are. */
  installationDir: string
  /** What is copied of the organisations beside it. */
  copiedToo?: () => WorldToCopy[]
  /** How the doors stand that run by themselves. */
  edges?: (() => Promise<NonNullable<PipelineStatus['edges']>>) | undefined
  /** Where the first organisation takes them. */
  backups?: ApiContext['backups']
  /** Leads what comes in at these doors to whose it is; by default all of it is answered here. */
  front?: (own: RequestListener) => RequestListener
}

/** The API and the pages behind the HTTP port, the jobs that leave the product, and the simulated world. */
export async function openApi(options: ApiOptions) {
  const { settings, world, catalog, logger, ending, ingress, flow, accounts, events } = options
  const { opened, ingressOpened, failed, onRetryableError } = ending
  const { audit, database, http, broker, clock, publicUrl } = ingress
  const { registry, policies, policy, commands, desk, alerts, announcer } = ingress
  const { pipeline, disk } = flow
  const adminToken = settings.ADMIN_TOKEN ?? (await secretFile(join(options.installationDir, 'admin-token')))
  const simulationToken = randomBytes(32).toString('base64url')
  const keys = await pushKeys(join(options.installationDir, 'push-keys.json'))
  const targets = publicTargets(settings.ALLOW_PRIVATE_TARGETS ?? [])
  const { jobs, mails } = await startJobs({
    targets,
    settings,
    world,
    database,
    keys,
    adminToken,
    logger,
    onRetryableError,
    ingress,
  })
  database.afterCommit(() => jobs.wake())
  opened(() => jobs.close())
  const simulator = settings.SIMULATE > 0 ? startSimulator(failed, onRetryableError) : undefined
  const reading = flowContext(ingress, flow, options.edges)
  const pages = ownPages(settings, () => publicUrl)
  const rights = ownersRights(options.installationDir, world, ingress, mails, accounts)
  const service = await serviceContext(settings, ingress, catalog)
  const people = withOwnIds(service.people, options.ids, world.organisation ?? FIRST)
  const answers = new AnswerWatch({ isStrict: settings.STRICT_ANSWERS, wall: wallClock, log: logger })
  const api = await createApi(
    {
      settings: {
        ...settings,
        MQTT_PORT: broker.port || settings.MQTT_PORT,
        MQTTS_PORT: broker.securePort ?? settings.MQTTS_PORT,
      },
      world,
      publicUrl,
      adminToken,
      simulationToken,
      catalog,
      clock,
      wall: wallClock,
      database,
      registry,
      alerts,
      desk,
      ...service,
      people,
      policy,
      policies,
      announcer,
      ...toldContext(ingress),
      jobs,
      accounts,
      answers,
      audit,
      ...rights,
      events,
      ...reading,
      ...startHomeAssistant(settings, { registry, alerts, desk, catalog, ...reading }, ingress, ending),
      backups: options.backups ?? openBackups(settings, world, ingress.log, flow.store, options.copiedToo),
      commands,
      ...careContext(options),
      ...(simulator ? { simulator: simulator.control } : {}),
      metrics: createMetrics({ pipeline, broker, events, answers, jobs, disk, edges: options.edges }),
      pushPublicKey: keys.publicKey,
      ownPages: pages,
      targets,
      ready: options.ready,
      organisations: options.organisations,
    },
    new URL('../dashboards/web/dist', import.meta.url).pathname,
    logger,
    { server: http.server, serve: (own) => http.serve(options.front?.(own) ?? own) },
  )
  ingressOpened(() => api.close())
  for (const server of http.servers) broker.attachWebSocket(server, '/mqtt', pages.orNoPage)
  const watching = setInterval(() => pipeline.watch([...events.watched()]), 1_000)
  ingressOpened(() => clearInterval(watching))
  if (simulator) openSimulated(simulator, options, simulationToken)
  return { api, audit, claims: rights.claims, people, adminToken }
}
export type OpenApi = Awaited<ReturnType<typeof openApi>>

function openSimulated(
  simulator: ReturnType<typeof startSimulator>,
  { settings, world, catalogDir, ingress: { broker, http }, ending: { ingressOpened } }: ApiOptions,
  token: string,
): void {
  simulator.open({
    ...simulated(settings),
    worldDir: world.dir,
    catalogDir,
    mqttUrl: `mqtt://127.0.0.1:${broker.port}`,
    apiUrl: `http://127.0.0.1:${http.port}`,
    token,
  })
  ingressOpened(() => simulator.close())
}

/** What the desk is made of besides its tickets. */
export const serviceContext = async (
  { ASSISTANT_URL, ASSISTANT_MODEL, ASSISTANT_TOKEN, PAYMENT_URL, PAYMENT_SECRET, PAYMENT_PAGES = [] }: Settings,
  {
    database,
    clock,
    policy,
    registry,
    desk,
  }: Pick<Ingress, 'clock' | 'policy' | 'registry' | 'desk'> & { database: Database },
  catalog: Catalog,
): Promise<Pick<ApiContext, 'payments' | 'people' | 'parts' | 'quality' | 'knowledge' | 'outlets' | 'members'>> => ({
  payments: openPayments({
    ...{ database, desk, clock, wall: wallClock },
    provider:
      PAYMENT_URL && PAYMENT_SECRET
        ? httpPayments({ url: PAYMENT_URL, secret: PAYMENT_SECRET, pages: PAYMENT_PAGES, wall: wallClock })
        : undefined,
  }),
  people: openPeople(database, clock, policy),
  parts: openPartsService({ database, alerts: alertRecords, catalog, clock, appliance: registry.get }),
  quality: openQuality({ database, clock, policy, appliances: registry.all }),
  outlets: openOutletBook({ database, clock, policy }),
  members: openMembers({ database, clock, policy, registry }),
  knowledge: await openKnowledge({
    database,
    clock,
    catalog,
    policy,
    render,
    desk,
    appliance: registry.inService,
    model: ASSISTANT_URL
      ? httpAssistant({ url: ASSISTANT_URL, model: ASSISTANT_MODEL, token: ASSISTANT_TOKEN })
      : undefined,
  }),
})
type CareParts = 'campaigns' | 'care' | 'previewRule' | 'rules' | 'shownOf'

/** Rules that people write, and what is done for owners unasked. */
function careContext({ catalog, ingress, flow }: ApiOptions): Pick<ApiContext, CareParts> {
  const looked = {
    catalog,
    store: flow.store,
    database: ingress.database,
    alerts: alertRecords,
    appliances: ingress.registry.all,
    visitCents: () => ingress.policy.cost.plannedVisitCents,
  }
  const { rules, care, campaigns, store } = flow
  return {
    rules,
    care,
    campaigns,
    previewRule: (rule, span) => previewRule(looked, rule, span),
    shownOf: (tip) => shownOf(store, ingress.registry.all().filter(isInService), tip, ingress.clock.now()),
  }
}

const simulated = (settings: Settings) => ({
  seed: settings.SIMULATE_SEED,
  appliances: settings.SIMULATE,
  speed: settings.SIMULATE_SPEED,
  days: settings.SIMULATE_DAYS,
})

/** By whom people are told, and what became of it. */
const toldContext = ({
  book,
  deliveries,
  onCall,
  escalations,
  maintenance,
}: Ingress): Pick<ApiContext, 'channels' | 'deliveries' | 'onCall' | 'escalations' | 'maintenance'> => ({
  channels: book,
  deliveries,
  onCall,
  escalations,
  maintenance,
})

/** What the API says of readings on their way, and of the models that judge them. */
function flowContext(
  { log, broker, admission, mapping }: Ingress,
  { store, pipeline, housekeeping, healthStore, disk, models, reconciler }: Flow,
  edges: ApiOptions['edges'],
): Pick<
  ApiContext,
  | 'models'
  | 'modelsControl'
  | 'store'
  | 'health'
  | 'pipeline'
  | 'requeue'
  | 'misdirected'
  | 'mapping'
  | 'otlp'
  | 'outsideBroker'
  | 'quota'
  | 'quotas'
> {
  return {
    models,
    modelsControl: reconciler.control,
    store,
    health: {
      of: healthStore.of,
      firstHeard: healthStore.firstHeard,
      online: (id) => broker.isOnline(id),
      hearing: (id) => pipeline.hearing(id),
      clockAheadMs: (id) => pipeline.wrongClock(id)?.aheadMs ?? undefined,
    },
    pipeline: async () => {
      const { counters, readings: _, ...lags } = pipeline.status()
      return {
        counters: counters ?? (await store.counters()),
        ...lags,
        readingsPerSecond: housekeeping.readingsPerSecond,
        wrongClocks: pipeline.wrongClocks(),
        disk: disk.forecast(),
        ...(edges ? { edges: await edges() } : {}),
      }
    },
    requeue: async (rows) => {
      await Promise.all(rows.map((row) => log.append(requeueFrame(row, wallClock.now()))))
    },
    misdirected: (appliance) => broker.misdirected(appliance),
    mapping,
    outsideBroker: () => broker.outside(),
    otlp: (body) => mapping.hearOtlp(body, admission.door),
    quota: admission.quota,
    quotas: admission.quotas,
  }
}
