import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { loadCatalog } from '../../catalog/index.ts'
import { Problem, type Settings, type World } from '../../core/index.ts'
import { type ApiContext, EventHub, type Installation, mayListen, type Organisations } from '../../dashboards/index.ts'
import type { TicketView } from '../../service/index.ts'
import type { Ending } from '../ending.ts'
import { openApi } from '../openApi.ts'
import { openFlow } from '../openFlow.ts'
import { type Ingress, openIngress } from '../openIngress.ts'
import { openWorld } from '../world.ts'
import { endingOf } from './endingOf.ts'
import type { InstallationIds } from './installationIds.ts'
import { organisationDir, organisationWorld } from './organisationDir.ts'

export interface OrganisationOptions {
  id: string
  /** Of the installation. */
  settings: Settings
  /** The first organisation's. */
  world: World
  ports: { http: number; mqtt: number; mqtts: number | undefined }
  publicUrl: string
  logger: Logger
  ending: Ending
  ids: InstallationIds
  accounts: Installation
  desk: Organisations
  /** It cannot go on, and the others can. */
  lost: () => void
}

/** Settings of the installation, as an organisation beside the first has them: what is the first's alone is left out. */
export function organisationSettings(
  settings: Settings,
  id: string,
  { mqtt, mqtts }: OrganisationOptions['ports'],
): Settings {
  const { MQTT_URL: _mqtt, HOMEASSISTANT_URL: _house, WEBHOOK_URL: _hook, ...shared } = settings
  return {
    ...shared,
    DATA_DIR: organisationDir(settings, id),
    SIMULATE: 0,
    MQTT_PORT: mqtt,
    MQTTS_PORT: mqtts ?? settings.MQTTS_PORT,
  }
}
/** An organisation beside the first: a world of its own behind the doors of the installation. */
export async function openOrganisation(options: OrganisationOptions) {
  const { id, logger, ids } = options
  const { ending, end } = endingOf(options.ending, id, logger, options.lost)
  try {
    const opened = await open(options, ending)
    return { id, end, ids, ...opened }
  } catch (error) {
    await end()
    throw error
  }
}
export type OpenOrganisation = Awaited<ReturnType<typeof openOrganisation>>

async function open({ id, ports, logger, accounts: all, ...options }: OrganisationOptions, ending: Ending) {
  const settings = organisationSettings(options.settings, id, ports)
  const world = organisationWorld(options.settings, options.world, id)
  const hold = await openWorld(world, settings.DATA_DIR)
  ending.opened(() => hold.release())
  const catalogDir = join(settings.DATA_DIR, 'catalog')
  const catalog = loadCatalog(catalogDir)
  const accounts = all.of(id)
  const events = new EventHub()
  ending.ingressOpened(() => events.close())
  const door = behindDoor(ports.http)
  const ingress: Ingress = await openIngress({
    settings,
    world,
    hold,
    catalog,
    ending,
    ids: options.ids,
    doors: { certificate: undefined, plainHost: settings.HOST, http: door.http, publicUrl: options.publicUrl },
    timeKnown: Promise.resolve((ticket: TicketView) => events.ticket(ticket)),
    mayListen: mayListen(accounts),
  })
  const parts = { ids: options.ids, settings, world, hold, catalog, catalogDir, logger, ending, ingress }
  const flow = await openFlow({ ...parts, events: Promise.resolve(events) })
  const { audit, claims, people } = await openApi({
    ...parts,
    flow,
    accounts,
    events,
    ready: () => true,
    organisations: options.desk,
    installationDir: options.settings.DATA_DIR,
    backups: ofTheFirst,
  })
  return {
    audit,
    claims,
    mayListen: mayListen(accounts),
    deliveries: ingress.deliveries,
    channels: ingress.book,
    broker: ingress.broker,
    registry: ingress.registry,
    people,
    copied: { world, log: ingress.log, store: flow.store, dataDir: settings.DATA_DIR },
    answer: door.answer,
  }
}

/** One is of everything: whoever has the doors takes it. */
const ofTheFirst: ApiContext['backups'] = {
  state: () => ({ state: 'none' }),
  begin() {
    throw new Problem({
      code: 'first-organisation',
      message: 'Backups are of the whole installation, and the first organisation’s administrators take them.',
      remedy: 'Ask whoever runs this installation.',
      status: 403,
    })
  },
}

/** A port of HTTP that nobody reaches but by `answer`. */
function behindDoor(port: number) {
  let listener: RequestListener | undefined
  const http = {
    port,
    securePort: undefined,
    server: createServer(),
    servers: [],
    serve: (one: RequestListener): void => {
      listener = one
    },
    close: async (): Promise<void> => undefined,
  }
  return { http, answer: (request: IncomingMessage, response: ServerResponse) => listener?.(request, response) }
}
