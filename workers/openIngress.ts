import { join } from 'node:path'
import { openBroker, openSessionStore } from '../broker/index.ts'
import type { Catalog } from '../catalog/index.ts'
import { type Clock, ManualClock, type Settings, type World, wallClock } from '../core/index.ts'
import { secretFile } from '../database/index.ts'
import { keepCatalogVersion, openJournal } from '../ingest/index.ts'
import type { TicketView } from '../service/index.ts'
import { openAdmission } from './admission/admission.ts'
import { commandLine } from './commandLine.ts'
import type { Ending } from './ending.ts'
import { openHttpDoor } from './httpDoor.ts'
import { openService } from './openService.ts'
import { startDatabase } from './start/startDatabase.ts'
import { openSuspects } from './suspects.ts'
import { tellSession, tellWhoStayedAway } from './tellSession.ts'
import { startTicking } from './ticking.ts'
import { wakingDatabase } from './wakingDatabase.ts'
import type { OpenWorld } from './world.ts'

/**
 * Everything that a PUBACK needs, and no more: the journal, who may sign in, the sessions, and the doors. What comes in
 * before the rest is there waits in the journal.
 */
export async function openIngress(options: {
  settings: Settings
  world: World
  hold: OpenWorld
  catalog: Catalog
  ending: Ending
  /** Resolves when the world's time is known. */
  timeKnown: Promise<(ticket: TicketView) => void>
}) {
  const { settings, world, hold, catalog, ending } = options
  const { opened, ingressOpened, failed, onRetryableError } = ending
  const [log, rows, http, secretKey, linkKey] = await Promise.all([
    openJournal({ dir: join(world.dir, 'journal'), clock: wallClock }),
    startDatabase(settings, world, failed, onRetryableError),
    openHttpDoor(settings.HOST, settings.PORT),
    secretFile(join(world.dir, 'device-key')),
    secretFile(join(world.dir, 'link-key')),
  ])
  opened(() => log.close())
  const database = wakingDatabase(rows)
  opened(() => database.close())
  ingressOpened(http.close)
  const shownHost = settings.HOST.includes(':') ? `[${settings.HOST}]` : settings.HOST
  const publicUrl = settings.PUBLIC_URL?.replace(/\/$/, '') ?? `http://${shownHost}:${http.port}`

  // Time is the world's: the pipeline moves it.
  const telemetryClock = new ManualClock(0)
  const clock: Clock = world.clock === 'telemetry' ? telemetryClock : wallClock
  const [suspects, service] = await Promise.all([
    openSuspects(world.dir),
    openService({
      database,
      catalog,
      clock,
      publicUrl,
      webhook: !!settings.WEBHOOK_URL,
      secretKey: Buffer.from(secretKey, 'base64url'),
      linkKey,
    }),
    // What follows is judged by this catalog; what came before it by the one that stood then.
    keepCatalogVersion(world.dir, catalog).then((payload) =>
      log.append({ type: 'catalog', appliance: '', kind: '', payload, arrivedAt: wallClock.now() }),
    ),
  ])
  const { registry, commands, desk } = service
  // A kind that came or changed since the last start: detection hears of its appliances anew.
  await registry.announceAgain(hold.changedKinds(catalog))
  const admission = openAdmission({
    log,
    quota: { messages: settings.APPLIANCE_MESSAGES_PER_HOUR, bytes: settings.APPLIANCE_BYTES_PER_HOUR },
    onRetryableError,
  })
  // Before the first frame: that time passed while nobody was here is known from the ticks.
  if (world.clock === 'wall') {
    const ticking = startTicking(log, wallClock, onRetryableError)
    opened(() => ticking.stop())
  }
  const sessionChanged = tellSession(admission.door, registry, wallClock)
  const broker = await openBroker({
    host: settings.HOST,
    port: settings.MQTT_PORT,
    log: admission.door,
    sessionChanged,
    directory: registry,
    secretKey: Buffer.from(secretKey, 'base64url'),
    catalog,
    clock: wallClock,
    commands: commandLine(commands, desk, options.timeKnown),
    sessions: openSessionStore(database, wallClock),
    onRetryableError,
  })
  ingressOpened(() => broker.close())
  ingressOpened(tellWhoStayedAway(sessionChanged, registry, broker.isConnected.bind(broker)))
  ingressOpened(() => admission.refuseHeld())
  return { log, database, http, broker, admission, suspects, telemetryClock, clock, publicUrl, shownHost, ...service }
}
export type Ingress = Awaited<ReturnType<typeof openIngress>>
