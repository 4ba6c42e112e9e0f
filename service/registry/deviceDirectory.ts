import { z } from 'zod'
import type { Appliance, ApplianceId, Clock, Database, Device, DeviceDirectory } from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import type { Registry } from './registryPort.ts'
import { formerOf, speaksForOf, usedSecret } from './registryTable.ts'

/** Of so many at once is asked. */
const AT_ONCE = 500

/** Who may sign in, for a door that runs by itself: what the registry has in the same database, without whose it is. */
export interface HeldDirectory extends DeviceDirectory {
  /** These may have changed: they are read again. Absent: all may. Sessions of those that did change end. */
  reload(ids?: ReadonlySet<string>): Promise<void>
  /** How it speaks, of one that is in service. */
  get(appliance: ApplianceId): Pick<Appliance, 'reports'>
}

/** What is read of an appliance: nothing that is its owner's. */
type Known = Pick<Appliance, 'kind' | 'reports'>
const body = jsonColumn('appliance', 'body', z.looseObject({ reports: z.enum(['interval', 'on-change']).optional() }))

export async function openDirectory(database: Database, wall: Clock): Promise<HeldDirectory> {
  const directory = new Directory(database, wall)
  await directory.reload()
  return directory
}

class Directory implements HeldDirectory {
  readonly #database: Database
  readonly #wall: Clock
  /** In service. */
  readonly #appliances = new Map<ApplianceId, Known>()
  readonly #devices = new Map<string, Device>()
  /** Gateway → whom it speaks for, in service or not. */
  readonly #gateways = new Map<string, readonly ApplianceId[]>()
  readonly #listeners: ((id: string) => void)[] = []
  #turn: Promise<unknown> = Promise.resolve()

  constructor(database: Database, wall: Clock) {
    this.#database = database
    this.#wall = wall
  }

  readonly find = (id: string): Device | undefined => {
    const device = this.#devices.get(id)
    if (!device?.former || device.former.until > this.#wall.now()) return device
    const { former: _former, ...now } = device
    return now
  }
  readonly tookSecret = (id: string): void => {
    const device = this.#devices.get(id)
    if (!device?.former) return
    const { former: _former, ...now } = device
    this.#devices.set(id, now)
    // Not written: the former one is good until its end, as was said, and the next sign-in tries again.
    this.#database
      .transaction((tx) => usedSecret(tx, id, device.secretHash))
      .catch(() => void this.#devices.set(id, device))
  }
  readonly onRevoked = (listener: (id: string) => void): void => void this.#listeners.push(listener)
  readonly get: HeldDirectory['get'] = (appliance) => this.#appliances.get(appliance) ?? {}

  /** One after the other: what was read first is in force first. */
  readonly reload = (ids?: ReadonlySet<string>): Promise<void> => {
    const mine = this.#turn.then(async () => {
      if (!ids) return this.#read(undefined)
      const all = [...ids]
      for (let at = 0; at < all.length; at += AT_ONCE) await this.#read(all.slice(at, at + AT_ONCE))
    })
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  async #read(ids: readonly string[] | undefined): Promise<void> {
    const { query } = this.#database
    const appliances = await query
      .selectFrom('appliance')
      .select(['id', 'kind', 'retiredAt', 'body'])
      .$if(ids !== undefined, (of) => of.where('id', 'in', ids ?? []))
      .execute()
    const devices = await query
      .selectFrom('device')
      .selectAll()
      .$if(ids !== undefined, (of) => of.where('id', 'in', ids ?? []))
      .execute()
    const gone = new Set(ids ?? [...this.#appliances.keys(), ...this.#devices.keys()])
    const changed = new Set<string>()
    for (const { id, kind, retiredAt, reports } of readable(appliances, (one) => ({
      ...one,
      ...body.read(one.body, one.id),
    }))) {
      if (retiredAt !== null) continue
      gone.delete(id)
      this.#appliances.set(id, { kind, ...(reports ? { reports } : {}) })
    }
    for (const id of gone) this.#appliances.delete(id)
    const rows = new Map(devices.map((row) => [row.id, row]))
    for (const [id, { speaksFor }] of rows)
      for (const behind of speaksFor ? readable([{ id, speaksFor }], speaksForOf) : []) this.#gateways.set(id, behind)
    // A gateway speaks for those in service: whoever comes or goes changes it.
    const concerned = new Set([...(ids ?? this.#devices.keys()), ...rows.keys()])
    for (const [gateway, behind] of this.#gateways)
      if (!ids || behind.some((id) => ids.includes(id))) concerned.add(gateway)
    for (const id of concerned)
      if (this.#remember(id, rows.get(id), ids === undefined || ids.includes(id))) changed.add(id)
    for (const id of changed) for (const listener of this.#listeners) listener(id)
  }

  /** @param isRead its row was asked for: absent, there is none @returns did it change for an open session? */
  #remember(
    id: string,
    row: { secretHash: string; formerHash: string | null; formerUntil: number | null } | undefined,
    isRead: boolean,
  ): boolean {
    const before = this.#devices.get(id)
    if (isRead && !row) {
      this.#gateways.delete(id)
      return this.#devices.delete(id)
    }
    const speaksFor = new Map<ApplianceId, string>()
    for (const of of this.#gateways.get(id) ?? [id]) {
      const known = this.#appliances.get(of)
      if (known) speaksFor.set(of, known.kind)
    }
    if (!this.#gateways.has(id) && speaksFor.size === 0) return this.#devices.delete(id)
    const secretHash = row ? Buffer.from(row.secretHash, 'base64') : before?.secretHash
    if (!secretHash) return false
    const former = row ? formerOf(row) : before?.former
    this.#devices.set(id, { id, secretHash, speaksFor, ...(former ? { former } : {}) })
    if (!before) return false
    // A rotation with an overlap ends no session.
    const isOtherSecret = !former && Buffer.compare(before.secretHash, secretHash) !== 0
    const isSame =
      speaksFor.size === before.speaksFor.size &&
      [...speaksFor].every(([of, kind]) => before.speaksFor.get(of) === kind)
    return isOtherSecret || !isSame
  }
}

/** New secrets that were first used at another door: the registry lets go of the former ones, as if it were its own. */
export const hearUsedSecrets = (
  database: Database,
  registry: Pick<Registry, 'rotating' | 'tookSecret'>,
): Promise<void> =>
  // Within a transaction: a rotation that comes meanwhile is after it.
  database.transaction(async (tx) => {
    const ids = registry.rotating().map(({ id }) => id)
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const used = await tx
        .selectFrom('device')
        .select('id')
        .where('id', 'in', ids.slice(at, at + AT_ONCE))
        .where('formerHash', 'is', null)
        .execute()
      for (const { id } of used) registry.tookSecret?.(id)
    }
  })
