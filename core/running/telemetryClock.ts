import type { ApplianceId } from '../ids.ts'
import type { Clock, Millis } from './time.ts'

/** How many of the newest appliances one must hear before time moves: so one wrong clock moves nothing. */
export const quorum = (appliances: number): number =>
  appliances < 3 ? 1 : Math.min(MOST_NEWEST, 2 + Math.floor(appliances / 20))
const MOST_NEWEST = 10

/** What arrival times say of an appliance's own clock. */
export interface WrongClock {
  appliance: ApplianceId
  /** How far it is ahead of ours, ms; behind below 0; null: right again. */
  aheadMs: number | null
  at: Millis
}

interface Heard {
  readonly appliance: ApplianceId
  /** Its latest. */
  ts: Millis
  isAmongNewest: boolean
}

/**
 * Time as the fleet's readings tell it: the k-th newest of the appliances' latest `ts`. It never goes back, and the
 * first reading of an empty world sets it. O(k) for a reading that is among the newest, else O(1).
 */
export class TelemetryClock implements Clock {
  #now: Millis
  #heard = new Map<ApplianceId, Heard>()
  /** The newest few, newest first; never more than 10. */
  #newest: Heard[] = []
  constructor(start: Millis = 0) {
    this.#now = start
  }
  now(): Millis {
    return this.#now
  }
  /** Called for each reading: what is known is changed in place. */
  hear(appliance: ApplianceId, ts: Millis): void {
    let one = this.#heard.get(appliance)
    if (!one) {
      one = { appliance, ts, isAmongNewest: false }
      this.#heard.set(appliance, one)
    } else if (one.ts >= ts) return
    else one.ts = ts
    this.#rank(one)
    this.#advance()
  }
  #rank(one: Heard): void {
    const newest = this.#newest
    let place = newest.length
    if (one.isAmongNewest) place = newest.indexOf(one)
    else if (place === MOST_NEWEST) {
      const last = newest[--place]!
      if (last.ts >= one.ts) return
      last.isAmongNewest = false
    }
    one.isAmongNewest = true
    for (; place > 0 && newest[place - 1]!.ts < one.ts; place--) newest[place] = newest[place - 1]!
    newest[place] = one
  }
  /** A retired appliance no longer counts. */
  retire(appliance: ApplianceId): void {
    if (this.#heard.delete(appliance)) this.#rankAll()
  }
  #rankAll(): void {
    const all = [...this.#heard.values()].sort((a, b) => b.ts - a.ts)
    for (const [place, one] of all.entries()) one.isAmongNewest = place < MOST_NEWEST
    this.#newest = all.slice(0, MOST_NEWEST)
  }
  #advance(): void {
    const kth = this.#newest[quorum(this.#heard.size) - 1]
    if (kth && kth.ts > this.#now) this.#now = kth.ts
  }
  snapshot(): { now: Millis; latest: [ApplianceId, Millis][] } {
    return { now: this.#now, latest: [...this.#heard.values()].map(({ appliance, ts }) => [appliance, ts]) }
  }
  restore(state: { now: Millis; latest: [ApplianceId, Millis][] }): void {
    this.#now = state.now
    this.#heard = new Map(state.latest.map(([appliance, ts]) => [appliance, { appliance, ts, isAmongNewest: false }]))
    this.#rankAll()
  }
}
