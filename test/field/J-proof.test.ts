// FIELD J: over a simulated season every row of proof stands on its chart, and nothing has life left once it has failed.
import { expect, test } from 'vitest'
import { decideAlert } from '../../alerts/index.ts'
import { createAnalysis } from '../../analytics/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import {
  type Alert,
  type AnalysisOutput,
  DAY,
  type Evidence,
  type FeatureRow,
  HOUR,
  stageOf,
} from '../../core/index.ts'
import { proofChart } from '../../dashboards/web/src/features/evidence/proofChart.ts'
import { FleetColumns } from '../../lab/evaluation/runFleet.ts'
import { createFleet } from '../../simulator/index.ts'

const START = Date.UTC(2026, 3, 1)
const DAYS = 92
const WITHIN = 0.01
const catalog = loadCatalog()

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= WITHIN * Math.max(Math.abs(a), Math.abs(b), 1e-3)

type Batch = Pick<
  ReturnType<FleetColumns['batch']>,
  'kind' | 'count' | 'appliances' | 'applianceIndex' | 'ts' | 'values'
>
/** What a limit saw may be told with news of three days later. */
const KEPT_BATCHES = 3 * 100

/** Columns are used again every hour. */
const copyOf = ({ kind, count, appliances, applianceIndex, ts, values }: Batch): Batch => ({
  kind,
  count,
  appliances,
  applianceIndex: applianceIndex.slice(0, count),
  ts: ts.slice(0, count),
  values: values.map((column) => column.slice(0, count)),
})

/** What a reading said of a metric. */
function valueAt(batches: readonly Batch[], appliance: string, ts: number, metric: string): number {
  for (const batch of batches) {
    const m = catalog.kind(batch.kind).metricIndex.get(metric)
    const a = batch.appliances.indexOf(appliance)
    if (m === undefined || a < 0 || ts < (batch.ts[0] ?? 0) - HOUR || ts > (batch.ts[0] ?? 0) + 2 * HOUR) continue
    for (let r = 0; r < batch.count; r++)
      if (batch.applianceIndex[r] === a && batch.ts[r] === ts) return batch.values[m]?.[r] ?? Number.NaN
  }
  return Number.NaN
}

/** Why a row is not on its chart; undefined: it is. */
function missing(
  { appliance, kind }: Pick<Alert, 'appliance' | 'kind'>,
  row: Evidence,
  features: ReadonlyMap<string, FeatureRow>,
  batches: readonly Batch[],
): string | undefined {
  const { detection, metrics } = catalog.kind(kind)
  const guard = detection?.guards[row.feature]
  const chart = proofChart(row, guard, Object.hasOwn(metrics, row.feature))
  const said = `${appliance} ${row.feature} ${row.scale} ${row.observed} of ${row.expected}`
  if (row.observed >= row.expected[0] && row.observed <= row.expected[1]) return `${said}: inside of its band`
  if (chart.as === 'said') return row.scale === 'code' ? undefined : said
  if (chart.as === 'lasting') {
    const unit = row.scale === 'still' ? HOUR : 60_000
    return isNear((row.to - row.from) / unit, row.observed)
      ? undefined
      : `${said}: shaded ${(row.to - row.from) / unit}`
  }
  if (chart.as === 'signal') {
    const of = (metric: string): number => valueAt(batches, appliance, row.to, metric)
    const value = of(chart.metric) - (chart.minus ? of(chart.minus) : 0)
    return isNear(value, row.observed) ? undefined : `${said}: the signal says ${value}`
  }
  // The hours of a running day are no dot of their own: they are drawn as the record that they are.
  if (row.scale === 'hours') return undefined
  const dot = features.get(`${appliance}/${row.feature}/${row.to}`)
  if (!dot) return `${said}: no dot at ${row.to}`
  const same =
    isNear(dot.observed, row.observed) && isNear(dot.low, row.expected[0]) && isNear(dot.high, row.expected[1])
  return same ? undefined : `${said}: its dot is ${dot.observed} in ${dot.low} to ${dot.high}`
}

test('J every row of proof of a season is a point of its chart, and what has failed has no life left', {
  timeout: 900_000,
}, async () => {
  const fleet = createFleet({
    seed: 21,
    catalog,
    kinds: { fridge: 110, washer: 70, ac: 30 },
    start: START,
    days: DAYS,
    faults: 'drawn',
    faultsPerYear: 12,
    soundDays: 24,
    nuisances: true,
    // A reading each four minutes: what is proved is the same.
    coarse: 4,
    prefix: 'j-',
  })
  const analysis = await createAnalysis({ catalog, clock: 'telemetry', modelsDir: 'models', policy: {} })
  const kinds = ['fridge', 'washer', 'ac'].map((kind) => new FleetColumns(catalog.kind(kind), fleet))
  const features = new Map<string, FeatureRow>()
  const kept: Batch[] = []
  const alerts = new Map<string, Alert>()
  const wrong: string[] = []
  const looked = new Set<string>()
  let [rows, hours, failed] = [0, 0, 0]
  const hear = ({ detections, features: dots }: AnalysisOutput): void => {
    for (const dot of dots) features.set(`${dot.appliance}/${dot.feature}/${dot.at}`, dot)
    for (const detection of detections) {
      const before = alerts.get(detection.condition) ?? null
      const decided = decideAlert(before, detection, new Set())
      if (!decided) continue
      const { alert } = decided
      alerts.set(detection.condition, alert)
      if (stageOf(alert) === 'failed') {
        failed++
        if (alert.remainingLife) wrong.push(`${alert.id} has failed and has life left`)
        if (/Fails in about/.test(alert.explanation.engineer.en)) wrong.push(`${alert.id} says that it will fail`)
      }
      if (detection.phase === 'recovered') continue
      for (const row of alert.evidence) {
        // What was said before was looked at then.
        const key = `${alert.appliance}/${row.feature}/${row.to}/${row.observed}`
        if (looked.has(key)) continue
        looked.add(key)
        rows++
        if (row.scale === 'hours') hours++
        const why = missing(alert, row, features, kept)
        if (why) wrong.push(why)
      }
    }
  }
  let offset = 1
  const controls = fleet.appliances.map(({ registration: { id, kind, model, cadenceSeconds } }) => ({
    control: {
      type: 'register' as const,
      appliance: id,
      kind,
      model,
      ...(cadenceSeconds ? { cadenceSeconds } : {}),
    },
    offset: offset++,
  }))
  for (let hour = START; hour < START + DAYS * DAY; hour += HOUR) {
    for (const columns of kinds) offset = columns.fill(hour + HOUR, offset)
    const batches = kinds.map((columns) => columns.batch())
    kept.push(...batches.map(copyOf))
    kept.splice(0, Math.max(0, kept.length - KEPT_BATCHES))
    hear(
      await analysis.accept({
        upTo: offset,
        readings: batches,
        events: [],
        presence: [],
        controls: controls.splice(0),
        ticks: [],
      }),
    )
  }
  const opened = [...alerts.values()].filter(({ openedAt }) => openedAt !== undefined)
  console.log(`${opened.length} alerts, ${rows} rows of proof (${hours} of hours), ${failed} times failed`)
  expect(wrong.slice(0, 10)).toEqual([])
  expect(opened.length).toBeGreaterThanOrEqual(200)
  expect(failed).toBeGreaterThan(0)
  for (const { opened: said } of opened) expect(said?.fired ?? 'nothing fired').toBeDefined()
})
