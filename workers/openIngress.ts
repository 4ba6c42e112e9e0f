import { join } from 'node:path'
import { createServer } from 'node:tls'
import { type ChannelBook, openChannelBook, outgoingHttp, secretBox } from '../alerts/index.ts'
import { type Elsewhere, openBroker, openSessionStore } from '../broker/index.ts'
import type { Catalog } from '../catalog/index.ts'
import { type Clock, type Database, FIRST, ManualClock, type Settings, type World, wallClock } from '../core/index.ts'
import { secretFile } from '../database/index.ts'
import { keepCatalogVersion, openJournal } from '../ingest/index.ts'
import type { TicketView } from '../service/index.ts'
import { openAdmission } from './admission/admission.ts'
import { openAuditOf } from './audit/openAuditOf.ts'
import { type Certificate, openCertificate } from './certificate.ts'
import { commandLine } from './commandLine.ts'
import type { Ending } from './ending.ts'
import { openHttpDoor } from './httpDoor.ts'
import { openMappingOf, othersTopics } from './mappingOf.ts'
import { openService } from './openService.ts'
import type { InstallationIds } from './organisations/installationIds.ts'
import { startDatabase } from './start/startDatabase.ts'
import { openSuspects } from './suspects.ts'
import { tellSession, tellWhoStayedAway } from './tellSession.ts'
import { startTicking } from './ticking.ts'
import { startTracing } from './tracing/startTracing.ts'
import { wakingDatabase } from './wakingDatabase.ts'
import type { OpenWorld } from './world.ts'

const LOOPBACK = '127.0.0.1'
/** Who begins to come to terms goes on with it, or goes. */
const HANDSHAKE_MS = 8_500

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
}) {
  const { settings, world, hold, catalog, ending, ids } = options
  const { opened, ingressOpened, failed, onRetryableError } = ending
  const organisation = world.organisation ?? FIRST
  const [log, rows, doors, secretKey, linkKey, channelKey] = await Promise.all([
    openJournal({ dir: join(world.dir, 'journal') }),
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
    isBehind: options.doors !== undefined,
    elsewhere: options.elsewhere,
    ...(certificate ? { secure: secureMqtt(settings, certificate) } : {}),
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
  const listening = whereHeard(inUrl(plainHost), inUrl(settings.HOST), http, broker)
  ingressOpened(tellWhoStayedAway(sessionChanged, registry, broker.isConnected.bind(broker)))
  ingressOpened(() => admission.refuseHeld())
  const opens = { audit, log, database, http, broker, admission, mapping, listening, publicUrl, tracing }
  return { ...opens, doors, book, suspects, telemetryClock, clock, personKeys: rows.personKeys, secretKey, ...service }
}

export type HttpIngress = Awaited<ReturnType<typeof openDoors>>
/** The ports of HTTP, with and without a certificate, and where people reach them. */
async function openDoors(settings: Settings, { opened, onRetryableError }: Ending) {
  const certificate = await openCertificate(settings, onRetryableError)
  opened(async () => certificate?.close())
  // Where there is a certificate, what is not encrypted stays on this machine.
  const plainHost = certificate ? LOOPBACK : settings.HOST
  const secure = certificate && { host: settings.HOST, port: settings.HTTPS_PORT, certificate }
  const http = await openHttpDoor(plainHost, settings.PORT, secure)
  const shownHost = inUrl(settings.HOST)
  const reached = http.securePort ? `https://${shownHost}:${http.securePort}` : `http://${shownHost}:${http.port}`
  return { certificate, plainHost, http, publicUrl: settings.PUBLIC_URL?.replace(/\/$/, '') ?? reached }
}

/** The accounts with those who carry messages; one key seals their secrets and proves where receipts come to. */
const openBook = (database: Database, publicUrl: string, key: string): Promise<ChannelBook> =>
  openChannelBook({ database, wall: wallClock, box: secretBox(key), http: outgoingHttp(), publicUrl, receiptKey: key })

type Ports = Record<'port' | 'securePort', number | undefined>
/** What is said at the start: without a certificate, and with one where there is one. */
const whereHeard = (plain: string, shown: string, http: Ports, mqtt: Ports): string[] => [
  `http://${plain}:${http.port} mqtt://${plain}:${mqtt.port}`,
  ...(http.securePort ? [`https://${shown}:${http.securePort} mqtts://${shown}:${mqtt.securePort}`] : []),
]

const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** MQTT with a certificate; appliances may show one of their own. */
function secureMqtt({ HOST: host, MQTTS_PORT: port }: Settings, certificate: Certificate) {
  const server = createServer({
    ...certificate.options,
    requestCert: certificate.asksAppliances,
    // Who shows none, or one that nobody vouches for, signs in with a password.
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_MS,
    noDelay: true,
  })
  certificate.keep(server)
  return { host, port, server }
}
export type Ingress = Awaited<ReturnType<typeof openIngress>>
