/** Milliseconds since the epoch, UTC. Every time in the product is one of these. */
export type Millis = number

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Where "now" comes from. The wall, the telemetry's own time, or a virtual year: the code that asks is the same. */
export interface Clock {
  now(): Millis
}

/** The machine's time. With `monotonicMs` the only reader of the machine's clock. */
export const wallClock: Clock = { now: () => Date.now() }

/** Milliseconds that never go back, for measuring how long something took. Not a time of day. */
export const monotonicMs = (): number => performance.now()

/** A clock that stands still until it is moved. It never goes back. */
export class ManualClock implements Clock {
  #now: Millis
  constructor(start: Millis = 0) {
    this.#now = start
  }
  now(): Millis {
    return this.#now
  }
  /** Moves to `at`, or stays where it is when `at` is earlier. */
  advanceTo(at: Millis): void {
    if (at > this.#now) this.#now = at
  }
}
