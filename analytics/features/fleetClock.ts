import { MINUTE, type Millis, TelemetryClock } from '../../core/index.ts'

/** Ticks come at least this often while the product is up; a longer hole is time that it was down. */
const WALL_HOLE_MS = 5 * MINUTE

/** The world's clock as detection hears it: ticks move a wall clock, readings the telemetry clock. */
export class FleetClock {
  #mode: 'wall' | 'telemetry'
  #telemetry = new TelemetryClock()
  #now: Millis = 0
  /** Time that does not count towards silence, so far. */
  #down: Millis = 0
  constructor(mode: 'wall' | 'telemetry') {
    this.#mode = mode
  }
  now(): Millis {
    return this.#now
  }
  down(): Millis {
    return this.#down
  }
  hear(appliance: string, ts: Millis): boolean {
    if (this.#mode === 'wall') return false
    this.#telemetry.hear(appliance, ts)
    return this.#moveTo(this.#telemetry.now(), Infinity)
  }
  tick(at: Millis): boolean {
    return this.#mode === 'wall' && this.#moveTo(at, WALL_HOLE_MS)
  }
  retire(appliance: string): void {
    this.#telemetry.retire(appliance)
  }
  #moveTo(at: Millis, hole: Millis): boolean {
    if (at <= this.#now) return false
    if (this.#now > 0 && at - this.#now > hole) this.#down += at - this.#now
    this.#now = at
    return true
  }
  snapshot(): unknown {
    return { now: this.#now, down: this.#down, telemetry: this.#telemetry.snapshot() }
  }
  restore(state: unknown): void {
    // Written by `snapshot` of the same version, which the caller has checked.
    const { now, down, telemetry } = state as {
      now: number
      down: number
      telemetry: ReturnType<TelemetryClock['snapshot']>
    }
    this.#now = now
    this.#down = down
    this.#telemetry.restore(telemetry)
  }
}
