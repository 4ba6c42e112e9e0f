// What sensors make of the truth: which there are, how they err, in which units and steps, and how they break.
import { gaussian, logUniform, type Millis, pick, type Random, uniform } from '../../core/index.ts'
import type { ThirdNuisance } from './household.ts'
import { pickByShare } from './pickByShare.ts'

/** Sets as makers build them in, the rarest last; null: all that the machine has. */
const sets: Record<string, { name: string; share: number; metrics: string[] | null }[]> = {
  fridge: [
    { name: 'full', share: 0.3, metrics: null },
    {
      name: 'board',
      share: 0.4,
      metrics:
        'cabinetTemp setpointTemp freezerTemp evaporatorTemp ambientTemp power compressorOn compressorStarts doorOpen defrost fanSpeed'.split(
          ' ',
        ),
    },
    {
      name: 'plain',
      share: 0.2,
      metrics: 'cabinetTemp setpointTemp freezerTemp power compressorOn doorOpen'.split(' '),
    },
    { name: 'plug', share: 0.1, metrics: ['power'] },
  ],
  washer: [
    { name: 'full', share: 0.35, metrics: null },
    {
      name: 'shaken',
      share: 0.3,
      metrics: 'drumSpeed power motorCurrent waterTemp waterLevel load vibrationRms vibration1x doorLocked'.split(' '),
    },
    {
      name: 'plain',
      share: 0.25,
      metrics: 'drumSpeed power motorCurrent waterTemp inletTemp waterLevel doorLocked'.split(' '),
    },
    { name: 'plug', share: 0.1, metrics: ['power'] },
  ],
  ac: [
    { name: 'full', share: 0.35, metrics: null },
    {
      name: 'board',
      share: 0.35,
      metrics:
        'roomTemp outdoorTemp setpointTemp returnTemp supplyTemp coilTemp condenserTemp power current compressorFrequency compressorOn compressorStarts indoorFanSpeed outdoorFanSpeed condensateLevel'.split(
          ' ',
        ),
    },
    {
      name: 'indoor',
      share: 0.2,
      metrics: 'roomTemp setpointTemp returnTemp supplyTemp coilTemp humidity power compressorOn indoorFanSpeed'.split(
        ' ',
      ),
    },
    { name: 'plug', share: 0.1, metrics: ['power'] },
  ],
}

export function drawSet(random: Random, kind: string): { name: string; metrics: string[] | null } {
  return pickByShare(random, sets[kind] ?? [{ name: 'full', share: 1, metrics: null }])
}

/** Noise of one reading: in the metric's unit, and as a share of the value. */
const noises: [like: RegExp, own: [number, number], share: [number, number]][] = [
  [/^setpointTemp$|^compressor(On|Starts)$|^defrost$|^doorOpen$|^doorLocked$/, [0, 0], [0, 0]],
  [/Temp$/, [0.03, 0.18], [0, 0]],
  [/^power$/, [0.2, 0.8], [0.002, 0.012]],
  [/[cC]urrent$/, [0.005, 0.02], [0.003, 0.015]],
  [/vibration|Envelope/, [0.005, 0.02], [0.03, 0.09]],
  [/Speed$/, [0, 3], [0.001, 0.008]],
  [/Frequency$/, [0, 0.2], [0, 0.003]],
  [/Level$/, [0.2, 1.2], [0, 0]],
  [/^humidity$/, [0.3, 1.2], [0, 0]],
  [/^load$/, [0.05, 0.2], [0, 0]],
]

/** A thermistor of class B errs by 0.3 K and 0.5 % (IEC 60751 for its like). */
const OFFSET_K = 0.35
const LOST_SHARE = 0.0008

/** One channel. */
export class Sensor {
  readonly #random: Random
  readonly #metric: string
  readonly #noise: { own: number; share: number }
  readonly #offset: number
  readonly #step: number
  readonly #memory: number
  readonly #low: number
  readonly #high: number
  #wander = 0
  #stuckAt = NaN

  /** @param range what the channel can say at all */
  constructor(
    random: Random,
    metric: string,
    resolution: number,
    range: readonly [number, number],
    isFahrenheit: boolean,
  ) {
    this.#random = random
    this.#metric = metric
    const [, own, share] = noises.find(([like]) => like.test(metric)) ?? [/./, [0, 0] as const, [0, 0] as const]
    this.#noise = { own: uniform(random, own[0], own[1]), share: uniform(random, share[0], share[1]) }
    const isTemperature = /Temp$/.test(metric) && metric !== 'setpointTemp'
    this.#offset = isTemperature ? OFFSET_K * gaussian(random) : 0
    const coarse = resolution * pick(random, [1, 1, 2, 5])
    // Makers for some markets count in halves of a degree Fahrenheit.
    this.#step = isTemperature
      ? isFahrenheit
        ? 0.5 / 1.8
        : coarse
      : metric === 'setpointTemp'
        ? 0.5
        : metric === 'power'
          ? coarse
          : resolution
    this.#memory = logUniform(random, 0.002, 0.2)
    ;[this.#low, this.#high] = range
  }

  /** NaN where it says nothing. */
  say(value: number, at: Millis, nuisances: readonly ThirdNuisance[]): number {
    const random = this.#random
    if (Number.isNaN(value) || random.next() < LOST_SHARE) return NaN
    // Half of the noise is a wander that remembers: sensors and what they touch are not white.
    this.#wander += -this.#memory * this.#wander + Math.sqrt(2 * this.#memory) * gaussian(random)
    const spread = Math.hypot(this.#noise.own, this.#noise.share * value)
    let said = value + this.#offset + spread * 0.7 * (gaussian(random) + 0.7 * this.#wander)
    if (spread === 0) said = value + this.#offset
    for (const { kind, from, to, size, metric } of nuisances) {
      if (from > at) break
      if (metric !== this.#metric || at >= to) continue
      if (kind === 'rescaled') said *= size
      else if (kind === 'stuck') {
        if (Number.isNaN(this.#stuckAt)) this.#stuckAt = this.#rounded(said)
        return this.#stuckAt
      }
    }
    this.#stuckAt = NaN
    return this.#rounded(said)
  }
  #rounded(value: number): number {
    const steps = Math.round(value / this.#step) * this.#step
    return Math.min(this.#high, Math.max(this.#low, Math.round(steps * 1e4) / 1e4))
  }
}
