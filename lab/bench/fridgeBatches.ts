// Readings of as many fridges as asked for, in columns: one simulated fridge's days, each fridge at its own place in them.
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, MINUTE, type ReadingBatch } from '../../core/index.ts'
import { createFleet } from '../../simulator/index.ts'

const TRACE_DAYS = 7
const START = Date.UTC(2026, 0, 1)

export function fridgeBatches() {
  const catalog = loadCatalog()
  const kind = catalog.kind('fridge')
  const fleet = createFleet({
    seed: 3,
    catalog,
    kinds: { fridge: 1 },
    start: START,
    faults: 'none',
    nuisances: false,
  })
  const [fridge] = fleet.appliances
  if (!fridge) throw new Error('the fleet is empty')
  const trace: Float64Array[] = []
  while (fridge.nextAt() < START + TRACE_DAYS * DAY) if (fridge.next()) trace.push(Float64Array.from(fridge.values))
  /** One reading each of `count` fridges, a step after the one before: step 0 is the first minute. */
  const batchOf = (count: number, first: number, step: number, offset: number, stepMs = MINUTE): ReadingBatch => {
    const batch: ReadingBatch = {
      kind: 'fridge',
      count,
      applianceIndex: Uint32Array.from({ length: count }, (_, i) => i),
      appliances: Array.from({ length: count }, (_, i) => `bench-${first + i}`),
      ts: new Float64Array(count).fill(START + step * stepMs),
      values: kind.metricNames.map(() => new Float64Array(count)),
      invalid: new Uint32Array(count * ((kind.metricNames.length + 31) >> 5)),
      states: kind.stateNames.map(() => new Int32Array(count)),
      words: [],
      firmware: new Int32Array(count).fill(-1),
      extras: new Map(),
      hashHigh: new Uint32Array(count),
      hashLow: new Uint32Array(count),
      offset: Float64Array.from({ length: count }, (_, i) => offset + i + 1),
      index: new Uint32Array(count),
    }
    for (let i = 0; i < count; i++) {
      const values = trace[((first + i) * 37 + Math.floor((step * stepMs) / MINUTE)) % trace.length]!
      for (let m = 0; m < values.length; m++) batch.values[m]![i] = values[m]!
    }
    return batch
  }
  return { catalog, kind, start: START, batchOf }
}
