// `npm run evaluate -- real`: recorded fridges (power only) through the same analysis; false alerts beside the exposure.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { createAnalysis } from '../analytics/index.ts'
import { loadCatalog } from '../catalog/index.ts'
import { type AnalysisOutput, DAY, type Detection, MINUTE, type ReadingBatch } from '../core/index.ts'
import { openingsOf } from './scoreDetections.ts'

const WARM_UP_MS = 3 * DAY

/** Rows of a recorded series, averaged to whole minutes. */
function minutesOf(path: string): { ts: number; watts: number }[] {
  const minutes = new Map<number, { sum: number; count: number }>()
  for (const line of gunzipSync(readFileSync(path)).toString().split('\n')) {
    const [seconds, watts] = line.split(',').map(Number)
    if (!Number.isFinite(seconds) || !Number.isFinite(watts)) continue
    const minute = Math.ceil((1000 * seconds!) / MINUTE) * MINUTE
    const one = minutes.get(minute) ?? { sum: 0, count: 0 }
    one.sum += watts!
    one.count++
    minutes.set(minute, one)
  }
  return [...minutes].sort(([a], [b]) => a - b).map(([ts, { sum, count }]) => ({ ts, watts: sum / count }))
}

export async function evaluateReal(): Promise<void> {
  const dir = fileURLToPath(new URL('../../shared/data/tracebase', import.meta.url))
  if (!existsSync(dir)) {
    console.log('tracebase is not here (../shared/data/tracebase): skipped.')
    return
  }
  const catalog = loadCatalog()
  const kind = catalog.kind('fridge')
  const modelsDir = fileURLToPath(new URL('../models', import.meta.url))
  let weeks = 0
  let alerts = 0
  for (const file of readdirSync(dir).filter((name) => /^(Refrigerator|Freezer)/.test(name))) {
    const rows = minutesOf(join(dir, file))
    const analysis = await createAnalysis({ catalog, clock: 'telemetry', modelsDir })
    const count = rows.length
    const batch: ReadingBatch = {
      kind: 'fridge',
      count,
      applianceIndex: new Uint32Array(count),
      appliances: [file.split('.')[0]!],
      ts: Float64Array.from(rows, ({ ts }) => ts),
      values: kind.metricNames.map((metric) =>
        metric === 'power' ? Float64Array.from(rows, ({ watts }) => watts) : new Float64Array(count).fill(NaN),
      ),
      invalid: new Uint32Array(count),
      states: [new Int32Array(count).fill(-1)],
      words: [],
      firmware: new Int32Array(count).fill(-1),
      extras: new Map(),
      hashHigh: new Uint32Array(count),
      hashLow: new Uint32Array(count),
      offset: Float64Array.from(rows, (_, i) => i + 1),
      index: new Uint32Array(count),
    }
    const out: AnalysisOutput = await analysis.accept({
      upTo: count,
      readings: [batch],
      events: [],
      presence: [],
      controls: [],
      ticks: [],
    })
    const start = rows[0]!.ts
    const days = (rows.at(-1)!.ts - start) / DAY
    const opened = openingsOf(out.detections.filter((one: Detection) => one.at > start + WARM_UP_MS))
    weeks += Math.max(0, count / 1440 - 3) / 7
    alerts += opened.length
    const mean = (feature: string): number => {
      const list = out.features.filter((one) => one.feature === feature).map(({ observed }) => observed)
      return list.reduce((a, b) => a + b, 0) / list.length
    }
    const watts = rows.reduce((sum, one) => sum + one.watts, 0) / count
    const wholeDays = out.features.filter((one) => one.feature === 'duty').length
    console.log(
      `${file}: ${days.toFixed(1)} days (${wholeDays} judged), ${(out.cycles.length / (count / 1440)).toFixed(1)} cycles a day, duty ${mean('duty').toFixed(2)}, ` +
        `${((watts * 24) / 1000).toFixed(2)} kWh a day (features say ${((mean('powerDay') * 24) / 1000).toFixed(2)}), on ${mean('powerOn').toFixed(0)} W, alerts ${opened.map((one) => `${((one.at - start) / DAY).toFixed(1)} ${one.failureMode} by ${one.detector}`).join('; ') || 'none'}`,
    )
  }
  console.log(
    `${alerts} false alerts in ${weeks.toFixed(1)} appliance-weeks: ${(alerts / weeks).toFixed(2)} a week (first aim ≤ 0.5)`,
  )
}
