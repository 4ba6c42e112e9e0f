import type { ApplianceId } from '../ids.ts'
import type { Clock, Millis } from './time.ts'

/** How many of the newest appliances one must hear before time moves: so one wrong clock moves nothing. */
export const quorum = (appliances: number): number =>
  appliances < 3 ? 1 : Math.min(10, 2 + Math.floor(appliances / 20))

/**
 * Time as the fleet's readings tell it: the k-th newest of the appliances' latest `ts`. It never goes back, and the
 * first reading of an empty world sets it. O(k) for a reading that is among the newest, else O(1).
 */
/** What arrival times say of an appliance's own clock. */
export interface WrongClock {
  appliance: ApplianceId
  /** How far it is ahead of ours, ms; behind below 0; null: right again. */
  aheadMs: number | null
  at: Millis
}

export class TelemetryClock implements Clock {
  #now: Millis
  #latest = new Map<ApplianceId, Millis>()
  /** The newest few, newest first; never more than 10. */
  #top: { appliance: ApplianceId; ts: Millis }[] = []
  constructor(start: Millis = 0) {
    this.#now = start
  }
  now(): Millis {
    return this.#now
  }
  hear(appliance: ApplianceId, ts: Millis): void {
    const known = this.#latest.get(appliance)
    if (known !== undefined && known >= ts) return
    this.#latest.set(appliance, ts)
    const floor = this.#top.length < 10 ? -Infinity : this.#top[this.#top.length - 1]!.ts
    if (ts > floor) {
      const at = this.#top.findIndex((entry) => entry.appliance === appliance)
      if (at >= 0) this.#top.splice(at, 1)
      let place = this.#top.length
      while (place > 0 && this.#top[place - 1]!.ts < ts) place--
      this.#top.splice(place, 0, { appliance, ts })
      if (this.#top.length > 10) this.#top.pop()
    }
    this.#advance()
  }
  /** A retired appliance no longer counts. */
  retire(appliance: ApplianceId): void {
    if (!this.#latest.delete(appliance)) return
    this.#top = [...this.#latest]
      .map(([id, ts]) => ({ appliance: id, ts }))
      .sort((a, b) => b.ts - a.ts)
      .slice(0, 10)
  }
  #advance(): void {
    const kth = this.#top[quorum(this.#latest.size) - 1]
    if (kth && kth.ts > this.#now) this.#now = kth.ts
  }
  snapshot(): { now: Millis; latest: [ApplianceId, Millis][] } {
    return { now: this.#now, latest: [...this.#latest] }
  }
  restore(state: { now: Millis; latest: [ApplianceId, Millis][] }): void {
    this.#now = state.now
    this.#latest = new Map(state.latest)
    this.#top = state.latest
      .map(([appliance, ts]) => ({ appliance, ts }))
      .sort((a, b) => b.ts - a.ts)
      .slice(0, 10)
  }
}
