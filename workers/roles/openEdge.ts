import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Broker, openBroker, openSessionStore } from '../../broker/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import {
  type CommandQueue,
  type Database,
  Problem,
  type Settings,
  type TelemetryLog,
  type World,
  wallClock,
  worldOf,
} from '../../core/index.ts'
import { openPostgresDatabase, unsealed, writeWhole } from '../../database/index.ts'
import { type EdgeBook, openEdgeBook, openJournal, openRedisStream, openSender } from '../../ingest/index.ts'
import { type HeldDirectory, keepAnswer, openCommands, openDirectory } from '../../service/index.ts'
import { openAdmission } from '../admission/admission.ts'
import type { Ending } from '../ending.ts'
import { migrations } from '../start/startDatabase.ts'
import { tellSession } from '../tellSession.ts'
import { openWorld } from '../world.ts'
import { readChanged } from './changedRows.ts'
import { openDoors, secureMqtt, whereHeard } from './doors.ts'
import { sharedName } from './openHouse.ts'
import { rolesNeed } from './roles.ts'

/**
 * A door by itself: MQTT, and a journal of its own, after whose sync the PUBACK leaves. Who may sign in, kept sessions and
 * commands are those of the PostgreSQL that it shares with the house; what it acknowledged goes there by Redis.
 * @throws Problem `role-needs-setting`, `edge-without-key`, `edge-without-house`, and what opening each part throws
 */
export async function openEdge(settings: Settings, ending: Ending): Promise<void> {
  const { opened, onRetryableError } = ending
  const { postgres, redis } = rolesNeed(settings)
  const world = worldOf(settings)
  const hold = await openWorld(world, settings.DATA_DIR)
  opened(() => hold.release())
  const secretKey = await houseKey(world)
  const schema = sharedName(world)
  // Whose an appliance is stays sealed here: the keys are the house's.
  const database = await openPostgresDatabase(postgres, schema, migrations, unsealed, false)
  opened(() => database.close())
  const book = openEdgeBook(database)
  await refuseOtherHouse(book, secretKey, world)

  const log = await openJournal({ dir: join(world.dir, 'journal') })
  opened(() => log.close())
  const stream = await openRedisStream({ url: redis, prefix: schema, onRetryableError })
  opened(() => stream.close())
  const edge = await edgeId(join(world.dir, 'edge-id'))
  const sender = await openSender({
    ...{ log, edge, stream, book, onRetryableError },
    notePath: join(world.dir, 'sequences.json'),
    wall: wallClock,
    failed: (error) => ending.failed(error instanceof Problem ? error : cannotGoOn(error)),
  })
  opened(() => sender.close())
  const [directory, commands] = await Promise.all([
    openDirectory(database, wallClock),
    openCommands(database, wallClock),
  ])
  const changes = readChanged({
    url: postgres,
    schema,
    readers: {
      appliance: directory.reload,
      device: directory.reload,
      applianceCommand: commands.reload.bind(commands),
    },
    onRetryableError,
  })
  opened(() => changes.close())
  const queue: CommandQueue = {
    waiting: commands.waiting,
    remainingMs: commands.remainingMs,
    onQueued(listener) {
      commands.onQueued(listener)
      for (const appliance of commands.awaited()) listener(appliance)
    },
    delivered: commands.delivered,
    answered: (ack) => keepAnswer(database, ack, wallClock.now()),
  }
  const said = await openDoor({ settings, ending, log, database, directory, queue, secretKey })
  console.log(`edge ${edge}: mapped topics, staff who listen, and organisations beside the first are not served here`)
  for (const where of said.reverse()) console.log(`ready ${where}`)
}

/** The ports, and what stands between them and the journal. @returns where it is reached */
async function openDoor(options: {
  settings: Settings
  ending: Ending
  log: TelemetryLog
  database: Database
  directory: HeldDirectory
  queue: CommandQueue
  secretKey: Uint8Array
}): Promise<string[]> {
  const { settings, log, database, directory } = options
  const { ingressOpened, onRetryableError } = options.ending
  const { certificate, http, plainHost } = await openDoors(settings, options.ending)
  ingressOpened(http.close)
  const quota = { messages: settings.APPLIANCE_MESSAGES_PER_HOUR, bytes: settings.APPLIANCE_BYTES_PER_HOUR }
  const admission = openAdmission({ log, quota, onRetryableError })
  // Nothing is analysed here: what is synced is done with, and the journal's own bound is the only one behind it.
  log.onGroup(({ upTo }) => {
    admission.stored(upTo)
    admission.progress(upTo)
  })
  const broker: Broker = await openBroker({
    host: plainHost,
    port: settings.MQTT_PORT,
    ...(certificate ? { secure: secureMqtt(settings, certificate) } : {}),
    log: admission.door,
    sessionChanged: tellSession(admission.door, directory, wallClock),
    directory,
    secretKey: options.secretKey,
    catalog: loadCatalog(join(settings.DATA_DIR, 'catalog')),
    clock: wallClock,
    commands: options.queue,
    sessions: openSessionStore(database, wallClock),
    onRetryableError,
  })
  ingressOpened(() => broker.close())
  ingressOpened(() => admission.refuseHeld())
  http.serve(({ url }, response) => {
    const answer = url === '/healthz' ? { ok: true } : url === '/readyz' ? { ready: true } : undefined
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json; charset=utf-8' })
    response.end(
      JSON.stringify(answer ?? { code: 'edge', title: 'This is a door for appliances; pages are elsewhere.' }),
    )
  })
  for (const server of http.servers) broker.attachWebSocket(server, '/mqtt')
  return whereHeard(plainHost, settings.HOST, http, broker)
}

/** Which door it is: made once, and the numbers of what it acknowledged belong to it. */
async function edgeId(path: string): Promise<string> {
  const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
  if (known !== undefined) return known.trim()
  const made = randomBytes(6).toString('hex')
  await writeWhole(path, `${made}\n`)
  return made
}

/** By it the secrets of appliances are hashed, so it has to be the house's. */
async function houseKey(world: World): Promise<Uint8Array> {
  const path = join(world.dir, 'device-key')
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw noKey(`An edge needs the key by which secrets of appliances are hashed, and ${path} is not there.`, path)
  })
  return Buffer.from(text.trim(), 'base64url')
}
async function refuseOtherHouse(book: EdgeBook, key: Uint8Array, world: World): Promise<void> {
  const isIts = await book.isKeyOfHouse(key)
  const path = join(world.dir, 'device-key')
  if (isIts === false) throw noKey(`${path} is not the key of the house in this database.`, path)
  if (isIts === undefined)
    throw new Problem({
      code: 'edge-without-house',
      message: 'No house has ever run on this database.',
      remedy: 'Start it first: --role analysis,service,web, with the same POSTGRES_URL and REDIS_URL.',
      concerns: 'POSTGRES_URL',
    })
}
const noKey = (message: string, path: string): Problem =>
  new Problem({
    code: 'edge-without-key',
    message,
    remedy:
      'Copy the file device-key from the folder live in the DATA_DIR of the house to there, readable for this user alone.',
    concerns: path,
  })

const cannotGoOn = (cause: unknown): Problem =>
  new Problem({
    code: 'edge-cannot-go-on',
    message: `What was acknowledged cannot be sent on: ${(cause as Error).message}.`,
    remedy: 'Start it again: it goes on from its journal. If it happens again, report it with the log.',
    status: 500,
    cause,
  })
