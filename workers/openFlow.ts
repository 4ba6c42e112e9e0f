import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { alertRecords, forgetMessages } from '../alerts/index.ts'
import { checkRule } from '../analytics/index.ts'
import type { Catalog } from '../catalog/index.ts'
import { DAY, type Settings, type TelemetryStore, type World, wallClock } from '../core/index.ts'
import type { EventHub } from '../dashboards/index.ts'
import {
  forgetPhotos,
  type HealthStore,
  type ModelRegistry,
  openCampaigns,
  openCare,
  openHealthStore,
  openModelRegistry,
  openRuleBook,
  pinnedWindows,
} from '../service/index.ts'
import { openCampaignLoop } from './care/campaignLoop.ts'
import { openCareLoop } from './care/careLoop.ts'
import { openControlLoop } from './controlLoop.ts'
import { createDecider } from './decide.ts'
import { openDiskWatch, warnOfDisk } from './diskWatch.ts'
import type { Ending } from './ending.ts'
import { Housekeeping } from './housekeeping.ts'
import { openModelReconciler } from './modelReconciler.ts'
import type { Ingress } from './openIngress.ts'
import { openPipeline } from './pipeline/pipeline.ts'
import { openRetention } from './retention.ts'
import { startStore } from './start/startStore.ts'
import type { OpenWorld } from './world.ts'

/** Rows of what people were told, and photos, that go at once. */
const BITE = 500
/** Each says in a row of its own what went. */
const AUDIT_BITE = 20_000

interface FlowOptions {
  settings: Settings
  world: World
  hold: OpenWorld
  catalog: Catalog
  catalogDir: string
  logger: Logger
  ending: Ending
  ingress: Ingress
  /** What the pages hear by. */
  events: Promise<EventHub>
}

/** Journal → analysis → decisions, the threads of it, and what goes on beside it as time passes. */
export async function openFlow(options: FlowOptions) {
  const { settings, world, hold, catalog, catalogDir, logger, ingress } = options
  const { opened, failed, onRetryableError } = options.ending
  const { log, database, suspects, clock, registry, alerts, desk } = ingress
  // What the last run died of, if it did: before the threads begin, which mark where they stand.
  const setAside = await suspects.died()
  if (setAside)
    onRetryableError('frame-set-aside', new Error(`The frame at ${setAside.offset} is set aside: ${setAside.error}.`))

  const rules = openRuleBook({ database, clock, alerts: alertRecords, check: (rule) => checkRule(catalog, rule) })
  const models = openModelRegistry({ database, alerts: alertRecords, clock })
  const [storeThread, healthStore, reconciler, events] = await Promise.all([
    startStore({ settings, world, catalogDir, failed, onRetryableError }).then((thread) => {
      opened(thread.close)
      return thread
    }),
    openHealthStore(database),
    openReconciler(options, models),
    options.events,
  ])
  const { store } = storeThread
  // What people say to detection.
  const controls = openControlLoop(database, log, wallClock, onRetryableError)
  database.afterCommit(controls.wake)
  opened(() => controls.close())
  const decider = createDecider({
    database,
    registry,
    alerts,
    desk,
    models,
    healthStore,
    events,
    swapped: () => reconciler.swapped(),
    opened: ingress.tracing?.alert,
    onRetryableError,
  })
  const pipeline = await openPipeline({
    log,
    suspects,
    admission: ingress.admission,
    clock: ingress.telemetryClock,
    data: () => ({ worldDir: world.dir, clock: world.clock, catalogDir, ...reconciler.atStart }),
    storePort: storeThread.analysisPort,
    storeIsUp: storeThread.isUp,
    decide: decider.decide,
    decideApart: decider.decideApart,
    seen: decider.seen,
    shadowEnded: reconciler.shadowEnded,
    failed,
    onRetryableError,
  })
  storeThread.onDied(() => pipeline.storeDied())
  opened(() => pipeline.close())
  await reconciler.begin(pipeline)
  opened(() => reconciler.close())
  if (pipeline.learnsAnew) {
    logger.warn(
      { code: 'detection-learns-anew' },
      'The snapshot of detection is of another version: it learns anew from here; all that was stored and decided stands.',
    )
    await registry.announceAgain(new Set(catalog.kinds.keys()))
    await rules.announceAgain()
  }
  await hold.rememberKinds(catalog)
  const housekeeping = new Housekeeping({
    database,
    alerts,
    desk,
    events,
    decider,
    clock,
    received: () => pipeline.status().readings,
    onRetryableError,
  })
  opened(() => housekeeping.stop())

  return {
    store,
    rules,
    ...startCare(options, store, healthStore),
    models,
    reconciler,
    housekeeping,
    pipeline,
    healthStore,
    disk: watchSpace(options, store),
  }
}
export type Flow = Awaited<ReturnType<typeof openFlow>>

/** The versions of the models, and the candidate beside the one in force. */
const openReconciler = (
  { settings, world, catalogDir, catalog, ingress, ending }: FlowOptions,
  registry: ModelRegistry,
) =>
  openModelReconciler({
    modelsDir: settings.MODELS_DIR ?? fileURLToPath(new URL('../models', import.meta.url)),
    world,
    catalogDir,
    catalog,
    database: ingress.database,
    registry,
    wall: wallClock,
    onRetryableError: ending.onRetryableError,
  })

/** What use, the calendar and contracts make due is done. */
function startCare({ ending, ingress }: FlowOptions, store: TelemetryStore, healthStore: HealthStore) {
  const { opened, onRetryableError } = ending
  const { announcer, clock, database, desk, policies, registry } = ingress
  const appliances = registry.all
  const care = openCare({
    database,
    clock,
    appliances,
    appliance: registry.get,
    policies,
    announcer,
    desk,
    health: healthStore.of,
    isMaintained: ingress.maintenance.isUnder,
  })
  const caring = openCareLoop({ care, store, database, clock, appliances, onRetryableError })
  opened(() => caring.stop())
  const campaigns = openCampaigns({
    database,
    clock,
    policies,
    announcer,
    alerts: alertRecords,
    appliances,
    appliance: registry.get,
    health: (id) => healthStore.of(id)?.health,
  })
  const sending = openCampaignLoop({ campaigns, store, database, clock, appliances, onRetryableError })
  opened(() => sending.stop())
  return { care, campaigns }
}

/** What is old goes, and the disk is watched. */
function watchSpace({ settings, ending, ingress }: FlowOptions, store: TelemetryStore) {
  const { opened, onRetryableError } = ending
  const { audit, database, clock, policy, announcer } = ingress
  const retention = openRetention({
    store,
    clock,
    days: () => ({ readings: policy.rawReadingsDays, quarantine: policy.keptDays.quarantine }),
    keep: () => pinnedWindows(database),
    others: [
      () => {
        const { sentMessages, notices } = policy.keptDays
        // What left is known by the wall, what was said by the world's time.
        const [sentBefore, noticesBefore] = [wallClock.now() - sentMessages * DAY, clock.now() - notices * DAY]
        return forgetMessages(database, { sentBefore, noticesBefore, most: BITE })
      },
      () => forgetPhotos(database, clock.now() - policy.keptDays.photos * DAY, BITE),
      () => audit.forget(wallClock.now() - policy.keptDays.audit * DAY, AUDIT_BITE),
    ],
    onRetryableError,
  })
  opened(() => retention.stop())
  const disk = openDiskWatch({
    dir: settings.DATA_DIR,
    wall: wallClock,
    warn: warnOfDisk(database, announcer, clock),
    onRetryableError,
  })
  opened(() => disk.stop())
  return disk
}
