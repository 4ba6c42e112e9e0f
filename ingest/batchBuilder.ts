import type { Kind } from '../catalog/index.ts'
import type { ApplianceId, Offset, ReadingBatch } from '../core/index.ts'
import type { JsonObject } from './reading/checkReading.ts'

const FIRST_ROWS = 256

/** Gathers accepted readings of one kind into columns. */
export class BatchBuilder {
  readonly kind: Kind
  count = 0
  #capacity = FIRST_ROWS
  #words32: number
  #appliances: ApplianceId[] = []
  #applianceNumber = new Map<ApplianceId, number>()
  #words: string[] = []
  #wordNumber = new Map<string, number>()
  /** State column → word → number, for the states whose words the catalog lists. */
  #stateWords: (Map<string, number> | undefined)[]
  #low: Float64Array
  #high: Float64Array
  /** 1 for metrics that have a sentinel within their range: their values are looked at even when they are plausible. */
  #within: Uint8Array
  #extras = new Map<number, string>()
  #applianceIndex = new Uint32Array(FIRST_ROWS)
  #ts = new Float64Array(FIRST_ROWS)
  #values: Float64Array[]
  #invalid: Uint32Array
  #states: Int32Array[]
  #firmware = new Int32Array(FIRST_ROWS)
  #hashHigh = new Uint32Array(FIRST_ROWS)
  #hashLow = new Uint32Array(FIRST_ROWS)
  #offset = new Float64Array(FIRST_ROWS)
  #index = new Uint32Array(FIRST_ROWS)

  constructor(kind: Kind) {
    this.kind = kind
    this.#words32 = Math.ceil(kind.metricNames.length / 32)
    this.#values = kind.metricNames.map(() => new Float64Array(FIRST_ROWS))
    this.#invalid = new Uint32Array(FIRST_ROWS * this.#words32)
    this.#states = kind.stateNames.map(() => new Int32Array(FIRST_ROWS))
    this.#stateWords = kind.stateNames.map((state) => {
      const words = kind.states[state]!
      return words === 'text' ? undefined : new Map(words.map((word, i) => [word, i]))
    })
    this.#low = Float64Array.from(kind.metricNames, (metric) => kind.metrics[metric]!.plausible[0])
    this.#high = Float64Array.from(kind.metricNames, (metric) => kind.metrics[metric]!.plausible[1])
    this.#within = Uint8Array.from(kind.metricNames, (metric) => {
      const { plausible, sentinels } = kind.metrics[metric]!
      return sentinels.some((value) => value >= plausible[0] && value <= plausible[1]) ? 1 : 0
    })
  }

  /**
   * Writes the metrics of a reading into the next row, without taking it yet.
   * @param isMissing told of each sentinel: a number by which a sensor says that it has none
   * @returns does it have at least one valid metric?
   */
  stage(metrics: JsonObject, isMissing: (metric: string, value: number) => void): boolean {
    const row = this.count
    if (row === this.#capacity) this.#grow()
    const values = this.#values
    for (let m = 0; m < values.length; m++) values[m]![row] = Number.NaN
    const words = this.#words32
    for (let w = 0; w < words; w++) this.#invalid[row * words + w] = 0
    let valid = false
    let extras: [string, unknown][] | undefined
    for (const name in metrics) {
      const m = this.kind.metricIndex.get(name)
      if (m === undefined) {
        extras ??= []
        extras.push([name, metrics[name]])
        valid = true
        continue
      }
      const value = metrics[name] as number
      values[m]![row] = value
      const isPlausible = value >= this.#low[m]! && value <= this.#high[m]!
      if ((!isPlausible || this.#within[m] === 1) && this.kind.metrics[name]!.sentinels.includes(value)) {
        values[m]![row] = Number.NaN
        isMissing(name, value)
      } else if (isPlausible) valid = true
      else this.#invalid[row * words + (m >> 5)]! |= 1 << (m & 31)
    }
    if (extras) this.#extras.set(row, JSON.stringify(Object.fromEntries(extras)))
    else this.#extras.delete(row)
    return valid
  }

  /** Takes the row that `stage` wrote. */
  take(
    appliance: ApplianceId,
    ts: number,
    states: JsonObject | undefined,
    firmware: string | undefined,
    hashHigh: number,
    hashLow: number,
    offset: Offset,
    index: number,
  ): number {
    const row = this.count++
    let number = this.#applianceNumber.get(appliance)
    if (number === undefined) {
      number = this.#appliances.push(appliance) - 1
      this.#applianceNumber.set(appliance, number)
    }
    this.#applianceIndex[row] = number
    this.#ts[row] = ts
    for (let s = 0; s < this.#states.length; s++) {
      const word = states?.[this.kind.stateNames[s]!]
      const words = this.#stateWords[s]
      this.#states[s]![row] = typeof word !== 'string' ? -1 : words ? (words.get(word) ?? -1) : this.#word(word)
    }
    this.#firmware[row] = firmware === undefined ? -1 : this.#word(firmware)
    this.#hashHigh[row] = hashHigh
    this.#hashLow[row] = hashLow
    this.#offset[row] = offset
    this.#index[row] = index
    return row
  }

  applianceOf = (row: number): ApplianceId => this.#appliances[this.#applianceIndex[row]!]!
  tsOf = (row: number): number => this.#ts[row]!
  highOf = (row: number): number => this.#hashHigh[row]!
  lowOf = (row: number): number => this.#hashLow[row]!

  /** @param dropped rows that turned out to be duplicates or conflicts after all */
  finish(dropped: ReadonlySet<number>): ReadingBatch {
    const keep: number[] | undefined = dropped.size ? [] : undefined
    if (keep) for (let row = 0; row < this.count; row++) if (!dropped.has(row)) keep.push(row)
    const count = keep ? keep.length : this.count
    const pick = <T extends Float64Array | Uint32Array | Int32Array>(column: T, width = 1): T => {
      const out = column.slice(0, count * width) as T
      if (keep)
        for (let i = 0; i < count; i++)
          for (let w = 0; w < width; w++) out[i * width + w] = column[keep[i]! * width + w]!
      return out
    }
    const extras = new Map<number, string>()
    const moved = keep && new Map(keep.map((row, i) => [row, i]))
    for (const [row, text] of this.#extras) {
      const at = moved ? moved.get(row) : row
      if (at !== undefined && at < count) extras.set(at, text)
    }
    return {
      kind: this.kind.kind,
      count,
      applianceIndex: pick(this.#applianceIndex),
      appliances: this.#appliances,
      ts: pick(this.#ts),
      values: this.#values.map((column) => pick(column)),
      invalid: pick(this.#invalid, this.#words32),
      states: this.#states.map((column) => pick(column)),
      words: this.#words,
      firmware: pick(this.#firmware),
      extras,
      hashHigh: pick(this.#hashHigh),
      hashLow: pick(this.#hashLow),
      offset: pick(this.#offset),
      index: pick(this.#index),
    }
  }

  #word(text: string): number {
    let number = this.#wordNumber.get(text)
    if (number === undefined) {
      number = this.#words.push(text) - 1
      this.#wordNumber.set(text, number)
    }
    return number
  }
  #grow(): void {
    this.#capacity *= 2
    const grow = <T extends Float64Array | Uint32Array | Int32Array>(column: T): T => {
      const larger = new (column.constructor as new (length: number) => T)(column.length * 2)
      larger.set(column as never)
      return larger
    }
    this.#applianceIndex = grow(this.#applianceIndex)
    this.#ts = grow(this.#ts)
    this.#values = this.#values.map(grow)
    this.#invalid = grow(this.#invalid)
    this.#states = this.#states.map(grow)
    this.#firmware = grow(this.#firmware)
    this.#hashHigh = grow(this.#hashHigh)
    this.#hashLow = grow(this.#hashLow)
    this.#offset = grow(this.#offset)
    this.#index = grow(this.#index)
  }
}
