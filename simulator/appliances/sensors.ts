import type { Kind } from '../../catalog/index.ts'

/** What an appliance's electronics make of the truth: channels that are missing, rescaled or stuck, in whole steps. */
export class Sensors {
  #absent: number[]
  #perUnit: Float64Array
  /** Channel → gain, for ever (a firmware that rescales). */
  #gains = new Map<number, number>()
  /** Channel → the value it stays at; NaN until its next reading. */
  #stuck = new Map<number, number>()
  #names: string[]
  /** Channels of continuous measurement that this model sends: those a nuisance can befall. */
  readonly channels: readonly string[]
  constructor(kind: Kind, lacks: readonly string[]) {
    this.#names = kind.metricNames
    this.#absent = lacks.flatMap((name) => kind.metricIndex.get(name) ?? [])
    this.#perUnit = Float64Array.from(kind.metricNames, (name) => {
      const { resolution } = kind.metrics[name]!
      return resolution < 1 ? Math.round(1 / resolution) : 1 / resolution
    })
    this.channels = kind.metricNames.filter((name) => {
      const metric = kind.metrics[name]!
      const share = metric.plausible[0] === 0 && metric.plausible[1] === 1
      return !share && !metric.sums && name !== 'setpointTemp' && name !== 'load' && !lacks.includes(name)
    })
  }
  rescale(metric: string, gain: number): void {
    const channel = this.#names.indexOf(metric)
    this.#gains.set(channel, (this.#gains.get(channel) ?? 1) * gain)
  }
  /** Which channels are stuck from now on; one that stays keeps its value. */
  stick(metrics: readonly string[]): void {
    const channels = metrics.map((metric) => this.#names.indexOf(metric))
    for (const channel of this.#stuck.keys()) if (!channels.includes(channel)) this.#stuck.delete(channel)
    for (const channel of channels) if (!this.#stuck.has(channel)) this.#stuck.set(channel, Number.NaN)
  }
  /** In place. */
  read(values: Float64Array): void {
    if (this.#gains.size > 0) for (const [channel, gain] of this.#gains) values[channel]! *= gain
    for (let i = 0; i < values.length; i++) {
      const perUnit = this.#perUnit[i]!
      values[i] = Math.round(values[i]! * perUnit) / perUnit + 0
    }
    if (this.#stuck.size > 0) {
      for (const [channel, value] of this.#stuck) {
        if (Number.isNaN(value)) this.#stuck.set(channel, values[channel]!)
        else values[channel] = value
      }
    }
    for (let i = 0; i < this.#absent.length; i++) values[this.#absent[i]!] = Number.NaN
  }
  keep(): { gains: [number, number][]; stuck: [number, number | null][] } {
    return { gains: [...this.#gains], stuck: [...this.#stuck].map(([c, v]) => [c, Number.isNaN(v) ? null : v]) }
  }
  putBack(state: ReturnType<Sensors['keep']>): void {
    this.#gains = new Map(state.gains)
    this.#stuck = new Map(state.stuck.map(([c, v]) => [c, v ?? Number.NaN]))
  }
}
