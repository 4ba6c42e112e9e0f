import { createAnalysis } from '../../analytics/index.ts'
import type { Catalog, Kind } from '../../catalog/index.ts'
import type { AnalysisOutput, ReadingBatch } from '../../core/index.ts'

/** Columns of a recording as readings of one appliance. @param columns by metric, NaN where absent; others are absent */
export function recordedBatch(
  kind: Kind,
  appliance: string,
  ts: Float64Array,
  columns: Record<string, Float64Array>,
): ReadingBatch {
  const count = ts.length
  return {
    kind: kind.kind,
    count,
    applianceIndex: new Uint32Array(count),
    appliances: [appliance],
    ts,
    values: kind.metricNames.map((metric) => columns[metric] ?? new Float64Array(count).fill(NaN)),
    invalid: new Uint32Array(count),
    states: Object.keys(kind.states).map(() => new Int32Array(count).fill(-1)),
    words: [],
    firmware: new Int32Array(count).fill(-1),
    extras: new Map(),
    hashHigh: new Uint32Array(count),
    hashLow: new Uint32Array(count),
    offset: Float64Array.from(ts, (_, i) => i + 1),
    index: new Uint32Array(count),
  }
}

/** All that the product's analysis says of one recording. @param modelsDir null: flat priors, textbook thresholds */
export async function analyse(
  catalog: Catalog,
  batch: ReadingBatch,
  modelsDir: string | null,
): Promise<AnalysisOutput> {
  const analysis = await createAnalysis({ catalog, clock: 'telemetry', modelsDir })
  return analysis.accept({
    upTo: batch.count,
    readings: [batch],
    events: [],
    presence: [],
    controls: [],
    ticks: [],
  })
}
