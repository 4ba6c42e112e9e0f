import { nextToSend, type Sent, type Write } from './write.ts'

/** More than this was never done in a day; a full queue says so. */
export const MOST_WRITES = 500
const FIRST_WAIT_MS = 4_000
const LONGEST_WAIT_MS = 60_000

export interface QueueParts {
  load(): Promise<Write[]>
  save(write: Write): Promise<void>
  remove(id: string): Promise<void>
  send(write: Write): Promise<Sent>
  /** Only one page of this browser sends at a time. */
  alone(work: () => Promise<void>): Promise<void>
  /** After a while; one timer at a time. */
  later(work: () => void, ms: number): void
}

export interface QueueState {
  writes: readonly Write[]
  /** The last attempt found nobody. */
  isAway: boolean
  isSignedOut: boolean
}

/**
 * Commands in the order in which they were done. Each is kept before it is sent, and goes only when the server has answered it;
 * one that is refused stays, with what follows for the same job, until somebody decides.
 */
export class WriteQueue {
  #parts: QueueParts
  #state: QueueState = { writes: [], isAway: false, isSignedOut: false }
  #listeners = new Set<() => void>()
  #waitMs = FIRST_WAIT_MS
  #sending: Promise<void> | undefined
  constructor(parts: QueueParts) {
    this.#parts = parts
  }

  get state(): QueueState {
    return this.#state
  }
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async open(): Promise<void> {
    this.#set({ writes: await this.#parts.load() })
    void this.flush()
  }

  /** Keeps it, and sends it when that is possible. @returns false when there is no room @throws when it cannot be kept */
  async add(write: Omit<Write, 'seq' | 'state'>): Promise<boolean> {
    const { writes } = this.#state
    if (writes.length >= MOST_WRITES) return false
    const seq = 1 + Math.max(0, ...writes.map((one) => one.seq))
    const made: Write = { ...write, seq, state: 'waiting' }
    await this.#parts.save(made)
    this.#set({ writes: [...this.#state.writes, made] })
    await this.flush()
    return true
  }

  /** Somebody has looked at both: send mine all the same. */
  async sendAnyway(id: string): Promise<void> {
    const found = this.#state.writes.find((write) => write.id === id)
    if (!found) return
    const { problem: _, basis: _basis, ...rest } = found
    await this.#change({ ...rest, state: 'waiting' })
    // What was done after it was decided on the same ticket: it has been looked at as well.
    for (const { basis: _seen, ...later } of this.#state.writes)
      if (later.job === found.job && later.seq > found.seq) await this.#change(later)
    await this.flush()
  }

  /** Let mine go. */
  async drop(id: string): Promise<void> {
    await this.#parts.remove(id)
    this.#set({ writes: this.#state.writes.filter((write) => write.id !== id) })
    await this.flush()
  }

  /** Sends what can be sent now. Calls while it runs wait for it, and look again. */
  async flush(): Promise<void> {
    while (this.#sending) await this.#sending
    this.#sending = this.#parts
      .alone(() => this.#sendAll())
      .finally(() => {
        this.#sending = undefined
      })
    await this.#sending
  }

  async #sendAll(): Promise<void> {
    for (let write = nextToSend(this.#state.writes); write; write = nextToSend(this.#state.writes)) {
      const sent = await this.#parts.send(write)
      if (sent.kind === 'done') {
        await this.#parts.remove(write.id)
        this.#waitMs = FIRST_WAIT_MS
        const { id } = write
        this.#set({ writes: this.#state.writes.filter((one) => one.id !== id), isAway: false, isSignedOut: false })
      } else if (sent.kind === 'refused') {
        this.#set({ isAway: false, isSignedOut: false })
        await this.#change({ ...write, state: 'conflict', problem: sent.problem })
      } else {
        this.#set({ isAway: sent.kind === 'later', isSignedOut: sent.kind === 'signed-out' })
        this.#parts.later(() => void this.flush(), this.#waitMs)
        this.#waitMs = Math.min(LONGEST_WAIT_MS, 2 * this.#waitMs)
        return
      }
    }
  }

  async #change(write: Write): Promise<void> {
    await this.#parts.save(write)
    this.#set({ writes: this.#state.writes.map((one) => (one.id === write.id ? write : one)) })
  }
  #set(change: Partial<QueueState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of this.#listeners) listener()
  }
}
