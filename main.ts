// Composition: reads the settings, opens the doors, then what is behind them, and closes all of it in reverse order.
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { type Logger, pino } from 'pino'
import { loadCatalog } from './catalog/index.ts'
import { FIRST, Problem, readSettings, type Settings, worldOf } from './core/index.ts'
import type { EventHub } from './dashboards/index.ts'
import { unreadableRows } from './database/index.ts'
import type { TicketView } from './service/index.ts'
import { type Ending, openEnding } from './workers/ending.ts'
import { giveBackWhenIdle } from './workers/giveBack.ts'
import { openIngress } from './workers/openIngress.ts'
import { installationIds } from './workers/organisations/installationIds.ts'
import { Installation } from './workers/organisations/openInstallation.ts'
import { roleOf } from './workers/roles/roles.ts'
import { mustAskFirst, startAccounts } from './workers/start/startAccounts.ts'
import { openWorld } from './workers/world.ts'

/** A client that tries again meets its PUBACK in about so long. */
const ANSWERED_FIRST_MS = 200

// Garbage that grew old is taken away before the heap has doubled: what strangers send stays small in memory, too.
setFlagsFromString('--heap-growing-percent=20')

try {
  const settings = readSettings(process.env)
  const logger = pino({ level: settings.LOG_LEVEL }, pino.destination(2))
  const ending = openEnding(logger)
  // Threads that work are ended one by one: to go while the store still does can crash.
  await start(settings, logger, ending).catch((error: unknown) => endWith(error, ending.end))
} catch (error) {
  endWith(error, process.exit)
}

function endWith(error: unknown, end: (code: number) => void): void {
  if (!(error instanceof Problem)) throw error
  console.error(`${error.message} ${error.remedy}`)
  end(1)
}

async function start(settings: Settings, logger: Logger, ending: Ending): Promise<void> {
  const { opened, ingressOpened } = ending
  unreadableRows.onFound(ending.foundUnreadable)
  // What this process and its threads write is for its own user: readings, owners, keys, the journal.
  process.umask(0o077)
  const role = roleOf(process.argv.slice(2))
  if (role === 'edge') return import('./workers/roles/openEdge.ts').then(({ openEdge }) => openEdge(settings, ending))
  const world = worldOf(settings)
  const hold = await openWorld(world, settings.DATA_DIR)
  opened(() => hold.release())
  const house =
    role === 'house' ? (await import('./workers/roles/openHouse.ts')).openHouse(settings, world, ending) : undefined
  const catalogDir = join(settings.DATA_DIR, 'catalog')
  const catalog = loadCatalog(catalogDir)
  const asked = mustAskFirst(settings) ? await startAccounts(settings) : undefined

  // From here on appliances are answered; the rest is loaded while they are.
  const timeKnown = Promise.withResolvers<(ticket: TicketView) => void>()
  const listeners = Promise.withResolvers<(key: string) => Promise<boolean>>()
  const later = { timeKnown: timeKnown.promise, mayListen: async (key: string) => (await listeners.promise)(key) }
  const ids = installationIds()
  const organisations = new Installation({ settings, world, logger, ending, ids })
  const { elsewhere } = organisations
  const ingress = await openIngress({
    settings,
    world,
    hold,
    catalog,
    ending,
    ids,
    elsewhere,
    ...later,
    openLog: house?.openLog,
  })
  const parts = { ids, settings, world, hold, catalog, catalogDir, logger, ending, ingress }
  // Who waits at the door is answered first: loading the rest keeps this thread busy for half a second.
  if (ingress.registry.all().length > 0) await wait(ANSWERED_FIRST_MS)
  const pages = import('./dashboards/index.ts')
  const events: Promise<EventHub> = pages.then(({ EventHub }) => new EventHub())
  const [flow, accounts, hub, { openApi }] = await Promise.all([
    import('./workers/openFlow.ts').then(({ openFlow }) => openFlow({ ...parts, events })),
    asked ?? pages.then(() => startAccounts(settings)),
    events,
    import('./workers/openApi.ts'),
  ])
  opened(() => accounts.close())
  ingressOpened(() => hub.close())
  listeners.resolve((await pages).mayListen(accounts))
  timeKnown.resolve((ticket) => hub.ticket(ticket))

  // Those that share these doors, before anybody can register anything.
  await organisations.openAll(accounts, ingress)
  const edges = await house?.begin(ingress, (ticket) => hub.ticket(ticket))
  const isReady = { now: false }
  const api = await openApi({
    ...parts,
    flow,
    accounts,
    events: hub,
    ready: () => isReady.now,
    organisations: organisations.desk(FIRST),
    installationDir: settings.DATA_DIR,
    front: organisations.listener,
    copiedToo: () => organisations.copied(),
    edges,
  })
  organisations.front(api, ingress)
  isReady.now = true
  giveBackWhenIdle()
  // Now and not at the end, which a kill would spare us: the next start is the one that has to be quick.
  flushCompileCache()
  const [plain, secure] = ingress.listening
  if (secure) console.log(`with a certificate ${secure}`)
  console.log(`ready ${plain}`)
  const link = await accounts.signInLink()
  if (link) console.log(`sign in: ${ingress.publicUrl}${link} (works once, until a password is set)`)
}
