// What the electronics of a drawn structure make of a value: where the sensor sits, how it lags, scatters and rounds.
import type { MetricSpec } from '../../../catalog/index.ts'
import { logUniform, type Random, uniform } from '../../../core/index.ts'
import { normal } from './surroundings.ts'

type Scatter = 'normal' | 'uniform' | 'wandering' | 'spiky' | 'none'

/** One channel. Its lag is first order; gain and offset are its own for ever. */
export class Channel {
  readonly #lag: number
  readonly #gain: number
  readonly #offset: number
  readonly #noise: number
  readonly #share: number
  readonly #scatter: Scatter
  readonly #step: number
  readonly #isPositive: boolean
  #held = NaN
  #wander = 0
  constructor(random: Random, name: string, { unit, resolution, sums, plausible }: MetricSpec) {
    const isTemperature = unit === 'Cel'
    const isExact = sums === true || (unit === '1' && plausible[1] === 1) || name === 'setpointTemp' || name === 'load'
    const kinds: Scatter[] = ['normal', 'normal', 'uniform', 'wandering', 'spiky']
    this.#scatter = isExact ? 'none' : kinds[Math.floor(random.next() * kinds.length)]!
    this.#lag = isTemperature && !isExact ? logUniform(random, 5, 400) : 0
    this.#gain = isExact || isTemperature ? 1 : uniform(random, 0.95, 1.05)
    this.#offset = isTemperature && !isExact ? 0.5 * normal(random) : 0
    this.#noise = isTemperature
      ? logUniform(random, 0.02, 0.25)
      : /Level/.test(name)
        ? uniform(random, 0.2, 2)
        : resolution
    const shakes = /vibration|Envelope|Kurtosis/i.test(name)
    this.#share = isExact || isTemperature ? 0 : shakes ? uniform(random, 0.03, 0.12) : uniform(random, 0.001, 0.015)
    const coarse = random.next()
    const large = isTemperature
      ? coarse < 0.2
        ? 0.5
        : coarse < 0.28
          ? 1
          : 0
      : unit === 'W'
        ? coarse < 0.2
          ? 5
          : coarse < 0.28
            ? 10
            : 1
        : 0
    this.#step = isExact ? resolution : Math.max(resolution, large)
    this.#isPositive = plausible[0] >= 0
  }
  /** @param seconds since its last value */
  read(random: Random, value: number, seconds: number): number {
    if (Number.isNaN(value)) return NaN
    this.#held =
      Number.isNaN(this.#held) || this.#lag === 0
        ? value
        : this.#held + ((value - this.#held) * seconds) / (seconds + this.#lag)
    let out = this.#held * this.#gain + this.#offset
    const sigma = this.#noise + this.#share * Math.abs(out)
    switch (this.#scatter) {
      case 'normal':
        out += sigma * normal(random)
        break
      case 'uniform':
        out += 3.4 * sigma * (random.next() - 0.5)
        break
      case 'wandering':
        this.#wander = 0.99 * this.#wander + 0.14 * normal(random)
        out += sigma * this.#wander
        break
      case 'spiky':
        out += sigma * (random.next() < 0.003 ? 8 : 0.6) * normal(random)
        break
    }
    if (this.#isPositive && out < 0) out = 0
    return Math.round(out / this.#step) * this.#step
  }
}
