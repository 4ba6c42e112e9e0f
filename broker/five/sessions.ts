import { type Clock, SECOND, type SessionStore, type SessionSubscription } from '../../core/index.ts'

/** The longest that one timer waits. */
const MOST_TIMER_MS = 2 ** 31 - 1

/** What outlives a connection of MQTT 5: what it subscribed to, what it sent and did not end, and when it is over. */
export interface FiveSession {
  readonly id: string
  expirySeconds: number
  readonly subscriptions: Map<string, SessionSubscription>
  /** QoS 2: kept, and their PUBREL has not come. */
  readonly unreleased: Set<number>
}

interface Away {
  session: FiveSession
  endSession: () => void
  /** Says the will that waits, if one does. */
  sayWill: (() => void) | undefined
  cancel: (() => void)[]
}

/** The sessions of MQTT 5. Subscriptions and ends are durable: a SUBACK leaves when the store has them. */
export class FiveSessions {
  readonly #store: SessionStore
  readonly #clock: Clock
  readonly #onRetryableError: (error: unknown) => void
  readonly #onEnded: (id: string) => void
  /** Those of connections that are gone. */
  readonly #away = new Map<string, Away>()
  /** Those that the store knows: of the others there is nothing to take back. */
  readonly #stored = new Set<string>()
  #isStopped = false

  constructor(
    store: SessionStore,
    clock: Clock,
    onRetryableError: (error: unknown) => void,
    onEnded: (id: string) => void,
  ) {
    this.#store = store
    this.#clock = clock
    this.#onRetryableError = onRetryableError
    this.#onEnded = onEnded
  }

  /** Sessions that the program before this one kept: those that were open begin to expire now. */
  async load(): Promise<void> {
    const now = this.#clock.now()
    for (const { client, subscriptions, expirySeconds, expiresAt } of await this.#store.all()) {
      if (expirySeconds === undefined) continue
      this.#stored.add(client)
      const session = newSession(client, expirySeconds)
      for (const subscription of subscriptions) session.subscriptions.set(subscription.topic, subscription)
      this.#leave(session, (expiresAt ?? now + expirySeconds * SECOND) - now, 0, undefined)
      if (expiresAt === undefined) this.#stamp(session)
    }
  }

  /**
   * The session for a connection: the one that waits, or a new one. What the store has of one that is over is gone when this
   * resolves.
   */
  async open(
    id: string,
    startsClean: boolean,
    expirySeconds: number,
  ): Promise<{ session: FiveSession; isNew: boolean }> {
    const away = this.#away.get(id)
    this.#away.delete(id)
    for (const cancel of away?.cancel ?? []) cancel()
    if (away && !startsClean) {
      away.session.expirySeconds = expirySeconds
      await this.keep(away.session)
      return { session: away.session, isNew: false }
    }
    // The old session is over, so what it left behind is said now (3.1.2-10).
    away?.sayWill?.()
    if (away) this.#onEnded(id)
    const session = newSession(id, expirySeconds)
    await this.keep(session)
    return { session, isNew: true }
  }

  /** Writes down what it subscribes to. */
  async keep({ id, subscriptions, expirySeconds }: FiveSession): Promise<void> {
    const lasting = expirySeconds > 0 ? [...subscriptions.values()] : []
    if (lasting.length === 0 && !this.#stored.has(id)) return
    await this.#store.keep(id, lasting, expirySeconds)
    if (lasting.length > 0) this.#stored.add(id)
    else this.#stored.delete(id)
  }

  /**
   * Its connection is gone. `sayWill` is called after the will's delay, or when the session ends before; not when its
   * client comes back.
   */
  closed(session: FiveSession, willDelaySeconds: number, sayWill: (() => void) | undefined): void {
    if (this.#isStopped) return
    if (session.expirySeconds === 0) {
      sayWill?.()
      this.#forget(session.id)
      return
    }
    this.#leave(session, session.expirySeconds * SECOND, willDelaySeconds, sayWill)
    this.#stamp(session)
  }

  /** Somebody of the same id speaks another version of the protocol, or may not come again: it is over. */
  end(id: string): void {
    this.#away.get(id)?.endSession()
  }

  /** The program ends, and no session with it: each begins to expire with the next start. */
  stop(): void {
    this.#isStopped = true
    for (const { cancel } of this.#away.values()) for (const stop of cancel) stop()
  }

  #leave(session: FiveSession, inMs: number, willDelaySeconds: number, sayWill: (() => void) | undefined): void {
    const away: Away = {
      session,
      sayWill: undefined,
      cancel: [],
      endSession: () => {
        if (this.#away.get(session.id) !== away) return
        this.#away.delete(session.id)
        for (const cancel of away.cancel) cancel()
        away.sayWill?.()
        this.#forget(session.id)
      },
    }
    this.#away.set(session.id, away)
    away.cancel.push(after(inMs, away.endSession))
    if (!sayWill) return
    const say = (): void => {
      away.sayWill = undefined
      sayWill()
    }
    if (willDelaySeconds === 0) say()
    else {
      away.sayWill = say
      away.cancel.push(after(willDelaySeconds * SECOND, say))
    }
  }

  #forget(id: string): void {
    this.#onEnded(id)
    if (this.#stored.delete(id)) this.#store.keep(id, []).catch(this.#onRetryableError)
  }
  /** When it will be over, for the next start. */
  #stamp({ id, expirySeconds }: FiveSession): void {
    if (this.#stored.has(id))
      this.#store.away(id, this.#clock.now() + expirySeconds * SECOND).catch(this.#onRetryableError)
  }
}

export const newSession = (id: string, expirySeconds: number): FiveSession => ({
  id,
  expirySeconds,
  subscriptions: new Map(),
  unreleased: new Set(),
})

/** Calls once, after so long; timers of Node reach 24 days. @returns calls it off */
function after(ms: number, call: () => void): () => void {
  let timer: NodeJS.Timeout
  const wait = (left: number): void => {
    const step = Math.min(left, MOST_TIMER_MS)
    timer = setTimeout(() => (left > step ? wait(left - step) : call()), Math.max(0, step))
    timer.unref()
  }
  wait(ms)
  return () => clearTimeout(timer)
}
