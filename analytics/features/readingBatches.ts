import type { Kind } from '../../catalog/index.ts'
import type { AnalysisInput, Offset, Reading, ReadingBatch } from '../../core/index.ts'

/** One reading on its way: whose, and at which place of the journal. */
export interface Sent {
  appliance: string
  reading: Reading
  offset: Offset
}

/** Puts readings of one kind in the columns that detection hears, as validation would. For tests and training. */
export function toBatch(kind: Kind, sent: readonly Sent[]): ReadingBatch {
  const count = sent.length
  const appliances = [...new Set(sent.map(({ appliance }) => appliance))]
  const index = new Map(appliances.map((appliance, i) => [appliance, i]))
  const words: string[] = []
  const wordAt = (word: string): number => (words.includes(word) ? words.indexOf(word) : words.push(word) - 1)
  const perRow = (kind.metricNames.length + 31) >> 5
  const batch: ReadingBatch = {
    kind: kind.kind,
    count,
    applianceIndex: Uint32Array.from(sent, ({ appliance }) => index.get(appliance)!),
    appliances,
    ts: Float64Array.from(sent, ({ reading }) => reading.ts),
    values: kind.metricNames.map((metric) => Float64Array.from(sent, ({ reading }) => reading.metrics[metric] ?? NaN)),
    invalid: new Uint32Array(count * perRow),
    states: kind.stateNames.map((state) =>
      Int32Array.from(sent, ({ reading }) => {
        const word = reading.states?.[state]
        const list = kind.states[state]!
        return word === undefined ? -1 : list === 'text' ? wordAt(word) : list.indexOf(word)
      }),
    ),
    words,
    firmware: Int32Array.from(sent, ({ reading }) => (reading.firmware === undefined ? -1 : wordAt(reading.firmware))),
    extras: new Map(),
    hashHigh: new Uint32Array(count),
    hashLow: new Uint32Array(count),
    offset: Float64Array.from(sent, ({ offset }) => offset),
    index: new Uint32Array(count),
  }
  for (const [m, metric] of kind.metricNames.entries()) {
    const [low, high] = kind.metrics[metric]!.plausible
    for (let r = 0; r < count; r++) {
      const x = batch.values[m]![r]!
      if (x < low || x > high) batch.invalid[r * perRow + (m >> 5)]! |= 1 << (m & 31)
    }
  }
  return batch
}

/** A stretch of the journal that holds these readings alone. */
export const inputOf = (kind: Kind, sent: readonly Sent[]): AnalysisInput => ({
  upTo: sent.reduce((most, { offset }) => Math.max(most, offset), 0),
  readings: sent.length > 0 ? [toBatch(kind, sent)] : [],
  events: [],
  presence: [],
  controls: [],
  ticks: [],
})
