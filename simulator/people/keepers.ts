import { DAY, type Millis } from '../../core/index.ts'
import type { ApiClient } from './apiClient.ts'

interface Place {
  id: string
  type: string
  stock: { part: string; quantity: number }[]
}

/**
 * Depot keepers and engineers at the start of their day: vans are filled up from the depot of their region to what they
 * set out with, depots from the makers. Through the product's own calls; what the products' forecast proposes is theirs
 * to read, and what they know is what they carry.
 */
export class Keepers {
  #api: ApiClient
  #sets: ReadonlyMap<string, Place>
  #depotOf: (van: string) => string | undefined
  /** Its maker delivers it now. */
  #canBeHad: (part: string, now: Millis) => boolean
  #day = Number.NEGATIVE_INFINITY
  constructor(
    api: ApiClient,
    setOut: Place[],
    depotOf: (van: string) => string | undefined,
    canBeHad: (part: string, now: Millis) => boolean = () => true,
  ) {
    this.#api = api
    this.#canBeHad = canBeHad
    this.#sets = new Map(setOut.map((place) => [place.id, place]))
    this.#depotOf = depotOf
  }

  /** Once a day. @returns how many lines of stock moved */
  async act(now: Millis): Promise<number> {
    const day = Math.floor(now / DAY)
    if (day === this.#day) return 0
    const first = this.#day === Number.NEGATIVE_INFINITY
    this.#day = day
    if (first) return 0
    const { items } = await this.#api.call<{ items: Place[] }>('GET', '/api/depots?limit=1000')
    const lies = new Map(items.map(({ id, stock }) => [id, new Map(stock.map((line) => [line.part, line.quantity]))]))
    let moved = 0
    for (const { id, type, stock } of this.#sets.values()) {
      for (const { part, quantity } of stock) {
        const lacks = quantity - (lies.get(id)?.get(part) ?? 0)
        if (lacks <= 0) continue
        const depot = type === 'van' ? this.#depotOf(id) : undefined
        const there = depot ? (lies.get(depot)?.get(part) ?? 0) : 0
        if (depot ? there < lacks : !this.#canBeHad(part, now)) continue
        const from = depot ? { from: depot } : {}
        try {
          await this.#api.call('POST', '/api/parts/moves', {
            part,
            quantity: lacks,
            to: id,
            ...from,
            why: 'filled up',
          })
        } catch {
          // Reserved meanwhile, or away: tomorrow is another day.
          continue
        }
        if (depot) lies.get(depot)?.set(part, there - lacks)
        moved++
      }
    }
    return moved
  }
}
