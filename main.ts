// Composition: reads the settings, opens the parts, connects them, and closes them in reverse order.
import { randomBytes } from 'node:crypto'
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { pino } from 'pino'
import { alertRecords, openAlerts, openAnnouncer, publicTargets, pushKeys } from './alerts/index.ts'
import { openBroker, openSessionStore } from './broker/index.ts'
import { loadCatalog } from './catalog/index.ts'
import { type Clock, Problem, readSettings, wallClock, worldOf } from './core/index.ts'
import { checkReach, createApi, EventHub, listenApi, openAccounts, ownPages, secretFile } from './dashboards/index.ts'
import { keepCatalogVersion, openJournal, requeueFrame } from './ingest/index.ts'
import {
  openAudit,
  openCommands,
  openHealthStore,
  openModelRegistry,
  openOwnerLinks,
  openPartsService,
  openPeople,
  openPolicies,
  openQuality,
  openRegistry,
  openTicketService,
  pinnedWindows,
} from './service/index.ts'
import { openControlLoop } from './workers/controlLoop.ts'
import { createDecider } from './workers/decide.ts'
import { openDiskWatch, warnOfDisk } from './workers/diskWatch.ts'
import { openEnding } from './workers/ending.ts'
import { createMetrics } from './workers/metrics.ts'
import { openModelReconciler } from './workers/modelReconciler.ts'
import { openPipeline } from './workers/pipeline.ts'
import { openRetention } from './workers/retention.ts'
import { startDatabase, startStore } from './workers/start.ts'
import { startJobs } from './workers/startJobs.ts'
import { startSimulator } from './workers/startSimulator.ts'
import { openSuspects } from './workers/suspects.ts'
import { tellSession, tellWhoStayedAway } from './workers/tellSession.ts'
import { startTicking } from './workers/ticking.ts'
import { wakingDatabase } from './workers/wakingDatabase.ts'
import { openWorld } from './workers/world.ts'

// Garbage that grew old is taken away before the heap has doubled: what strangers send stays small in memory, too.
setFlagsFromString('--heap-growing-percent=20')

/** Until something is open, ending is only going. */
let end: (code: number) => void = process.exit

try {
  await start()
} catch (error) {
  if (!(error instanceof Problem)) throw error
  console.error(`${error.message} ${error.remedy}`)
  // Threads that work are ended one by one: to go while the store still does can crash.
  end(1)
}

async function start(): Promise<void> {
  const settings = readSettings(process.env)
  // What this process and its threads write is for its own user: readings, owners, keys, the journal.
  process.umask(0o077)
  const world = worldOf(settings)
  const logger = pino({ level: settings.LOG_LEVEL }, pino.destination(2))
  const ending = openEnding(logger)
  const { opened, failed, troubled } = ending
  end = ending.end
  const hold = await openWorld(world, settings.DATA_DIR)
  opened(() => hold.release())
  const catalogDir = join(settings.DATA_DIR, 'catalog')
  const catalog = loadCatalog(catalogDir)

  // People's accounts, shared by both worlds.
  const publicUrlGiven = settings.PUBLIC_URL?.replace(/\/$/, '')
  const accounts = await openAccounts({
    dataDir: settings.DATA_DIR,
    publicUrl: publicUrlGiven ?? `http://${settings.HOST}:${settings.PORT || 3000}`,
    ...(settings.POSTGRES_URL ? { postgresUrl: settings.POSTGRES_URL } : {}),
    ...(settings.ADMIN_PASSWORD ? { adminPassword: settings.ADMIN_PASSWORD } : {}),
  })
  opened(() => accounts.close())
  await checkReach(settings, accounts)
  const adminToken = settings.ADMIN_TOKEN ?? (await secretFile(join(settings.DATA_DIR, 'admin-token')))
  const simulationToken = randomBytes(32).toString('base64url')

  // The journal, the stores and the database of this world.
  const log = await openJournal({ dir: join(world.dir, 'journal'), clock: wallClock })
  opened(() => log.close())
  // What follows is judged by this catalog; what came before it by the one that stood then.
  const catalogFrame = await keepCatalogVersion(world.dir, catalog)
  await log.append({ type: 'catalog', appliance: '', kind: '', payload: catalogFrame, arrivedAt: wallClock.now() })
  const database = wakingDatabase(await startDatabase(settings, world, failed, troubled))
  opened(() => database.close())
  // What the last run died of, if it did.
  const suspects = await openSuspects(world.dir)
  const setAside = await suspects.died()
  if (setAside)
    troubled('frame-set-aside', new Error(`The frame at ${setAside.offset} is set aside: ${setAside.error}.`))
  let flow: { storeDied(): Promise<void> } | undefined
  const storeThread = await startStore({
    settings,
    world,
    catalogDir,
    died: async () => await flow?.storeDied(),
    failed,
    troubled,
  })
  const { store } = storeThread
  opened(storeThread.close)

  // What people say to detection.
  const controls = openControlLoop(database, log, wallClock, troubled)
  database.afterCommit(controls.wake)
  opened(() => controls.close())

  // The desk, and the alerts that ask it for tickets. Time is the world's: the pipeline moves it.
  let worldClock: Clock = wallClock
  const clock: Clock = { now: () => worldClock.now() }
  let publicUrl = publicUrlGiven ?? ''
  const keys = await pushKeys(join(settings.DATA_DIR, 'push-keys.json'))
  const announcer = openAnnouncer({
    get publicUrl() {
      return publicUrl
    },
    webhook: !!settings.WEBHOOK_URL,
    push: true,
  })
  const secretKey = Buffer.from(await secretFile(join(world.dir, 'device-key')), 'base64url')
  const registry = await openRegistry({
    database,
    catalog,
    clock,
    secretKey,
    ownerLeft: (tx, appliance, owner) => desk.ownerLeft(tx, appliance, owner),
    retired: (tx, appliance) => desk.retired(tx, appliance),
    renewLinks: (tx, appliance) => links.renew(tx, appliance),
  })
  const policies = await openPolicies(database, clock)
  const policy = policies.live
  const commands = await openCommands(database, clock)
  const links = await openOwnerLinks(database, await secretFile(join(world.dir, 'link-key')))
  const desk = openTicketService({
    alerts: alertRecords,
    commands,
    links,
    database,
    catalog,
    policy,
    policies,
    clock,
    announcer,
    appliance: registry.get,
    publicUrl: () => publicUrl,
    alertsEnded: (tx, ticket, at) => alerts.ticketEnded(tx, ticket, at),
  })
  const alerts = openAlerts({
    database,
    desk,
    clock,
    catalog,
    announcer,
    fleet: registry.cohorts,
    cohortRules: () => policy.cohorts,
  })
  const healthStore = await openHealthStore(database)
  const people = openPeople(database, clock, policy)
  const parts = openPartsService({ database, alerts: alertRecords, catalog, clock, appliance: registry.get })
  const events = new EventHub()
  opened(() => events.close())

  const targets = publicTargets(settings.ALLOW_PRIVATE_TARGETS ?? [])
  const jobs = await startJobs({
    targets,
    settings,
    world,
    database,
    keys,
    adminToken,
    logger,
    troubled,
    ownersLink: async (ticket, contact) => {
      const { owner, ownerLink } = await desk.get(ticket)
      return owner?.contact === contact ? ownerLink : null
    },
  })
  database.afterCommit(() => jobs.wake())
  opened(() => jobs.close())

  // The versions of the models, and the candidate beside the one in force.
  const models = openModelRegistry({ database, alerts: alertRecords, clock })
  const keeper = await openModelReconciler({
    modelsDir: settings.MODELS_DIR ?? fileURLToPath(new URL('./models', import.meta.url)),
    world,
    catalogDir,
    catalog,
    database,
    desk: models,
    wall: wallClock,
    troubled,
  })

  // The flow: journal → analysis → decisions.
  const decider = createDecider({
    database,
    registry,
    alerts,
    desk,
    models,
    healthStore,
    events,
    swapped: () => keeper.swapped(),
    troubled,
  })
  const pipeline = await openPipeline({
    log,
    suspects,
    quota: { messages: settings.APPLIANCE_MESSAGES_PER_HOUR, bytes: settings.APPLIANCE_BYTES_PER_HOUR },
    data: () => ({ worldDir: world.dir, clock: world.clock, catalogDir, ...keeper.store }),
    storePort: storeThread.analysisPort,
    storeIsUp: storeThread.isUp,
    decide: decider.decide,
    decideApart: decider.decideApart,
    seen: decider.seen,
    shadowEnded: keeper.shadowEnded,
    failed,
    troubled,
  })
  flow = pipeline
  opened(() => pipeline.close())
  if (world.clock === 'telemetry') worldClock = pipeline.clock
  else {
    const ticking = startTicking(log, wallClock, troubled)
    opened(() => ticking.stop())
  }
  await keeper.begin(pipeline)
  opened(() => keeper.close())
  // A kind that came or changed since the last start: detection hears of its appliances anew.
  if (pipeline.learnsAnew)
    logger.warn(
      { code: 'detection-learns-anew' },
      'The snapshot of detection is of another version: it learns anew from here; all that was stored and decided stands.',
    )
  await registry.announceAgain(pipeline.learnsAnew ? new Set(catalog.kinds.keys()) : hold.changedKinds(catalog))
  await hold.rememberKinds(catalog)
  const housekeeping = decider.keepHouse(clock, () => pipeline.status().readings)
  opened(() => housekeeping.stop())

  // What is old goes, and the disk is watched.
  const retention = openRetention({
    store,
    clock,
    days: () => policy.rawReadingsDays,
    keep: () => pinnedWindows(database),
    troubled,
  })
  opened(() => retention.stop())
  const disk = openDiskWatch({
    dir: settings.DATA_DIR,
    wall: wallClock,
    warn: warnOfDisk(database, announcer, clock),
    troubled,
  })
  opened(() => disk.stop())

  // The doors.
  const sessionChanged = tellSession(pipeline.door, registry, wallClock)
  const broker = await openBroker({
    host: settings.HOST,
    port: settings.MQTT_PORT,
    log: pipeline.door,
    sessionChanged,
    directory: registry,
    secretKey,
    catalog,
    clock: wallClock,
    commands: {
      ...commands,
      // What an appliance answers to a command may be the end of a repair.
      answered: async (ack) => {
        const ticket = await desk.commandAnswered(ack)
        if (ticket) events.publish('ticket', ticket)
      },
    },
    sessions: openSessionStore(database, wallClock),
    troubled,
  })
  opened(() => broker.close())
  opened(tellWhoStayedAway(sessionChanged, registry, broker.isConnected.bind(broker)))
  opened(() => pipeline.refuseHeld())
  const simulator = settings.SIMULATE > 0 ? startSimulator(failed, troubled) : undefined
  let isReady = false
  const pages = ownPages(settings, () => publicUrl)
  const api = await createApi(
    {
      settings: { ...settings, MQTT_PORT: broker.port },
      world,
      get publicUrl() {
        return publicUrl
      },
      adminToken,
      simulationToken,
      catalog,
      clock,
      wall: wallClock,
      database,
      registry,
      alerts,
      desk,
      people,
      parts,
      policy,
      policies,
      quality: openQuality({ database, clock, policy, appliances: registry.all }),
      models,
      modelsControl: keeper.control,
      announcer,
      store,
      jobs,
      accounts,
      audit: openAudit(database, wallClock),
      events,
      health: {
        of: healthStore.of,
        firstHeard: healthStore.firstHeard,
        online: (id) => broker.isOnline(id),
        hearing: pipeline.hearing,
        clockAheadMs: (id) => pipeline.wrongClock(id)?.aheadMs ?? undefined,
      },
      pipeline: async () => {
        const { counters, readings: _, ...lags } = pipeline.status()
        return {
          counters: counters ?? (await store.counters()),
          ...lags,
          readingsPerSecond: decider.readingsPerSecond(),
          wrongClocks: pipeline.wrongClocks(),
          disk: disk.forecast(),
        }
      },
      requeue: async (rows) => {
        await Promise.all(rows.map((row) => log.append(requeueFrame(row, wallClock.now()))))
      },
      commands,
      misdirected: (appliance) => broker.misdirected(appliance),
      quota: pipeline.quota,
      ...(simulator ? { simulator: simulator.control } : {}),
      metrics: createMetrics({ pipeline, broker, events, jobs, disk }),
      pushPublicKey: keys.publicKey,
      ownPages: pages,
      targets,
      ready: () => isReady,
    },
    new URL('./dashboards/web/dist', import.meta.url).pathname,
    logger,
  )
  opened(() => api.close())
  broker.attachWebSocket(api.server, '/mqtt', pages.orNoPage)
  const port = await listenApi(api, settings.HOST, settings.PORT)
  const shown = settings.HOST.includes(':') ? `[${settings.HOST}]` : settings.HOST
  publicUrl ||= `http://${shown}:${port}`
  const watching = setInterval(() => pipeline.watch([...events.watched()]), 1_000)
  opened(() => clearInterval(watching))

  if (simulator) {
    const { SIMULATE_SEED: seed, SIMULATE: appliances, SIMULATE_SPEED: speed, SIMULATE_DAYS: days } = settings
    simulator.open({
      worldDir: world.dir,
      catalogDir,
      seed,
      appliances,
      speed,
      days,
      mqttUrl: `mqtt://127.0.0.1:${broker.port}`,
      apiUrl: `http://127.0.0.1:${port}`,
      token: simulationToken,
    })
    opened(() => simulator.close())
  }
  isReady = true
  // Now and not at the end, which a kill would spare us: the next start is the one that has to be quick.
  flushCompileCache()
  console.log(`ready http://${shown}:${port} mqtt://${shown}:${broker.port}`)
  const link = await accounts.signInLink()
  if (link) console.log(`sign in: ${publicUrl}${link} (works once, until a password is set)`)
}
