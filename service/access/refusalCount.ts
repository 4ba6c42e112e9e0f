import { type Clock, MINUTE, type Millis } from '../../core/index.ts'
import type { AuditEntry } from './auditTable.ts'

/** Different refusals of one address within a minute that get a row of their own. */
const MOST_OF_ONE = 10
/** And of all addresses together: a flood from many writes no more. */
const MOST_AT_ONCE = 100
/** Addresses that are counted apart; beyond them all others are counted together. */
const MOST_ADDRESSES = 200
const OTHERS = 'others'

interface Window {
  from: Millis
  /** What had a row of its own: who and action. */
  told: Set<string>
  count: number
  who: string | undefined
  action: string | undefined
}

/**
 * What is refused again and again from one address: the first is a row at once, what follows within the minute is counted,
 * and is one row when the minute is over. So a flood of wrong passwords is a row a minute, and says how many they were.
 */
export class RefusalCount {
  readonly #clock: Clock
  readonly #windows = new Map<string, Window>()
  #atOnce = { from: Number.NEGATIVE_INFINITY, count: 0 }
  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @returns is it to be written down by itself, now? Otherwise it is counted. */
  isNews({ who, action, address = '' }: AuditEntry): boolean {
    const now = this.#clock.now()
    const window = this.#windowOf(address, now)
    const key = `${who}\n${action}`
    if (now - this.#atOnce.from >= MINUTE) this.#atOnce = { from: now, count: 0 }
    if (!window.told.has(key) && window.told.size < MOST_OF_ONE && this.#atOnce.count < MOST_AT_ONCE) {
      window.told.add(key)
      this.#atOnce.count++
      return true
    }
    window.who = window.count === 0 || window.who === who ? who : 'several'
    window.action = window.count === 0 || window.action === action ? action : 'refused'
    window.count++
    return false
  }

  /** What was counted in minutes that are over; `all`: in those that are not, too. Each is told once. */
  due(all = false): (AuditEntry & { times: number })[] {
    const now = this.#clock.now()
    const due: (AuditEntry & { times: number })[] = []
    for (const [address, window] of this.#windows) {
      if (!all && now - window.from < MINUTE) continue
      this.#windows.delete(address)
      const { count, who = 'several', action = 'refused' } = window
      if (count > 0) due.push({ who, action, address, times: count })
      // It goes on: what comes next is of the same flood, and has no row of its own again.
      if (count > 0 && !all) this.#windows.set(address, { ...window, from: now, count: 0 })
    }
    return due
  }

  get isEmpty(): boolean {
    return this.#windows.size === 0
  }

  #windowOf(address: string, now: Millis): Window {
    const known = this.#windows.get(address) ?? (this.#windows.size >= MOST_ADDRESSES && this.#windows.get(OTHERS))
    if (known) return known
    const key = this.#windows.size >= MOST_ADDRESSES ? OTHERS : address
    const window: Window = { from: now, told: new Set(), count: 0, who: undefined, action: undefined }
    this.#windows.set(key, window)
    return window
  }
}
