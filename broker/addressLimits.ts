import { type Clock, isLoopback, SECOND } from '../core/index.ts'

export interface AddressLimitOptions {
  perAddress: number
  perAddressPerSecond: number
  /** This machine's own addresses are not limited. Default true. */
  exemptLoopback: boolean
}

/** Addresses that are remembered at most; idle ones are forgotten first. */
const ADDRESSES_KNOWN = 65_536

interface Seen {
  open: number
  /** How many more may connect now; fills up again with time. */
  tokens: number
  at: number
}

/** How many connections each address has, and how fast it opens them. A burst of two seconds' worth may come at once. */
export class AddressLimits {
  #options: AddressLimitOptions
  #clock: Clock
  #seen = new Map<string, Seen>()
  constructor(options: AddressLimitOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  /** @returns may it connect? Then `closed` has to follow. */
  opened(address: string): boolean {
    if (this.#options.exemptLoopback && isLoopback(address)) return true
    const { perAddress, perAddressPerSecond } = this.#options
    const now = this.#clock.now()
    const most = perAddressPerSecond * 2
    let seen = this.#seen.get(address)
    if (!seen) {
      if (this.#seen.size >= ADDRESSES_KNOWN && !this.#forget(now)) return false
      seen = { open: 0, tokens: most, at: now }
      this.#seen.set(address, seen)
    }
    seen.tokens = Math.min(most, seen.tokens + (Math.max(0, now - seen.at) / SECOND) * perAddressPerSecond)
    seen.at = now
    if (seen.tokens < 1 || seen.open >= perAddress) return false
    seen.tokens--
    seen.open++
    return true
  }

  closed(address: string): void {
    const seen = this.#seen.get(address)
    if (seen && seen.open > 0) seen.open--
  }

  #forget(now: number): boolean {
    for (const [address, { open, at }] of this.#seen) {
      if (open === 0 && now - at > 2 * SECOND) this.#seen.delete(address)
    }
    return this.#seen.size < ADDRESSES_KNOWN
  }
}
