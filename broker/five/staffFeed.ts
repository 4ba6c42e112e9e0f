import { MINUTE } from '../../core/index.ts'
import { matches } from '../topics.ts'
import { isFilter } from './checkPacket.ts'

/** The user name of programs of the staff: no appliance's id begins so. */
export const STAFF = '$staff'
/** Programs that listen at once. */
const MOST_LISTENERS = 64

/** Does this key let its holder hear what all appliances say? */
export type MayListen = (key: string) => Promise<boolean>

/** A program of the staff that listens. */
export interface Listener {
  readonly subscriptions: ReadonlyMap<string, { identifier?: number }>
  /** @returns false when it does not take any more just now */
  hear(topic: string, payload: Buffer, identifiers: number[]): boolean
  takenOver(): void
  /** Its key was ended, or may not listen any more. */
  close(): void
}

/** `$share/NAME/FILTER`, taken apart (MQTT 5, 4.8.2). */
export function sharedOf(topic: string): { name: string; filter: string } | undefined {
  const [, name = '', filter = ''] = /^\$share\/([^/]*)\/(.*)$/s.exec(topic) ?? []
  return name !== '' && !/[+#]/.test(name) && isFilter(filter) ? { name, filter } : undefined
}

/**
 * What appliances say, told to programs of the staff once it is on disk: at QoS 0, in the contract's words. Of those that
 * share a subscription one hears a message, each in its turn; who does not keep up misses what it cannot take, and stops
 * nobody.
 */
export class StaffFeed {
  readonly #mayListen: MayListen
  readonly #dropped: () => void
  readonly #listeners = new Map<string, { listener: Listener; key: string }>()
  /** Shared subscription → how many were told of it. */
  readonly #turns = new Map<string, number>()
  #recheck: NodeJS.Timeout | undefined

  /** @param dropped is called for each message that somebody could not take */
  constructor(mayListen: MayListen | undefined, dropped: () => void) {
    this.#mayListen = mayListen ?? (async () => false)
    this.#dropped = dropped
  }
  get isHeard(): boolean {
    return this.#listeners.size > 0
  }

  /** @returns false where it may not */
  async mayCome(key: string): Promise<boolean> {
    return this.#listeners.size < MOST_LISTENERS && (await this.#mayListen(key))
  }
  /** Whoever else is here by its id goes. */
  came(id: string, key: string, listener: Listener): void {
    this.#listeners.get(id)?.listener.takenOver()
    this.#listeners.set(id, { listener, key })
    this.#recheck ??= setInterval(() => void this.#lookAgain(), MINUTE).unref()
  }
  went(id: string, listener: Listener): void {
    if (this.#listeners.get(id)?.listener !== listener) return
    this.#listeners.delete(id)
    if (this.isHeard) return
    this.#turns.clear()
    this.stop()
  }
  stop(): void {
    clearInterval(this.#recheck)
    this.#recheck = undefined
  }

  tell(topic: string, payload: Buffer): void {
    const shares = new Map<string, { listener: Listener; identifiers: number[] }[]>()
    for (const { listener } of this.#listeners.values()) {
      const own: number[] = []
      let hears = false
      for (const [subscribed, { identifier }] of listener.subscriptions) {
        const shared = sharedOf(subscribed)
        if (!matches(shared?.filter ?? subscribed, topic)) continue
        const identifiers = identifier === undefined ? [] : [identifier]
        if (shared) shares.set(subscribed, [...(shares.get(subscribed) ?? []), { listener, identifiers }])
        else {
          hears = true
          own.push(...identifiers)
        }
      }
      if (hears && !listener.hear(topic, payload, own)) this.#dropped()
    }
    for (const [subscribed, members] of shares) this.#tellOne(subscribed, members, topic, payload)
  }

  /** Whose turn it is, or the next who takes it. */
  #tellOne(
    subscribed: string,
    members: readonly { listener: Listener; identifiers: number[] }[],
    topic: string,
    payload: Buffer,
  ): void {
    const turn = this.#turns.get(subscribed) ?? 0
    for (let i = 0; i < members.length; i++) {
      const one = members[(turn + i) % members.length]
      if (!one?.listener.hear(topic, payload, one.identifiers)) continue
      this.#turns.set(subscribed, (turn + i + 1) % members.length)
      return
    }
    this.#dropped()
  }

  async #lookAgain(): Promise<void> {
    for (const { listener, key } of [...this.#listeners.values()]) {
      // What cannot be asked now stays as it is: it is asked again.
      const may = await this.#mayListen(key).catch(() => true)
      if (!may) listener.close()
    }
  }
}
