import { DAY, gaussian, HOUR, type Millis, SeededRandom, uniform } from '../../core/index.ts'
import type { Region } from './regions.ts'

/**
 * The weather of one region: a pure function of seed, region and time, by hours, linear between. All homes of the
 * region share it, so what it does to one it does to all. Times before `from` have the weather of `from`.
 */
export class Weather {
  readonly region: Region
  #seed: number
  #base: number
  #outdoor: Float64Array
  #known = 0
  #nodes = new Map<string, Map<number, number>>()
  #waves = new Map<number, { from: Millis; to: Millis; kelvin: number }[]>()
  constructor(seed: number, region: Region, from: Millis) {
    this.region = region
    this.#seed = seed
    this.#base = Math.floor(from / HOUR) * HOUR
    this.#outdoor = new Float64Array(24 * 64)
  }
  /** Cel, in the shade. */
  outdoor(at: Millis): number {
    const x = Math.max(0, (at - this.#base) / HOUR)
    const i = x | 0
    if (i + 1 >= this.#known) this.#extend(i + 2)
    const low = this.#outdoor[i]!
    return low + (this.#outdoor[i + 1]! - low) * (x - i)
  }
  /** %, relative. Drier in the afternoon and on hot days. */
  humidity(at: Millis): number {
    const drift = 8 * this.#smooth('humidity', at, 2 * DAY)
    const afternoon = 7 * Math.cos(((this.localHour(at) - 15) / 12) * Math.PI)
    return Math.min(98, Math.max(20, this.region.humidity + drift - afternoon))
  }
  /** Share of a clear noon's sun, 0 to 1. */
  sun(at: Millis): number {
    const height = Math.cos(((this.localHour(at) - 12.5) / 13) * Math.PI)
    if (height <= 0) return 0
    const clouds = 0.5 + 0.5 * Math.tanh(this.#smooth('clouds', at, 0.7 * DAY) + 0.3)
    return height * (0.25 + 0.75 * clouds)
  }
  /** 0 to 24, by the sun. */
  localHour(at: Millis): number {
    return (at / HOUR + this.region.lon / 15) % 24
  }
  /** Heat waves that begin in a calendar year (counted from 1970): one or two, in the hot months, 4 to 9 days. */
  heatWaves(year: number): { from: Millis; to: Millis; kelvin: number }[] {
    let waves = this.#waves.get(year)
    if (!waves) {
      const random = new SeededRandom(this.#seed, `heat/${this.region.name}/${year}`)
      waves = Array.from({ length: 1 + Math.floor(random.next() * 2) }, () => {
        const from = (year * 365.25 + uniform(random, 160, 235)) * DAY
        return { from, to: from + uniform(random, 4, 9) * DAY, kelvin: uniform(random, 5, 9) }
      })
      this.#waves.set(year, waves)
    }
    return waves
  }
  #extend(upTo: number): void {
    if (upTo > this.#outdoor.length) {
      const grown = new Float64Array(upTo * 2)
      grown.set(this.#outdoor)
      this.#outdoor = grown
    }
    for (let i = this.#known; i < upTo; i++) this.#outdoor[i] = this.#hour(this.#base + i * HOUR)
    this.#known = Math.max(this.#known, upTo)
  }
  #hour(at: Millis): number {
    const { mean, seasonal, daily } = this.region
    const season = Math.cos(2 * Math.PI * (at / DAY / 365.25 - 200 / 365.25))
    const day = Math.cos(((this.localHour(at) - 15) / 12) * Math.PI)
    const fronts = 2.6 * this.#smooth('fronts', at, 4 * DAY) + 1.2 * this.#smooth('showers', at, 0.9 * DAY)
    let wave = 0
    const year = Math.floor(at / DAY / 365.25)
    for (const { from, to, kelvin } of this.heatWaves(year)) {
      if (at > from && at < to) wave = kelvin * Math.min(1, (at - from) / DAY, (to - at) / DAY)
    }
    return mean + seasonal * season + daily * day + fronts + wave
  }
  /** Standard-normal nodes every `step`, joined by a smooth curve. */
  #smooth(name: string, at: Millis, step: Millis): number {
    const x = at / step
    const i = Math.floor(x)
    const f = x - i
    const ease = f * f * (3 - 2 * f)
    return this.#node(name, i) * (1 - ease) + this.#node(name, i + 1) * ease
  }
  #node(name: string, index: number): number {
    let known = this.#nodes.get(name)
    if (!known) {
      known = new Map()
      this.#nodes.set(name, known)
    }
    let value = known.get(index)
    if (value === undefined) {
      if (known.size > 512) known.clear()
      value = gaussian(new SeededRandom(this.#seed, `weather/${this.region.name}/${name}/${index}`))
      known.set(index, value)
    }
    return value
  }
}
