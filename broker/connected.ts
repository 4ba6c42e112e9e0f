import type { Device, DeviceDirectory } from '../core/index.ts'
import type { CommandDelivery } from './commandDelivery.ts'
import { FiveConnection } from './five/connection.ts'
import type { BrokerStats } from './limits.ts'
import type { Peer } from './peer.ts'
import type { PresenceBook } from './presence.ts'

const NOTHING = Buffer.alloc(0)

interface Options {
  directory: DeviceDirectory
  presence: PresenceBook
  delivery: CommandDelivery
  stats: BrokerStats
  sessionChanged: ((device: string, online: boolean) => void) | undefined
}

/** Who is connected, in whichever version of the protocol: one connection an id. */
export class Connected {
  readonly #of: Options
  readonly #peers = new Map<string, Peer>()
  readonly #devices = new WeakMap<Peer, Device>()
  #isClosing = false

  constructor(options: Options) {
    this.#of = options
    options.directory.onRevoked((id) => this.#peers.get(id)?.close())
  }
  get size(): number {
    return this.#peers.size
  }
  has(id: string): boolean {
    return this.#peers.has(id)
  }
  deviceOf(peer: Peer): Device | undefined {
    return this.#devices.get(peer)
  }
  isHere(peer: Peer): boolean {
    return this.#peers.get(peer.id) === peer
  }
  signedIn(peer: Peer, device: Device): void {
    this.#devices.set(peer, device)
  }

  /** Whoever else is here by this id goes; Aedes ends its own when another one comes. */
  takeOver(id: string, by: 'aedes' | 'five'): void {
    const other = this.#peers.get(id)
    if (!other) return
    this.#of.stats.takeovers++
    if (other instanceof FiveConnection) other.takenOver()
    else if (by === 'five') other.close()
  }

  /** @returns false when it may not be here any more */
  came(peer: Peer): boolean {
    const other = this.#peers.get(peer.id)
    // Both signed in at the same time.
    if (other instanceof FiveConnection && other !== peer) other.takenOver()
    // Its secret may have changed while it signed in.
    const now = this.#of.directory.find(peer.id)
    const device = this.#devices.get(peer)
    if (!now || Buffer.compare(now.secretHash, device?.secretHash ?? NOTHING) !== 0) {
      peer.close()
      return false
    }
    this.#peers.set(peer.id, peer)
    this.#of.presence.came(device ?? now)
    this.#of.sessionChanged?.(now.id, true)
    return true
  }

  went(peer: Peer): void {
    this.#of.delivery.closed(peer)
    if (!this.isHere(peer)) return
    this.#peers.delete(peer.id)
    const device = this.#devices.get(peer)
    if (!device) return
    this.#of.presence.went(device)
    // The end of the program ends no session.
    if (!this.#isClosing) this.#of.sessionChanged?.(device.id, false)
  }

  /** From now on nobody is said to have left. */
  closing(): void {
    this.#isClosing = true
  }
  /** Tells those of MQTT 5 that the program ends; Aedes ends the others. */
  shutDown(): void {
    for (const peer of this.#peers.values()) if (peer instanceof FiveConnection) peer.shutDown()
  }
}
