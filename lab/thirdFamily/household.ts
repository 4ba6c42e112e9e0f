// The people around an appliance of the third family, and what happens to it that is no fault.
import { DAY, HOUR, logUniform, type Millis, pick, type Random, uniform } from '../../core/index.ts'

export type NuisanceKind =
  | 'vacation'
  | 'party'
  | 'move'
  | 'set-point'
  | 'warm-restock'
  | 'heat-wave'
  | 'gap'
  | 'power-cut'
  | 'clock'
  | 'stuck'
  | 'rescaled'

export interface ThirdNuisance {
  kind: NuisanceKind
  from: Millis
  to: Millis
  size: number
  metric?: string
}

/** How often in a year, and how long (days, by their logarithm); what lasts for ever has no end here. */
const rates: [kind: NuisanceKind, perYear: number, days: [number, number] | null, size: [number, number]][] = [
  ['vacation', 1.8, [4, 18], [1, 1]],
  ['party', 4, [0.15, 0.4], [2, 6]],
  ['move', 0.12, null, [-5, 5]],
  ['set-point', 1.2, null, [-2, 2]],
  ['warm-restock', 10, [0.02, 0.03], [6, 16]],
  ['gap', 4, [0.05, 3], [1, 1]],
  ['power-cut', 1.5, [0.01, 0.25], [1, 1]],
  ['clock', 0.4, [0.2, 3], [-240, 240]],
  ['stuck', 0.25, [0.5, 3], [1, 1]],
  ['rescaled', 0.12, null, [0.94, 1.06]],
]

/** Poisson in time. @param stuckable metrics of which one may stand still or be rescaled */
export function drawNuisances(
  random: Random,
  from: Millis,
  days: number,
  heatWaves: readonly { from: Millis; to: Millis }[],
  stuckable: readonly string[],
): ThirdNuisance[] {
  const end = from + days * DAY
  const found: ThirdNuisance[] = heatWaves.map((wave) => ({ kind: 'heat-wave', ...wave, size: 1 }))
  for (const [kind, perYear, lasting, [low, high]] of rates) {
    let at = from
    for (;;) {
      at += (-Math.log(1 - random.next()) * 365 * DAY) / perYear
      if (at >= end) break
      const to = lasting ? at + logUniform(random, ...lasting) * DAY : end + 365 * DAY
      const size = uniform(random, low, high)
      if (kind !== 'stuck' && kind !== 'rescaled') found.push({ kind, from: at, to, size })
      else if (stuckable.length > 0) found.push({ kind, from: at, to, size, metric: pick(random, stuckable) })
    }
  }
  return found.sort((a, b) => a.from - b.from)
}

/** Who is at home, and what they do. */
export class Household {
  readonly people: number
  readonly nuisances: readonly ThirdNuisance[]
  /** Hours of the day, local. */
  readonly #leaves: number
  readonly #returns: number
  readonly #worksAtHome: boolean
  readonly #zoneMs: number

  constructor(random: Random, nuisances: readonly ThirdNuisance[]) {
    this.nuisances = nuisances
    this.people = 1 + Math.floor(4 * random.next() ** 1.4)
    this.#leaves = uniform(random, 6.5, 9)
    this.#returns = uniform(random, 15, 19.5)
    this.#worksAtHome = random.next() < 0.35
    this.#zoneMs = uniform(random, -1, 1) * HOUR
  }

  hourOf(at: Millis): number {
    return ((at + this.#zoneMs) / HOUR) % 24
  }

  /** Sum of sizes of what of a sort holds now. */
  size(kind: NuisanceKind, at: Millis): number {
    let sum = 0
    for (const one of this.nuisances) {
      if (one.from > at) break
      if (one.kind === kind && at < one.to) sum += one.size
    }
    return sum
  }

  present(at: Millis): number {
    if (this.size('vacation', at) > 0) return 0
    const hour = this.hourOf(at)
    const isWeekday = Math.floor((at + this.#zoneMs) / DAY + 4) % 7 < 5
    const isOut = isWeekday && !this.#worksAtHome && hour > this.#leaves && hour < this.#returns
    return (isOut ? 0 : this.people) + this.size('party', at)
  }

  /** Meals and bedtime: how busy an hour is, its mean over the day about 1; nobody, nothing. */
  activity(at: Millis): number {
    const hour = this.hourOf(at)
    const meal = (peak: number): number => Math.exp(-(((hour - peak) / 1.1) ** 2))
    const awake = hour > 6 && hour < 23.5 ? 0.45 : 0.05
    return (this.present(at) / this.people) * (awake + 2.4 * (meal(7.5) + 0.7 * meal(12.5) + 1.3 * meal(18.8)))
  }
}
