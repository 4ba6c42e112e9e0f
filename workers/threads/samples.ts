import type { Catalog } from '../../catalog/index.ts'
import { type ByName, byName, type ReadingBatch } from '../../core/index.ts'
import type { Sample } from '../protocol.ts'

const AT_MOST = 20

/** What of a batch a page may want: every reading of the appliances that are watched, and the last of a few others. */
export function samplesOf(batches: ReadingBatch[], catalog: Catalog, watched: ReadonlySet<string>): Sample[] {
  const samples: Sample[] = []
  for (const batch of batches) {
    const { metricNames } = catalog.kind(batch.kind)
    const sample = (row: number): Sample => {
      const metrics: ByName<number> = byName()
      for (const [m, name] of metricNames.entries()) {
        const value = batch.values[m]?.[row] ?? Number.NaN
        if (!Number.isNaN(value)) metrics[name] = value
      }
      return { appliance: batch.appliances[batch.applianceIndex[row] ?? 0] ?? '', ts: batch.ts[row] ?? 0, metrics }
    }
    const isWatched = batch.appliances.map((id) => watched.has(id))
    if (isWatched.some(Boolean)) {
      for (let row = 0; row < batch.count; row++)
        if (isWatched[batch.applianceIndex[row] ?? 0]) samples.push(sample(row))
    }
    const last = batch.count - 1
    if (last >= 0 && samples.length < AT_MOST && !isWatched[batch.applianceIndex[last] ?? 0]) samples.push(sample(last))
  }
  return samples
}
