// What scoring a reading costs as the fleet grows: the real analysis, fed straight from columns. It stays flat when the
// cost of a reading does not depend on how many others there are; caches of the processor are the part that is left.
import { createAnalysis, newFeatureState, planDetection, SECONDS, updateMetricRange } from '../../analytics/index.ts'
import { MINUTE, monotonicMs } from '../../core/index.ts'
import { fridgeBatches } from './fridgeBatches.ts'
import { median } from './median.ts'

const FLEETS = [1_000, 10_000, 100_000, ...(process.env.BENCH_MILLION ? [1_000_000] : [])]
const ROWS_AT_ONCE = 1_000
/** Rounds over the whole fleet: the first ones make state, the others are measured. */
const WARM_ROUNDS = 20
const MEASURED_READINGS = 400_000

export async function scoring(): Promise<void> {
  const fridges = fridgeBatches()
  const rows: Record<string, string>[] = []
  let base: number | undefined
  for (const fleet of FLEETS) {
    global.gc?.()
    const before = process.memoryUsage().rss
    const analysis = await createAnalysis({ catalog: fridges.catalog, clock: 'telemetry', modelsDir: 'models' })
    const costs: number[] = []
    let offset = 0
    const rounds = WARM_ROUNDS + Math.max(3, Math.ceil(MEASURED_READINGS / fleet))
    for (let round = 0; round < rounds; round++) {
      let ms = 0
      for (let first = 0; first < fleet; first += ROWS_AT_ONCE) {
        const count = Math.min(ROWS_AT_ONCE, fleet - first)
        const batch = fridges.batchOf(count, first, round, offset)
        offset += count
        const began = monotonicMs()
        const rest = { events: [], presence: [], controls: [], ticks: [] }
        await analysis.accept({ upTo: offset, readings: [batch], ...rest })
        ms += monotonicMs() - began
      }
      if (round >= WARM_ROUNDS) costs.push((ms * 1_000) / fleet)
    }
    const cost = median(costs)
    base ??= cost
    const bytes = (process.memoryUsage().rss - before) / fleet
    rows.push({
      appliances: fleet.toLocaleString('en'),
      'µs a reading': cost.toFixed(2),
      'against the smallest': `${(cost / base).toFixed(2)} ×`,
      'memory an appliance': `${(bytes / 1024).toFixed(1)} KB`,
      goal: Math.abs(cost / base - 1) <= 0.2 ? '±20 % pass' : '±20 % falls short',
    })
  }
  console.table(rows)
  secondsScale()
}

const METRICS = 10
const SECONDS_READINGS = 200_000
const SECONDS_RUNS = 7
const SECONDS_GOAL_US = 1

/** The fastest scale alone: every metric of a reading against its own last minutes. */
function secondsScale(): void {
  const { kind, start, batchOf } = fridgeBatches()
  const plan = planDetection(kind)
  const days = Array.from({ length: 1_440 }, (_, i) => batchOf(1, 0, i, i).values.map((column) => column[0]!))
  const costs = Array.from({ length: SECONDS_RUNS }, () => {
    const sense = newFeatureState(plan, 'bench', '')
    sense.firstTs = start
    const began = monotonicMs()
    for (let i = 0; i < SECONDS_READINGS; i++) {
      const values = days[i % days.length]!
      for (let m = 0; m < METRICS; m++)
        updateMetricRange(sense.seconds, SECONDS * m, values[m]!, start + i * MINUTE, plan.resolutions[m]!, false)
    }
    return ((monotonicMs() - began) * 1_000) / SECONDS_READINGS
  })
  const cost = median(costs)
  console.log(
    `seconds scale alone: ${cost.toFixed(2)} µs a reading of ${METRICS} metrics, goal ${SECONDS_GOAL_US}: ${cost <= SECONDS_GOAL_US ? 'pass' : 'falls short'}`,
  )
}
