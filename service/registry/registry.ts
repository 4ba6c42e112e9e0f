import {
  type Appliance,
  type Device,
  type FormerSecret,
  hashSecret,
  isInService,
  notFound,
  personOf,
  type UnitOfWork,
} from '../../core/index.ts'
import { enqueueControl, readable } from '../../database/index.ts'
import { checkSpoken } from './checkSpoken.ts'
import { countedCohorts } from './countedCohorts.ts'
import {
  checkEntered,
  definedOnly,
  gatewayControl,
  gatewaysLeft,
  type Ids,
  idsOf,
  isOthers,
  moves,
  notInService,
  registerControl,
  taken,
  withoutHome,
} from './registration.ts'
import type { Registry, RegistryOptions } from './registryPort.ts'
import {
  formerOf,
  saveAppliance,
  saveBehind,
  setSecret,
  speaksForOf,
  toAppliance,
  usedSecret,
} from './registryTable.ts'

/** In memory, behind what the database has. */
class HeldRegistry implements Registry {
  readonly #options: RegistryOptions
  constructor(options: RegistryOptions) {
    this.#options = options
  }
  readonly #appliances = new Map<string, Appliance>()
  readonly #devices = new Map<string, Device>()
  readonly #gateways = new Map<string, string[]>()
  /** Of those that have not used their present secret yet. */
  readonly #former = new Map<string, FormerSecret>()
  readonly #listeners: ((id: string) => void)[] = []

  /** What this world knows already. */
  async load(): Promise<void> {
    const rows = await this.#options.database.query
      .selectFrom('appliance')
      .select(['id', 'body'])
      .orderBy('registeredAt')
      .orderBy('id')
      .execute()
    for (const appliance of readable(rows, toAppliance)) this.#appliances.set(appliance.id, appliance)
    for (const row of await this.#options.database.query.selectFrom('device').selectAll().execute()) {
      const { id, speaksFor } = row
      const former = formerOf(row)
      if (former) this.#former.set(id, former)
      for (const behind of speaksFor ? readable([{ id, speaksFor }], speaksForOf) : []) this.#gateways.set(id, behind)
      this.#remember(row.id, Buffer.from(row.secretHash, 'base64'))
    }
  }

  readonly #remember = (id: string, secretHash: Uint8Array): void => {
    const ids = this.#gateways.get(id) ?? [id]
    const speaksFor = new Map<string, string>()
    for (const of of ids) {
      const appliance = this.#appliances.get(of)
      if (appliance && isInService(appliance)) speaksFor.set(of, appliance.kind)
    }
    const former = this.#former.get(id)
    if (!this.#gateways.has(id) && speaksFor.size === 0) this.#devices.delete(id)
    else this.#devices.set(id, { id, secretHash, speaksFor, ...(former ? { former } : {}) })
  }

  readonly #setSecret = (tx: UnitOfWork, id: string, speaksFor: string[] | null, former?: FormerSecret) =>
    setSecret(tx, this.#options.secretKey, { id, speaksFor, ...(former ? { former } : {}) })

  readonly #existing = (id: string): Appliance => {
    const appliance = this.#appliances.get(id)
    if (!appliance) throw notFound('appliance', id)
    return appliance
  }

  #version = 0
  readonly #changed = (appliance: Appliance, secret?: string): void => {
    this.#appliances.set(appliance.id, appliance)
    this.#version++
    if (secret) this.#former.delete(appliance.id)
    const hash = secret ? hashSecret(this.#options.secretKey, secret) : this.#devices.get(appliance.id)?.secretHash
    if (hash) this.#remember(appliance.id, hash)
    if (!isInService(appliance) || secret) this.#revoked(appliance.id)
  }
  readonly #revoked = (id: string): void => {
    for (const listener of this.#listeners) listener(id)
  }

  readonly find: Registry['find'] = (id) => {
    const device = this.#devices.get(id)
    if (!device?.former || device.former.until > this.#options.wall.now()) return device
    const { former: _former, ...now } = device
    return now
  }
  readonly tookSecret = (id: string): void => {
    const [former, device] = [this.#former.get(id), this.#devices.get(id)]
    if (!former || !device) return
    this.#former.delete(id)
    this.#remember(id, device.secretHash)
    const used = this.#options.database.transaction((tx) => usedSecret(tx, id, device.secretHash))
    // Not written: the former one is good until its end, as was said, and the next sign-in tries again.
    used.catch(() => {
      this.#former.set(id, former)
      this.#remember(id, device.secretHash)
    })
  }
  readonly onRevoked: Registry['onRevoked'] = (listener) => void this.#listeners.push(listener)
  /** Of new ids: while they are being made, and from then on by being known here. */
  readonly #reserving = async <T>(ids: readonly string[], work: () => Promise<T>): Promise<T> => {
    const unknown = ids.filter((id) => !this.knows(id))
    const release = this.#options.reserve?.(unknown)
    try {
      return await work()
    } finally {
      release?.()
    }
  }
  readonly knows: Registry['knows'] = (id) => this.#appliances.has(id) || this.#gateways.has(id)
  readonly register: Registry['register'] = (registrations) =>
    this.#reserving(
      registrations.map(({ id }) => id),
      () => this.#register(registrations),
    )
  readonly #register: Registry['register'] = async (registrations) => {
    const made: { appliance: Appliance; secret?: string }[] = []
    const left: (() => void)[] = []
    await this.#options.database.transaction(async (tx) => {
      const seen = new Set<string>()
      for (const registration of registrations) {
        checkSpoken(this.#options.catalog.kind(registration.kind), registration)
        const known = this.#appliances.get(registration.id)
        checkEntered(registration, known, this.#options)
        if (this.#gateways.has(registration.id)) throw taken(registration.id, 'a gateway')
        if (seen.has(registration.id)) throw taken(registration.id, 'another entry of this call')
        seen.add(registration.id)
        if (known && known.kind !== registration.kind) throw taken(registration.id, `a ${known.kind}`)
        const appliance: Appliance = known
          ? { ...known, ...definedOnly(registration) }
          : { ...definedOnly(registration), registeredAt: this.#options.clock.now() }
        if (known && isInService(known) && JSON.stringify(known) === JSON.stringify(appliance)) {
          made.push({ appliance })
          continue
        }
        delete appliance.retiredAt
        await saveAppliance(tx, appliance)
        await enqueueControl(tx, registerControl(appliance))
        // Another owner by registration is a transfer like any other.
        if (known && isOthers(known.owner, appliance.owner))
          left.push(await this.#options.ownerLeft(tx, appliance.id, appliance.owner))
        const secret = known && isInService(known) ? undefined : await this.#setSecret(tx, appliance.id, null)
        made.push({ appliance, secret })
      }
      // Of lists that were written before a retirement took them out.
      const back = registrations.filter(({ id }) => this.#appliances.get(id)?.retiredAt !== undefined)
      const moved = registrations.filter((one) => moves(this.#appliances.get(one.id), one))
      left.push(await this.#leaveGateways(tx, idsOf(back), idsOf(moved)))
    })
    for (const known of left) known()
    for (const { appliance, secret } of made) this.#changed(appliance, secret)
    return made.map(({ appliance, secret }) => ({
      ...appliance,
      mqtt: { username: appliance.id, ...(secret ? { password: secret } : {}) },
    }))
  }
  readonly rotateSecrets: Registry['rotateSecrets'] = async (ids, overlap) => {
    const until = this.#options.wall.now() + overlap
    const made = await this.#options.database.transaction(async (tx) => {
      const secrets: { id: string; secret: string; former?: FormerSecret }[] = []
      for (const id of new Set(ids)) {
        const appliance = this.#appliances.get(id)
        const gateway = this.#gateways.get(id)
        if (!gateway && (!appliance || !isInService(appliance))) throw notFound('appliance or gateway', id)
        const has = (this.#former.get(id) ?? this.#devices.get(id))?.secretHash
        const former = overlap > 0 && has ? { secretHash: has, until } : undefined
        const secret = await this.#setSecret(tx, id, gateway ?? null, former)
        secrets.push({ id, secret, ...(former ? { former } : {}) })
      }
      return secrets
    })
    for (const { id, secret, former } of made) {
      if (former) this.#former.set(id, former)
      else this.#former.delete(id)
      this.#remember(id, hashSecret(this.#options.secretKey, secret))
      if (!former) this.#revoked(id)
    }
    return { until, made: made.map(({ id, secret }) => ({ username: id, password: secret })) }
  }
  readonly rotating: Registry['rotating'] = () =>
    [...this.#former]
      .filter(([id]) => this.#devices.has(id))
      .map(([id, { until }]) => ({ id, until, isOver: until <= this.#options.wall.now() }))
      .sort((a, b) => a.until - b.until || (a.id < b.id ? -1 : 1))
  /**
   * What is known is read in the transaction that changes it: of two changes at once the later one builds on the earlier,
   * and is refused by what that made of it. @param make the appliance as it is from now on; the same one: nothing changes
   */
  readonly #change = async (
    id: string,
    make: (tx: UnitOfWork, before: Appliance) => Promise<{ appliance: Appliance; known?: (() => void)[] }>,
  ): Promise<Appliance> => {
    const { appliance, known = [] } = await this.#options.database.transaction((tx) => make(tx, this.#existing(id)))
    for (const one of known) one()
    if (known.length > 0) this.#changed(appliance)
    return appliance
  }
  readonly transfer: Registry['transfer'] = (id, to) =>
    this.#change(id, async (tx, before) => {
      const { owner: _owner, homeId: _home, ...kept } = before
      // Another home stands elsewhere, even while nobody says where.
      if (to.homeId !== undefined && to.homeId !== before.homeId) delete kept.location
      const appliance: Appliance = { ...kept, ...definedOnly(to) }
      if (!isInService(before)) throw notInService(id)
      checkEntered(appliance, before, this.#options)
      await saveAppliance(tx, appliance)
      await enqueueControl(tx, registerControl(appliance))
      const staysHome = to.homeId !== undefined && to.homeId === before.homeId
      const left = await this.#leaveGateways(tx, new Set(), new Set(staysHome ? [] : [id]))
      return { appliance, known: [left, await this.#options.ownerLeft(tx, id, to.owner)] }
    })
  readonly retire: Registry['retire'] = (id) =>
    this.#change(id, async (tx, before) => {
      if (!isInService(before)) return { appliance: before }
      const appliance = { ...withoutHome(before), retiredAt: this.#options.clock.now() }
      const ended = await this.#options.retired(tx, id)
      await saveAppliance(tx, appliance)
      await enqueueControl(tx, { type: 'retire', appliance: id })
      const left = await this.#leaveGateways(tx, new Set([id]))
      return { appliance, known: [ended, left, await this.#options.ownerLeft(tx, id, undefined)] }
    })
  /** Whoever has it next says anew who speaks for it: the gateway of its former home does not. */
  readonly #leaveGateways = async (tx: UnitOfWork, gone: Ids, moved: Ids = new Set()): Promise<() => void> => {
    const gateways = await gatewaysLeft(this.#gateways, gone, moved, (id) => this.#options.isSource(tx, id))
    for (const gateway of gateways) {
      await saveBehind(tx, gateway)
      await enqueueControl(tx, gatewayControl(gateway))
    }
    return () => {
      for (const { id: gateway, appliances } of gateways) {
        const device = this.#devices.get(gateway)
        this.#gateways.set(gateway, appliances)
        if (device) this.#remember(gateway, device.secretHash)
        // Its open session signs in again, for the others.
        this.#revoked(gateway)
      }
    }
  }
  readonly forgetOwner: Registry['forgetOwner'] = (id, person) =>
    this.#change(id, async (tx, before) => {
      if (personOf(id, before.owner) !== person) return { appliance: before }
      const appliance = withoutHome(before)
      await saveAppliance(tx, appliance)
      if (isInService(appliance)) await enqueueControl(tx, registerControl(appliance))
      return { appliance, known: [await this.#options.ownerLeft(tx, id, undefined)] }
    })
  readonly announceAgain: Registry['announceAgain'] = async (kinds) => {
    const concerned = [...this.#appliances.values()].filter((one) => isInService(one) && kinds.has(one.kind))
    if (concerned.length === 0) return
    await this.#options.database.transaction(async (tx) => {
      for (const appliance of concerned) await enqueueControl(tx, registerControl(appliance))
      const ids = new Set(concerned.map(({ id }) => id))
      for (const [id, speaksFor] of this.#gateways)
        if (speaksFor.some((one) => ids.has(one)))
          await enqueueControl(tx, gatewayControl({ id, appliances: speaksFor }))
    })
  }
  readonly registerGateway: Registry['registerGateway'] = (gateway) =>
    this.#reserving([gateway.id], () => this.#registerGateway(gateway))
  readonly #registerGateway: Registry['registerGateway'] = async (gateway) => {
    const { known, isRepeat, secret } = await this.#options.database.transaction(async (tx) => {
      if (this.#appliances.has(gateway.id)) throw taken(gateway.id, 'an appliance')
      for (const id of gateway.appliances) this.#existing(id)
      const known = this.#gateways.has(gateway.id) ? this.#devices.get(gateway.id) : undefined
      // A repeat changes nothing, and ends no session.
      if (known && JSON.stringify(this.#gateways.get(gateway.id)) === JSON.stringify(gateway.appliances))
        return { known, isRepeat: true }
      await enqueueControl(tx, gatewayControl(gateway))
      if (!known) return { secret: await this.#setSecret(tx, gateway.id, gateway.appliances) }
      await saveBehind(tx, gateway)
      return { known }
    })
    if (isRepeat) return { ...gateway, mqtt: { username: gateway.id } }
    this.#gateways.set(gateway.id, gateway.appliances)
    this.#remember(
      gateway.id,
      secret ? hashSecret(this.#options.secretKey, secret) : (known?.secretHash ?? new Uint8Array()),
    )
    this.#version++
    this.#revoked(gateway.id)
    return { ...gateway, mqtt: { username: gateway.id, ...(secret ? { password: secret } : {}) } }
  }
  readonly heardFirmware: Registry['heardFirmware'] = async (tx, heard) => {
    const news = heard.filter(({ appliance, firmware }) => {
      const known = this.#appliances.get(appliance)
      return known && isInService(known) && known.firmware !== firmware
    })
    for (const { appliance, firmware } of news) await saveAppliance(tx, { ...this.#existing(appliance), firmware })
    return () => {
      for (const { appliance, firmware } of news) this.#changed({ ...this.#existing(appliance), firmware })
    }
  }
  readonly gateways: Registry['gateways'] = () => [...this.#gateways.keys()]
  readonly gatewaysOf: Registry['gatewaysOf'] = (id) =>
    [...this.#gateways].filter(([, ids]) => ids.includes(id)).map(([gateway]) => gateway)
  readonly get: Registry['get'] = this.#existing
  readonly inService: Registry['inService'] = (id) => {
    const appliance = this.#existing(id)
    if (!isInService(appliance)) throw notInService(id)
    return appliance
  }
  readonly renewLinks: Registry['renewLinks'] = async (id) => {
    const known = await this.#options.database.transaction((tx) => this.#options.renewLinks(tx, this.#existing(id).id))
    known()
  }
  readonly cohorts: Registry['cohorts'] = countedCohorts(this.#appliances, this.#gateways, () => this.#version)
  readonly all: Registry['all'] = () =>
    [...this.#appliances.values()].sort((a, b) => Number(isInService(b)) - Number(isInService(a)))
}

export async function openRegistry(options: RegistryOptions): Promise<Registry> {
  const registry = new HeldRegistry(options)
  await registry.load()
  return registry
}
