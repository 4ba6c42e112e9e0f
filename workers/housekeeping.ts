import type { Alerts } from '../alerts/index.ts'
import { type Clock, type Database, monotonicMs } from '../core/index.ts'
import type { EventHub } from '../dashboards/index.ts'
import { openApart } from '../database/index.ts'
import type { TicketService } from '../service/index.ts'
import type { Decider } from './decide.ts'

const HOUSEKEEPING_MS = 500
const FLEET_EVERY_MS = 1_000
/** The same trouble is logged at most once a minute. */
const TELL_EVERY_MS = 61_000
const MOST_TOLD = 20

interface HousekeepingOptions {
  database: Database
  alerts: Alerts
  desk: TicketService
  events: EventHub
  decider: Decider
  /** The world's. */
  clock: Clock
  /** Readings received since the world was made. */
  received: () => number
  onRetryableError: (what: string, error: unknown) => void
}

/** What time alone brings about: offers expire, cleared alerts close; and the pulse of the fleet page. */
export class Housekeeping {
  readonly #options: HousekeepingOptions
  readonly #timer: NodeJS.Timeout
  #rate = 0
  #readings: number
  #rateAt = monotonicMs()
  #last: number
  #lastFleet = monotonicMs()
  #busy: Promise<void> | undefined
  readonly #untold: string[] = []
  #toldAt = Number.NEGATIVE_INFINITY
  readonly #apart = openApart((error) => void this.#untold.push(error.message))

  constructor(options: HousekeepingOptions) {
    this.#options = options
    this.#readings = options.received()
    this.#last = options.clock.now()
    this.#timer = setInterval(() => this.#beat(), HOUSEKEEPING_MS)
  }
  get readingsPerSecond(): number {
    return this.#rate
  }
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#busy
  }

  #beat(): void {
    const { clock, onRetryableError } = this.#options
    if (monotonicMs() - this.#lastFleet >= FLEET_EVERY_MS) this.#tellFleet()
    this.#tellLeft()
    if (this.#busy || clock.now() === this.#last) return
    this.#last = clock.now()
    this.#busy = this.#turn()
      // What is due stays due, and the next turn finds it.
      .catch((error: unknown) => onRetryableError('housekeeping', error))
      .finally(() => {
        this.#busy = undefined
      })
  }
  #tellFleet(): void {
    const { received, events, clock } = this.#options
    const total = received()
    this.#rate = (Math.max(0, total - this.#readings) * 1000) / (monotonicMs() - this.#rateAt)
    this.#readings = total
    this.#rateAt = monotonicMs()
    this.#lastFleet = monotonicMs()
    events.publish({ type: 'fleet', now: clock.now(), readingsPerSecond: this.#rate })
  }
  /** Of each that failed once, but of all together no oftener than the log takes. */
  #tellLeft(): void {
    if (this.#untold.length === 0 || monotonicMs() - this.#toldAt < TELL_EVERY_MS) return
    this.#toldAt = monotonicMs()
    const left = this.#untold.splice(0)
    const more = left.length > MOST_TOLD ? ` And ${left.length - MOST_TOLD} more.` : ''
    this.#options.onRetryableError('left-as-it-is', new Error(`${left.slice(0, MOST_TOLD).join(' ')}${more}`))
  }
  async #turn(): Promise<void> {
    const { database, desk, alerts, clock, decider } = this.#options
    const { closed, moved } = await database.transaction(async (tx) => ({
      moved: await desk.tick(tx, this.#apart),
      closed: await alerts.tick(tx, clock.now(), this.#apart),
    }))
    await decider.tell(closed, moved)
  }
}
