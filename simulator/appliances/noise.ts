import { SeededRandom } from '../../core/index.ts'

/** A seeded stream that is also quick at normal numbers, and whose whole state can be kept and put back. */
export class Noise extends SeededRandom {
  #spare = Number.NaN
  /** Standard normal, two for each pair of draws. Source: polar method, Marsaglia and Bray (1964). */
  normal(): number {
    if (!Number.isNaN(this.#spare)) {
      const spare = this.#spare
      this.#spare = Number.NaN
      return spare
    }
    let u = 0
    let v = 0
    let s = 0
    do {
      u = 2 * this.next() - 1
      v = 2 * this.next() - 1
      s = u * u + v * v
    } while (s >= 1 || s === 0)
    const scale = Math.sqrt((-2 * Math.log(s)) / s)
    this.#spare = v * scale
    return u * scale
  }
  between(low: number, high: number): number {
    return low + (high - low) * this.next()
  }
  keep(): NoiseState {
    const spare = this.#spare
    return [...this.state(), Number.isNaN(spare) ? null : spare]
  }
  putBack([a, b, c, d, spare]: NoiseState): void {
    this.restore([a, b, c, d])
    this.#spare = spare ?? Number.NaN
  }
}

/** Four words, and the normal number that was drawn but not yet used. */
export type NoiseState = [number, number, number, number, number | null]
