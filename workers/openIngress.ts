import { join } from 'node:path'
import { type ChannelBook, openChannelBook, outgoingHttp, secretBox } from '../alerts/index.ts'
import { type Elsewhere, openBroker, openSessionStore } from '../broker/index.ts'
import type { Catalog } from '../catalog/index.ts'
import {
  type Clock,
  type Database,
  FIRST,
  ManualClock,
  type Settings,
  type TelemetryLog,
  type World,
  wallClock,
} from '../core/index.ts'
import { secretFile } from '../database/index.ts'
import { keepCatalogVersion, openJournal } from '../ingest/index.ts'
import type { TicketView } from '../service/index.ts'
import { openAdmission } from './admission/admission.ts'
import { openAuditOf } from './audit/openAuditOf.ts'
import { commandLine } from './commandLine.ts'
import type { Ending } from './ending.ts'
import { openMappingOf, othersTopics } from './mappingOf.ts'
import { openService } from './openService.ts'
import type { InstallationIds } from './organisations/installationIds.ts'
import { type HttpIngress, openDoors, secureMqtt, whereHeard } from './roles/doors.ts'
import { startDatabase } from './start/startDatabase.ts'
import { openSuspects } from './suspects.ts'
import { tellSession, tellWhoStayedAway } from './tellSession.ts'
import { startTicking } from './ticking.ts'
import { startTracing } from './tracing/startTracing.ts'
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
  /** Does this key let a program of the staff hear what appliances say? */
  mayListen: (key: string) => Promise<boolean>
  /** Whose ids of devices are whose, in all organisations. */
  ids: InstallationIds
  /** Whose connections are whose, for the one that has the ports. */
  elsewhere?: () => Elsewhere | undefined
  /** Of a further organisation: it has no ports of its own, and is reached by those of the first. */
  doors?: HttpIngress
  /** Appliances come in at doors of their own, and not here: how the journal is opened that takes what those have acknowledged. */
  openLog?: ((dir: string) => Promise<TelemetryLog>) | undefined
}) {
  const { settings, world, hold, catalog, ending, ids } = options
  const { opened, ingressOpened, failed, onRetryableError } = ending
  const organisation = world.organisation ?? FIRST
  const { openLog } = options
  const [log, rows, doors, secretKey, linkKey, channelKey] = await Promise.all([
    (openLog ?? ownLog)(join(world.dir, 'journal')),
    startDatabase(settings, world, failed, onRetryableError),
    options.doors ?? openDoors(settings, ending),
    secretFile(join(world.dir, 'device-key')).then((key) => Buffer.from(key, 'base64url')),
    secretFile(join(world.dir, 'link-key')),
    secretFile(join(world.dir, 'channel-key')),
  ])
  opened(() => log.close())
  const { http, certificate, plainHost, publicUrl } = doors
  const database = wakingDatabase(rows)
  opened(() => database.close())
  ingressOpened(http.close)
  const audit = await openAuditOf(world, database, ending)

  // Time is the world's: the pipeline moves it.
  const telemetryClock = new ManualClock(0)
  const clock: Clock = world.clock === 'telemetry' ? telemetryClock : wallClock
  const book = await openBook(database, publicUrl, channelKey)
  const [suspects, service] = await Promise.all([
    openSuspects(world.dir),
    openService({
      database,
      catalog,
      clock,
      publicUrl,
      webhook: !!settings.WEBHOOK_URL,
      carried: { book, wall: wallClock, mails: settings.SMTP_URL !== undefined || world.name === 'simulation' },
      secretKey,
      linkKey,
      organisation: world.organisation,
      reserve: (wanted) => ids.devices.reserve(organisation, wanted),
    }),
    // What follows is judged by this catalog; what came before it by the one that stood then.
    keepCatalogVersion(world.dir, catalog).then((payload) =>
      log.append({ type: 'catalog', appliance: '', kind: '', payload, arrivedAt: wallClock.now() }),
    ),
  ])
  const { registry, commands, desk } = service
  ids.devices.join(organisation, registry.knows)
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
  const tracing = await startTracing(settings, world, database)
  if (tracing) opened(() => tracing.close())
  const mapping = await openMappingOf(database, catalog, registry, options.settings)
  const sessionChanged = tellSession(admission.door, registry, wallClock)
  const broker = await openBroker({
    host: plainHost,
    port: settings.MQTT_PORT,
    isBehind: !!(options.doors ?? openLog),
    elsewhere: options.elsewhere,
    ...(certificate && !openLog ? { secure: secureMqtt(settings, certificate) } : {}),
    log: admission.door,
    sessionChanged,
    directory: registry,
    secretKey,
    catalog,
    clock: wallClock,
    commands: commandLine(commands, desk, options.timeKnown),
    sessions: openSessionStore(database, wallClock),
    ...othersTopics(database, settings, world, secretKey, mapping),
    mayListen: options.mayListen,
    onRetryableError,
  })
  ingressOpened(() => broker.close())
  const listening = whereHeard(plainHost, settings.HOST, http, broker)
  if (!openLog) ingressOpened(tellWhoStayedAway(sessionChanged, registry, broker.isConnected.bind(broker)))
  ingressOpened(() => admission.refuseHeld())
  const opens = { audit, log, database, http, broker, admission, mapping, listening, publicUrl, tracing }
  return { ...opens, doors, book, suspects, telemetryClock, clock, personKeys: rows.personKeys, secretKey, ...service }
}

const ownLog = (dir: string): Promise<TelemetryLog> => openJournal({ dir })

/** The accounts with those who carry messages; one key seals their secrets and proves where receipts come to. */
const openBook = (database: Database, publicUrl: string, key: string): Promise<ChannelBook> =>
  openChannelBook({ database, wall: wallClock, box: secretBox(key), http: outgoingHttp(), publicUrl, receiptKey: key })

export type Ingress = Awaited<ReturnType<typeof openIngress>>
