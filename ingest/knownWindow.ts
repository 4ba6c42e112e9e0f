import type { Offset } from '../core/index.ts'

/** The newest readings of an appliance that are known by heart, at most. */
export const WINDOW = 128
const EVICTED_AT_ONCE = 32
const FIRST_CAPACITY = 8

/**
 * The newest readings of one appliance, exactly: every accepted reading with `ts > floor` is in it, sorted by ts. What
 * is at or below the floor has to be asked of the store. 28 bytes a reading, at most 3.6 KB.
 */
export class KnownWindow {
  count = 0
  /** Everything accepted above this ts is here. */
  floor: number
  /** Nothing was ever accepted below this ts; −∞ when that is not known. */
  oldest: number
  ts = new Float64Array(FIRST_CAPACITY)
  offset = new Float64Array(FIRST_CAPACITY)
  /** Three a reading: hash high, hash low, index. */
  meta = new Uint32Array(FIRST_CAPACITY * 3)
  constructor(floor: number, oldest: number) {
    this.floor = floor
    this.oldest = oldest
  }

  /** Where a reading of this ts is, or ~(where it would go). O(1) for the newest. */
  find(ts: number): number {
    let low = 0
    let high = this.count
    if (high === 0 || ts > this.ts[high - 1]!) return ~high
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.ts[middle]! < ts) low = middle + 1
      else high = middle
    }
    return this.ts[low] === ts ? low : ~low
  }

  /** @param place where `find` said that it goes; its ts is above the floor */
  insert(place: number, ts: number, high: number, low: number, offset: Offset, index: number): void {
    let at = place
    if (this.count === WINDOW) at = this.#evict(at)
    // Older than what was just forgotten: the floor is above it already.
    if (at < 0) return
    if (this.count === this.ts.length) this.#grow()
    if (at < this.count) {
      this.ts.copyWithin(at + 1, at, this.count)
      this.offset.copyWithin(at + 1, at, this.count)
      this.meta.copyWithin((at + 1) * 3, at * 3, this.count * 3)
    }
    this.ts[at] = ts
    this.offset[at] = offset
    this.meta[at * 3] = high
    this.meta[at * 3 + 1] = low
    this.meta[at * 3 + 2] = index
    this.count++
  }

  #raiseFloor(ts: number): void {
    if (ts > this.floor) this.floor = ts
  }
  /** Forgets the oldest few. @returns where the new one goes now; below 0: it would be forgotten, too */
  #evict(place: number): number {
    this.#raiseFloor(this.ts[EVICTED_AT_ONCE - 1]!)
    this.ts.copyWithin(0, EVICTED_AT_ONCE, this.count)
    this.offset.copyWithin(0, EVICTED_AT_ONCE, this.count)
    this.meta.copyWithin(0, EVICTED_AT_ONCE * 3, this.count * 3)
    this.count -= EVICTED_AT_ONCE
    return place - EVICTED_AT_ONCE
  }
  #grow(): void {
    const capacity = Math.min(this.ts.length * 2, WINDOW)
    const { ts, offset, meta } = this
    this.ts = new Float64Array(capacity)
    this.offset = new Float64Array(capacity)
    this.meta = new Uint32Array(capacity * 3)
    this.ts.set(ts)
    this.offset.set(offset)
    this.meta.set(meta)
  }
}

export type WindowCopy = [floor: number, oldest: number, ts: Float64Array, offset: Float64Array, meta: Uint32Array]

export const encodeWindow = ({ count, floor, oldest, ts, offset, meta }: KnownWindow): WindowCopy => [
  floor,
  oldest,
  ts.slice(0, count),
  offset.slice(0, count),
  meta.slice(0, count * 3),
]
export function decodeWindow([floor, oldest, ts, offset, meta]: WindowCopy): KnownWindow {
  const window = new KnownWindow(floor, oldest)
  window.count = ts.length
  if (ts.length > 0) Object.assign(window, { ts, offset, meta })
  return window
}
