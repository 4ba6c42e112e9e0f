import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Claimed, Elsewhere } from '../../broker/index.ts'
import { FIRST, notFound, Problem, type Settings, type World } from '../../core/index.ts'
import type { Installation as AllAccounts, Organisations, OrganisationView } from '../../dashboards/index.ts'
import { writeWhole } from '../../database/index.ts'
import type { WorldToCopy } from '../backup/copyWorld.ts'
import { restingWorld } from '../backup/restingWorld.ts'
import type { Ending } from '../ending.ts'
import type { OpenApi } from '../openApi.ts'
import type { Ingress } from '../openIngress.ts'
import type { InstallationIds } from './installationIds.ts'
import type { OpenOrganisation, OrganisationOptions } from './openOrganisation.ts'
import { dataDirOf, organisationDir, organisationWorld, organisationWorlds } from './organisationDir.ts'
import { whoseRequest } from './whoseRequest.ts'

/** The user name of programs of the staff, who listen by a key. */
const STAFF = '$staff'
/** Ids of one that is closed: they stay its own. */
const KEPT_IDS = 'ids.json'
const keptSchema = z.object({
  devices: z.array(z.string()),
  engineers: z.array(z.string()),
  depots: z.array(z.string()),
})
type KeptIds = z.infer<typeof keptSchema>

interface InstallationOptions {
  settings: Settings
  world: World
  logger: Logger
  ending: Ending
  ids: InstallationIds
}
interface First {
  ingress: Ingress
  api: OpenApi
}

/**
 * The organisations of one process: the first, which has the doors, and those beside it, opened one after the other. While
 * there is the first alone, nothing is asked and nothing is loaded.
 */
export class Installation {
  readonly #options: InstallationOptions
  readonly #open = new Map<string, OpenOrganisation>()
  readonly #areOpen = Promise.withResolvers<void>()
  #accounts: AllAccounts | undefined
  #first: First | undefined
  #ingress: Ingress | undefined
  #turn: Promise<unknown> = Promise.resolve()
  /** Is there, or may there be, any other? Until it is known, a connection of nobody here waits. */
  #others: 'unknown' | 'none' | 'some' = 'unknown'

  constructor(options: InstallationOptions) {
    this.#options = options
  }

  /** Opens those that are there. Nothing is registered anywhere before. */
  async openAll(accounts: AllAccounts, ingress: Ingress): Promise<void> {
    this.#accounts = accounts
    this.#ingress = ingress
    try {
      const [, ...others] = await accounts.organisations.list()
      for (const one of others) await (one.closedAt === undefined ? this.#begin(one.id) : this.#keepIdsOf(one.id))
      this.#others = others.length > 0 ? 'some' : 'none'
    } finally {
      this.#areOpen.resolve()
    }
  }
  /** The API of the first one answers. @returns answers in front of it, to be put behind the doors */
  front(api: OpenApi, ingress: Ingress): void {
    this.#first = { api, ingress }
  }
  /** Where requests go: to the first one, as long as there is no other. */
  readonly listener =
    (first: RequestListener): RequestListener =>
    (request, response) => {
      if (this.#others === 'none') return first(request, response)
      this.#lead(request, response, first).catch((error: unknown) => {
        this.#options.ending.onRetryableError('organisation', error)
        sayProblem(response, 503, 'unavailable', 'It cannot be told whose this is just now.', 'Try again in a second.')
      })
    }

  async #lead(request: IncomingMessage, response: ServerResponse, first: RequestListener): Promise<void> {
    const accounts = this.#accounts
    if (!accounts || !this.#first) return first(request, response)
    const { adminToken } = this.#first.api
    const receivedBy = (path: string): string | undefined =>
      [...this.#open.values()].find(({ channels }) => channels.all().some(({ receiptsPath }) => receiptsPath === path))
        ?.id
    const id = await whoseRequest(request, { accounts, adminToken, receivedBy })
    const other = this.#open.get(id)
    if (other) return void other.answer(request, response)
    if (id === FIRST || request.headers['x-organisation'] === undefined) return first(request, response)
    sayProblem(
      response,
      404,
      'no-such-organisation',
      `There is no open organisation '${id.slice(0, 40)}'.`,
      'GET /api/organisations lists them; leave the header x-organisation out for the first.',
    )
  }

  /** Whose a connection of MQTT is; undefined while there can be no other than the first. */
  readonly elsewhere = (): Elsewhere | undefined =>
    this.#others === 'none' ? undefined : async (claimed) => (await this.#brokerOf(claimed))?.broker
  async #brokerOf({ clientId, username, password }: Claimed): Promise<OpenOrganisation | undefined> {
    if (this.#options.ids.devices.ownerOf(clientId) === FIRST) return undefined
    // One that is not open yet may know it.
    await this.#areOpen.promise
    if (username === STAFF) {
      for (const one of this.#open.values()) if (await one.mayListen(password ?? '')) return one
      return undefined
    }
    return this.#open.get(this.#options.ids.devices.ownerOf(clientId) ?? '')
  }

  /** What an organisation has to do with the others. */
  desk(here: string): Organisations {
    return {
      here,
      isOneOfSeveral: () => this.#others !== 'none',
      list: () => this.#known.organisations.list(),
      of: (account) => this.#of(account),
      join: (account, key) => this.#join(account, key),
      add: (id, name, maker) => this.#inTurn(() => this.#add(id, name, maker)),
      change: (id, change) => this.#inTurn(() => this.#change(id, change)),
      auditOf: (name) => this.#auditOf(name),
      others: () => [...this.#open.values()].filter(({ id }) => id !== here),
    }
  }
  /** What a backup has to copy besides the first; of those that are closed their files as they lie. */
  copied(): WorldToCopy[] {
    const { settings, world } = this.#options
    return organisationWorlds(settings, world).map(
      (one) => this.#open.get(one.organisation ?? '')?.copied ?? restingWorld(dataDirOf(settings, one), one),
    )
  }

  get #known(): AllAccounts {
    if (!this.#accounts) throw new Error('accounts are open before anybody asks for organisations')
    return this.#accounts
  }
  async #of(account: string): Promise<{ id: string; name: string }[]> {
    const { people, organisations } = this.#known
    const others = new Set((await organisations.of(account)).map(({ organisation }) => organisation))
    const isOfFirst = (await people.known(account)).roles.length > 0
    const all = await organisations.list()
    return all
      .filter(({ id }) => (id === FIRST ? isOfFirst : others.has(id) && this.#open.has(id)))
      .map(({ id, name }) => ({ id, name }))
  }
  async #join(account: string, key: string) {
    const organisation = await this.#known.join(account, key)
    if (organisation === undefined) return undefined
    const audit = this.#auditIn(organisation)
    return { organisation, audit }
  }
  async #auditOf(name: string) {
    const { people, organisations } = this.#known
    const account = await people.byName(name)
    const home =
      account && account.roles.length === 0 ? (await organisations.of(account.id))[0]?.organisation : undefined
    return this.#auditIn(home ?? FIRST)
  }
  #auditIn(organisation: string) {
    const audit = this.#open.get(organisation)?.audit ?? this.#first?.api.audit
    if (!audit) throw new Error('nobody signs in before the API is open')
    return audit
  }

  async #add(id: string, name: string, maker: string | undefined): Promise<OrganisationView> {
    const { organisations } = this.#known
    const made = await organisations.add(id, name)
    this.#others = 'some'
    try {
      await this.#begin(id)
    } catch (error) {
      await organisations.takeBack(id)
      throw error
    }
    if (maker !== undefined) await organisations.put({ account: maker, organisation: id, roles: ['admin'] })
    return made
  }
  async #change(
    id: string,
    change: { name?: string | undefined; closed?: boolean | undefined },
  ): Promise<OrganisationView> {
    const { organisations } = this.#known
    if (id === FIRST && change.closed !== undefined)
      throw new Problem({
        code: 'first-organisation',
        message: 'The first organisation has the doors of all, and is not closed.',
        remedy: 'Stop the program; or close another one.',
        status: 409,
      })
    const before = (await organisations.list()).find((one) => one.id === id)
    if (!before) throw notFound('organisation', id)
    if (change.closed === true && before.closedAt === undefined) await this.#end(id)
    if (change.closed === false && !this.#open.has(id)) await this.#begin(id)
    await organisations.change(id, change)
    const after = (await organisations.list()).find((one) => one.id === id)
    if (!after) throw notFound('organisation', id)
    return after
  }

  async #begin(id: string): Promise<void> {
    const { settings, world, logger, ending, ids } = this.#options
    const ingress = this.#ingress
    if (!ingress) throw new Error('the doors are open before there is an organisation behind them')
    await mkdir(organisationDir(settings, id), { recursive: true, mode: 0o700 })
    const { openOrganisation } = await import('./openOrganisation.ts')
    const { http, broker, publicUrl } = ingress
    const options: OrganisationOptions = {
      id,
      settings,
      world,
      ports: { http: http.port, mqtt: broker.port, mqtts: broker.securePort },
      publicUrl,
      logger,
      ending,
      ids,
      accounts: this.#known,
      desk: this.desk(id),
      lost: () => void this.#end(id).catch((error: unknown) => ending.onRetryableError('organisation', error)),
    }
    this.#open.set(id, await openOrganisation(options))
  }
  async #end(id: string): Promise<void> {
    const one = this.#open.get(id)
    if (!one) return
    this.#open.delete(id)
    const kept = await idsOf(one, this.#options.ending)
    await writeWhole(join(one.copied.world.dir, KEPT_IDS), JSON.stringify(kept), 0o600)
    this.#keepIds(id, kept)
    await one.end()
  }
  async #keepIdsOf(id: string): Promise<void> {
    const { settings, world } = this.#options
    const path = join(organisationWorld(settings, world, id).dir, KEPT_IDS)
    if (!existsSync(path)) return
    this.#keepIds(id, keptSchema.parse(JSON.parse(await readFile(path, 'utf8'))))
  }
  /** What is called so stays its own, while nobody can ask it. */
  #keepIds(id: string, { devices, engineers, depots }: KeptIds): void {
    const { ids } = this.#options
    const known = new Set(devices)
    ids.devices.join(id, (device) => known.has(device))
    ids.engineers.join(id, async () => engineers)
    ids.depots.join(id, async () => depots)
  }

  /** One after the other: two of one id at once would open the same files. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => undefined)
    return mine
  }
}

/** In the words in which the API refuses; no route is asked. */
function sayProblem(response: ServerResponse, status: number, code: string, title: string, detail: string): void {
  if (response.headersSent) return void response.destroy()
  const type = `https://hearthwatch.invalid/problems/${code}`
  response.writeHead(status, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify({ type, title, status, detail, code }))
}

async function idsOf(
  { registry, people }: OpenOrganisation,
  { onRetryableError }: Pick<Ending, 'onRetryableError'>,
): Promise<KeptIds> {
  const listed = (all: readonly { id: string }[]): string[] => all.map(({ id }) => id)
  // It may end because its database is gone; what may sign in is known without it.
  const gone = (error: unknown): [] => {
    onRetryableError('organisation-ids', error)
    return []
  }
  return {
    devices: [...listed(registry.all()), ...registry.gateways()],
    engineers: listed(await people.engineers().catch(gone)),
    depots: listed(await people.depots().catch(gone)),
  }
}
