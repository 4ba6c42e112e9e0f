// Composition: reads the settings, opens the parts, connects them, and closes them in reverse order.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { pino } from 'pino'
import {
  alertMigrations,
  fareMigrations,
  mailFile,
  noticeMigrations,
  openAlerts,
  openAnnouncer,
  openBullQueue,
  openFare,
  openOutboxQueue,
  pushKeys,
  signedWebhook,
  smtpMail,
  webPushNotifier,
} from './alerts/index.ts'
import { openBroker } from './broker/index.ts'
import { loadCatalog } from './catalog/index.ts'
import { type Clock, type Database, isLoopback, Problem, readSettings, wallClock, worldOf } from './core/index.ts'
import { createApi, EventHub, openAccounts, secretFile } from './dashboards/index.ts'
import { openPostgresDatabase, openSqliteDatabase, outboxMigrations } from './database/index.ts'
import { openJournal, requeueFrame } from './ingest/index.ts'
import {
  openDesk,
  openPeople,
  openRegistry,
  readPolicy,
  registryMigrations,
  ticketMigrations,
} from './service/index.ts'
import { openControlPump } from './workers/controlPump.ts'
import { createDecider } from './workers/decide.ts'
import { createMetrics } from './workers/metrics.ts'
import { openPipeline } from './workers/pipeline.ts'
import { startDatabase, startStore } from './workers/start.ts'
import { startSimulator } from './workers/startSimulator.ts'
import { openWorld } from './workers/world.ts'

const TICK_EVERY_MS = 10_000

try {
  await start()
} catch (error) {
  if (!(error instanceof Problem)) throw error
  console.error(`${error.message} ${error.remedy}`)
  process.exit(1)
}

async function start(): Promise<void> {
  const settings = readSettings(process.env)
  const world = worldOf(settings)
  const logger = pino({ level: settings.LOG_LEVEL }, pino.destination(2))
  const closers: (() => Promise<void> | void)[] = []
  const hold = await openWorld(world, settings.DATA_DIR)
  closers.push(() => hold.release())
  const catalogDir = join(settings.DATA_DIR, 'catalog')
  const catalog = loadCatalog(catalogDir)
  const policy = readPolicy()

  let ending: Promise<void> | undefined
  const end = (code: number): Promise<void> => {
    ending ??= (async () => {
      for (const close of closers.reverse()) {
        await Promise.resolve(close()).catch((error: unknown) => logger.error(error, 'closing'))
      }
      process.exit(code)
    })()
    return ending
  }
  const failed = (problem: Problem): void => {
    if (ending) return
    logger.fatal({ code: problem.code, concerns: problem.concerns }, `${problem.message} ${problem.remedy}`)
    setTimeout(() => process.exit(1), 10_000).unref()
    void end(1)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0))
  // Whoever started us through `npm start` is gone: so are we.
  if (process.send) process.on('disconnect', () => void end(0))

  // People's accounts, shared by both worlds.
  const publicUrlGiven = settings.PUBLIC_URL?.replace(/\/$/, '')
  const accounts = await openAccounts({
    dataDir: settings.DATA_DIR,
    publicUrl: publicUrlGiven ?? `http://${settings.HOST}:${settings.PORT || 3000}`,
    ...(settings.POSTGRES_URL ? { postgresUrl: settings.POSTGRES_URL } : {}),
    ...(settings.ADMIN_PASSWORD ? { adminPassword: settings.ADMIN_PASSWORD } : {}),
  })
  closers.push(() => accounts.close())
  if (!isLoopback(settings.HOST) && !settings.ADMIN_TOKEN && (await accounts.signInLink()) !== null) {
    throw new Problem({
      code: 'bad-setting',
      message: `HOST=${settings.HOST} can be reached from outside, and the administrator has no password.`,
      remedy: 'Set ADMIN_PASSWORD or ADMIN_TOKEN, or start on 127.0.0.1 first and set a password.',
      concerns: 'HOST',
    })
  }
  const adminToken = settings.ADMIN_TOKEN ?? (await secretFile(join(settings.DATA_DIR, 'admin-token')))
  const simulationToken = randomBytes(32).toString('base64url')

  // The journal, the stores and the database of this world.
  const log = await openJournal({ dir: join(world.dir, 'journal'), clock: wallClock })
  closers.push(() => log.close())
  const migrations = [
    ...outboxMigrations,
    ...alertMigrations,
    ...noticeMigrations,
    ...registryMigrations,
    ...ticketMigrations,
    ...fareMigrations,
  ]
  const database = settings.POSTGRES_URL
    ? await openPostgresDatabase(settings.POSTGRES_URL, `hearthwatch_${world.name}`, migrations)
    : await openSqliteDatabase(startDatabase(join(world.dir, 'hearthwatch.db')), migrations)
  closers.push(() => database.close())
  const { store, analysisPort, close: closeStore } = await startStore(settings, world, catalogDir, failed)
  closers.push(closeStore)

  // What a commit may have left to do: jobs for outside, controls for detection.
  const wakeAfterCommit: (() => void)[] = []
  const waking: Database = {
    ...database,
    transaction: async (work) => {
      const result = await database.transaction(work)
      for (const wake of wakeAfterCommit) wake()
      return result
    },
  }
  const controls = openControlPump(database, log, wallClock)
  wakeAfterCommit.push(controls.wake)
  closers.push(() => controls.close())

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
  const registry = await openRegistry({ database: waking, catalog, clock, secretKey })
  const desk = openDesk({
    database: waking,
    catalog,
    policy,
    clock,
    announcer,
    appliance: registry.get,
    publicUrl: () => publicUrl,
    alertsEnded: (tx, ticket, at) => alerts.ticketEnded(tx, ticket, at),
  })
  const alerts = openAlerts({ database: waking, desk, clock })
  const fare = await openFare(database)
  const people = openPeople(waking)
  const events = new EventHub()
  closers.push(() => events.close())

  const notifiers = [
    settings.SMTP_URL
      ? smtpMail(settings.SMTP_URL, 'hearthwatch@localhost')
      : mailFile(join(world.dir, 'outbox.mbox'), wallClock),
    webPushNotifier(keys, 'mailto:hearthwatch@localhost'),
    ...(settings.WEBHOOK_URL
      ? [signedWebhook(settings.WEBHOOK_URL, settings.WEBHOOK_SECRET ?? adminToken, wallClock)]
      : []),
  ]
  const queueOptions = {
    database,
    notifiers,
    clock: wallClock,
    onDead: (job: { key: string; error: string }) => logger.error({ code: 'job-dead', concerns: job.key }, job.error),
  }
  const jobs = settings.REDIS_URL
    ? openBullQueue({ ...queueOptions, redisUrl: settings.REDIS_URL, prefix: `hearthwatch-${world.name}` })
    : openOutboxQueue(queueOptions)
  wakeAfterCommit.push(() => jobs.wake())
  closers.push(() => jobs.close())

  // The flow: journal → analysis → decisions.
  const decider = createDecider({ database: waking, alerts, desk, fare, events })
  const pipeline = await openPipeline({
    log,
    data: {
      worldDir: world.dir,
      clock: world.clock,
      catalogDir,
      modelsDir: new URL('./models', import.meta.url).pathname,
      storePort: analysisPort,
    },
    decide: decider.decide,
    seen: decider.seen,
    failed,
  })
  closers.push(() => pipeline.close())
  if (world.clock === 'telemetry') worldClock = pipeline.clock
  else {
    const tick = () =>
      void log
        .append({ type: 'tick', appliance: '', kind: '', payload: new Uint8Array(), arrivedAt: wallClock.now() })
        .catch(() => {
          // A journal that takes nothing says so itself, to everybody who waits for it.
        })
    const ticking = setInterval(tick, TICK_EVERY_MS)
    closers.push(() => clearInterval(ticking))
    tick()
  }
  const housekeeping = decider.keepHouse(clock, () => pipeline.status().readings)
  closers.push(() => housekeeping.stop())

  // The doors.
  const broker = await openBroker({
    host: settings.HOST,
    port: settings.MQTT_PORT,
    log: pipeline.bounded,
    directory: registry,
    secretKey,
    catalog,
    clock: wallClock,
  })
  closers.push(() => broker.close())
  const online = new Set<string>()
  broker.onPresence(({ appliances, connected }) => {
    for (const id of appliances) {
      if (connected) online.add(id)
      else online.delete(id)
    }
  })
  const simulator = settings.SIMULATE > 0 ? startSimulator(failed) : undefined
  let isReady = false
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
      database: waking,
      registry,
      alerts,
      desk,
      people,
      policy,
      announcer,
      store,
      jobs,
      accounts,
      events,
      health: { of: fare.of, firstHeard: fare.firstHeard, online: (id) => online.has(id) },
      pipeline: async () => {
        const { counters, readings: _, ...lags } = pipeline.status()
        return {
          counters: counters ?? (await store.counters()),
          ...lags,
          readingsPerSecond: decider.readingsPerSecond(),
        }
      },
      requeue: async (rows) => {
        await Promise.all(rows.map((row) => log.append(requeueFrame(row))))
      },
      sendCommand: (appliance, kind, command) => broker.publishCommand(appliance, kind, command),
      ...(simulator ? { simulator: simulator.control } : {}),
      metrics: createMetrics({ pipeline, broker, events, jobs }),
      pushPublicKey: keys.publicKey,
      ready: () => isReady,
    },
    new URL('./dashboards/web/dist', import.meta.url).pathname,
    logger,
  )
  closers.push(() => api.close())
  broker.attachWebSocket(api.server, '/mqtt')
  await api.listen({ host: settings.HOST, port: settings.PORT }).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EADDRINUSE'
      ? new Problem({
          code: 'port-taken',
          message: `PORT ${settings.PORT} on ${settings.HOST} is taken.`,
          remedy: 'Stop what listens there, or set PORT to another one (0 takes any free port).',
          concerns: 'PORT',
        })
      : cause
  })
  const address = api.server.address()
  const port = typeof address === 'object' && address ? address.port : settings.PORT
  const shown = settings.HOST.includes(':') ? `[${settings.HOST}]` : settings.HOST
  publicUrl ||= `http://${shown}:${port}`
  const watching = setInterval(() => pipeline.watch([...events.watched()]), 1_000)
  closers.push(() => clearInterval(watching))

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
    closers.push(() => simulator.close())
  }
  isReady = true
  console.log(`ready http://${shown}:${port} mqtt://${shown}:${broker.port}`)
  const link = await accounts.signInLink()
  if (link) console.log(`sign in: ${publicUrl}${link} (works until a password is set)`)
}
