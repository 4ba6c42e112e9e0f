import type { Catalog } from '../../catalog/index.ts'
import {
  type Appliance,
  type Clock,
  type CohortIndex,
  type Database,
  type Device,
  type DeviceDirectory,
  type Gateway,
  hashSecret,
  isInService,
  newSecret,
  notFound,
  type Registration,
  type UnitOfWork,
} from '../../core/index.ts'
import { enqueueControl } from '../../database/index.ts'
import { checkSpoken } from './checkSpoken.ts'
import { countedCohorts } from './countedCohorts.ts'
import {
  checkInstalled,
  definedOnly,
  gatewayControl,
  isOthers,
  notInService,
  registerControl,
  taken,
} from './registration.ts'
import { toAppliance } from './registryTable.ts'

export interface Credentials {
  username: string
  /** Shown once, at the making. */
  password?: string
}

/** What exists, whom it belongs to, and who may sign in. Held in memory as well, because every CONNECT asks. */
export interface Registry extends DeviceDirectory {
  /** New ones get a secret; known ones change only in what differs. All of them, or none. */
  register(registrations: Registration[]): Promise<(Appliance & { mqtt: Credentials })[]>
  renewSecret(id: string): Promise<Credentials>
  transfer(id: string, to: Pick<Registration, 'homeId' | 'owner' | 'location'>): Promise<Appliance>
  retire(id: string): Promise<Appliance>
  /** Ends the links to its owner's pages, the sticker's included; new ones are made on demand. */
  renewLinks(id: string): Promise<void>
  /** Tells detection anew of every appliance of these kinds: their catalog entry is new or has changed. */
  announceAgain(kinds: ReadonlySet<string>): Promise<void>
  registerGateway(gateway: Gateway): Promise<Gateway & { mqtt: Credentials }>
  /**
   * What appliances themselves say that they run.
   * @returns makes it known, once the transaction has committed
   */
  heardFirmware(tx: UnitOfWork, heard: { appliance: string; firmware: string }[]): Promise<() => void>
  gateways(): string[]
  /** The gateways that speak for it. */
  gatewaysOf(id: string): string[]
  /** @throws Problem `not-found` */
  get(id: string): Appliance
  /** @throws Problem `not-found`, or `retired` */
  inService(id: string): Appliance
  /** All of them, in the order of registration; retired ones last. */
  all(): Appliance[]
  /** What they share with each other. */
  cohorts: CohortIndex
}

export async function openRegistry(options: {
  database: Database
  catalog: Catalog
  clock: Clock
  wall: Clock
  secretKey: Uint8Array
  /** Its former owner's data and links go, in the transaction of the transfer. @returns makes it known, after the commit */
  ownerLeft: (tx: UnitOfWork, appliance: string, now: Registration['owner']) => Promise<() => void>
  renewLinks: (tx: UnitOfWork, appliance: string) => Promise<() => void>
  /** What was under way for it ends, in the transaction that retires it. @returns makes it known, after the commit */
  retired: (tx: UnitOfWork, appliance: string) => Promise<() => void>
}): Promise<Registry> {
  const { database, catalog, clock, wall, secretKey, ownerLeft, retired, renewLinks } = options
  const appliances = new Map<string, Appliance>()
  const devices = new Map<string, Device>()
  const gateways = new Map<string, string[]>()
  const listeners: ((id: string) => void)[] = []

  for (const row of await database.query
    .selectFrom('appliance')
    .select('body')
    .orderBy('registeredAt')
    .orderBy('id')
    .execute()) {
    const appliance = toAppliance(row)
    appliances.set(appliance.id, appliance)
  }
  for (const row of await database.query.selectFrom('device').selectAll().execute()) {
    if (row.speaksFor) gateways.set(row.id, JSON.parse(row.speaksFor) as string[])
    remember(row.id, Buffer.from(row.secretHash, 'base64'))
  }

  function remember(id: string, secretHash: Uint8Array): void {
    const ids = gateways.get(id) ?? [id]
    const speaksFor = new Map<string, string>()
    for (const of of ids) {
      const appliance = appliances.get(of)
      if (appliance && isInService(appliance)) speaksFor.set(of, appliance.kind)
    }
    if (!gateways.has(id) && speaksFor.size === 0) devices.delete(id)
    else devices.set(id, { id, secretHash, speaksFor })
  }

  async function setSecret(tx: UnitOfWork, id: string, type: string, speaksFor: string[] | null): Promise<string> {
    const secret = newSecret()
    const row = {
      secretHash: hashSecret(secretKey, secret).toString('base64'),
      type,
      speaksFor: speaksFor && JSON.stringify(speaksFor),
    }
    await tx
      .insertInto('device')
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute()
    return secret
  }

  async function save(tx: UnitOfWork, appliance: Appliance): Promise<void> {
    const row = {
      kind: appliance.kind,
      model: appliance.model,
      homeId: appliance.homeId ?? null,
      retiredAt: appliance.retiredAt ?? null,
      registeredAt: appliance.registeredAt,
      body: JSON.stringify(appliance),
    }
    await tx
      .insertInto('appliance')
      .values({ id: appliance.id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute()
  }

  function existing(id: string): Appliance {
    const appliance = appliances.get(id)
    if (!appliance) throw notFound('appliance', id)
    return appliance
  }

  let version = 0
  function changed(appliance: Appliance, secret?: string): void {
    appliances.set(appliance.id, appliance)
    version++
    const hash = secret ? hashSecret(secretKey, secret) : devices.get(appliance.id)?.secretHash
    if (hash) remember(appliance.id, hash)
    if (!isInService(appliance) || secret) revoked(appliance.id)
    for (const [gateway, ids] of gateways) {
      const device = devices.get(gateway)
      if (!device || !ids.includes(appliance.id)) continue
      const spoke = device.speaksFor.has(appliance.id)
      if (spoke === isInService(appliance)) continue
      remember(gateway, device.secretHash)
      // Its open session still speaks for the retired one: it signs in again, for the others.
      if (spoke) revoked(gateway)
    }
  }
  const revoked = (id: string): void => {
    for (const listener of listeners) listener(id)
  }

  return {
    find: (id) => devices.get(id),
    onRevoked: (listener) => void listeners.push(listener),
    async register(registrations) {
      const made: { appliance: Appliance; secret?: string }[] = []
      const left: (() => void)[] = []
      await database.transaction(async (tx) => {
        const seen = new Set<string>()
        for (const registration of registrations) {
          checkSpoken(catalog.kind(registration.kind), registration)
          checkInstalled(registration, clock.now(), wall.now())
          const known = appliances.get(registration.id)
          if (gateways.has(registration.id)) throw taken(registration.id, 'a gateway')
          if (seen.has(registration.id)) throw taken(registration.id, 'another entry of this call')
          seen.add(registration.id)
          if (known && known.kind !== registration.kind) throw taken(registration.id, `a ${known.kind}`)
          const appliance: Appliance = known
            ? { ...known, ...definedOnly(registration) }
            : { ...definedOnly(registration), registeredAt: clock.now() }
          if (known && isInService(known) && JSON.stringify(known) === JSON.stringify(appliance)) {
            made.push({ appliance })
            continue
          }
          delete appliance.retiredAt
          await save(tx, appliance)
          await enqueueControl(tx, registerControl(appliance))
          // Another owner by registration is a transfer like any other.
          if (known && isOthers(known.owner, appliance.owner))
            left.push(await ownerLeft(tx, appliance.id, appliance.owner))
          const secret = known && isInService(known) ? undefined : await setSecret(tx, appliance.id, 'appliance', null)
          made.push({ appliance, secret })
        }
      })
      for (const known of left) known()
      for (const { appliance, secret } of made) changed(appliance, secret)
      return made.map(({ appliance, secret }) => ({
        ...appliance,
        mqtt: { username: appliance.id, ...(secret ? { password: secret } : {}) },
      }))
    },
    async renewSecret(id) {
      const appliance = appliances.get(id)
      const gateway = gateways.get(id)
      if (!gateway && (!appliance || !isInService(appliance))) throw notFound('appliance or gateway', id)
      const secret = await database.transaction((tx) =>
        setSecret(tx, id, gateway ? 'gateway' : 'appliance', gateway ?? null),
      )
      remember(id, hashSecret(secretKey, secret))
      revoked(id)
      return { username: id, password: secret }
    },
    async transfer(id, to) {
      const before = existing(id)
      const { owner: _owner, homeId: _home, ...kept } = before
      // Another home stands elsewhere, even while nobody says where.
      if (to.homeId !== undefined && to.homeId !== before.homeId) delete kept.location
      const appliance: Appliance = { ...kept, ...definedOnly(to) }
      if (!isInService(before)) throw notInService(id)
      const known = await database.transaction(async (tx) => {
        await save(tx, appliance)
        await enqueueControl(tx, registerControl(appliance))
        return ownerLeft(tx, id, to.owner)
      })
      known()
      changed(appliance)
      return appliance
    },
    async retire(id) {
      const known = existing(id)
      if (!isInService(known)) return known
      // Whoever gets it next lives elsewhere: nothing that tells of the former home stays.
      const { owner: _owner, homeId: _home, location: _place, timeZone: _zone, ...kept } = known
      const appliance = { ...kept, retiredAt: clock.now() }
      const [ended, left] = await database.transaction(async (tx) => {
        const ended = await retired(tx, id)
        await save(tx, appliance)
        await enqueueControl(tx, { type: 'retire', appliance: id })
        return [ended, await ownerLeft(tx, id, undefined)] as const
      })
      ended()
      left()
      changed(appliance)
      return appliance
    },
    async announceAgain(kinds) {
      const concerned = [...appliances.values()].filter((one) => isInService(one) && kinds.has(one.kind))
      if (concerned.length === 0) return
      await database.transaction(async (tx) => {
        for (const appliance of concerned) await enqueueControl(tx, registerControl(appliance))
        const ids = new Set(concerned.map(({ id }) => id))
        for (const [id, speaksFor] of gateways)
          if (speaksFor.some((one) => ids.has(one)))
            await enqueueControl(tx, gatewayControl({ id, appliances: speaksFor }))
      })
    },
    async registerGateway(gateway) {
      if (appliances.has(gateway.id)) throw taken(gateway.id, 'an appliance')
      for (const id of gateway.appliances) existing(id)
      const known = gateways.has(gateway.id) ? devices.get(gateway.id) : undefined
      // A repeat changes nothing, and ends no session.
      if (known && JSON.stringify(gateways.get(gateway.id)) === JSON.stringify(gateway.appliances)) {
        return { ...gateway, mqtt: { username: gateway.id } }
      }
      const secret = await database.transaction(async (tx) => {
        await enqueueControl(tx, gatewayControl(gateway))
        if (!known) return setSecret(tx, gateway.id, 'gateway', gateway.appliances)
        await tx
          .updateTable('device')
          .set({ speaksFor: JSON.stringify(gateway.appliances) })
          .where('id', '=', gateway.id)
          .execute()
      })
      gateways.set(gateway.id, gateway.appliances)
      remember(gateway.id, secret ? hashSecret(secretKey, secret) : (known?.secretHash ?? new Uint8Array()))
      version++
      revoked(gateway.id)
      return { ...gateway, mqtt: { username: gateway.id, ...(secret ? { password: secret } : {}) } }
    },
    async heardFirmware(tx, heard) {
      const news = heard.filter(({ appliance, firmware }) => {
        const known = appliances.get(appliance)
        return known && isInService(known) && known.firmware !== firmware
      })
      for (const { appliance, firmware } of news) await save(tx, { ...existing(appliance), firmware })
      return () => {
        for (const { appliance, firmware } of news) changed({ ...existing(appliance), firmware })
      }
    },
    gateways: () => [...gateways.keys()],
    gatewaysOf: (id) => [...gateways].filter(([, ids]) => ids.includes(id)).map(([gateway]) => gateway),
    get: existing,
    inService(id) {
      const appliance = existing(id)
      if (!isInService(appliance)) throw notInService(id)
      return appliance
    },
    async renewLinks(id) {
      const known = await database.transaction((tx) => renewLinks(tx, existing(id).id))
      known()
    },
    cohorts: countedCohorts(appliances, gateways, () => version),
    all: () => [...appliances.values()].sort((a, b) => Number(isInService(b)) - Number(isInService(a))),
  }
}
