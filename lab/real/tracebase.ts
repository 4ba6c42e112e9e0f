// tracebase: recorded fridges and a freezer, power only, through the whole analysis; false alerts beside the exposure.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY } from '../../core/index.ts'
import { averageTo, powerOf } from '../../scripts/recordedSeries.ts'
import { openingsOf } from '../evaluation/scoreDetections.ts'
import { markdownTable, type RealResult } from './realReport.ts'
import { analyse, recordedBatch } from './recordedBatch.ts'

const WARM_UP_DAYS = 3

/** @param dir folder of `Refrigerator_*.csv.gz` and `Freezer_*.csv.gz`, each `unix_s,watts` */
export async function evaluateTracebase(dir: string): Promise<RealResult> {
  const catalog = loadCatalog()
  const kind = catalog.kind('fridge')
  const cadenceMs = 1_000 * kind.cadenceSeconds
  const modelsDir = fileURLToPath(new URL('../../models', import.meta.url))
  let weeks = 0
  let alerts = 0
  const rows: string[][] = []
  for (const file of readdirSync(dir).filter((name) => /^(Refrigerator|Freezer)/.test(name))) {
    const readings = averageTo(powerOf(readFileSync(join(dir, file)), kind), cadenceMs, kind).readings
    const ts = Float64Array.from(readings, (one) => one.ts)
    const power = Float64Array.from(readings, (one) => one.metrics.power!)
    const name = file.split('.')[0]!
    const out = await analyse(catalog, recordedBatch(kind, name, ts, { power }), modelsDir)
    const start = ts[0]!
    const opened = openingsOf(out.detections.filter(({ at }) => at > start + WARM_UP_DAYS * DAY))
    const recordedDays = (ts.length * cadenceMs) / DAY
    weeks += Math.max(0, recordedDays - WARM_UP_DAYS) / 7
    alerts += opened.length
    const days = out.features.filter(({ feature }) => feature === 'duty')
    rows.push([
      name,
      recordedDays.toFixed(1),
      (out.cycles.length / recordedDays).toFixed(1),
      days.length > 0 ? (days.reduce((sum, { observed }) => sum + observed, 0) / days.length).toFixed(2) : '–',
      opened
        .map((one) => `day ${((one.at - start) / DAY).toFixed(1)}: ${one.failureMode} by ${one.detector}`)
        .join('; ') || 'none',
    ])
  }
  return {
    name: 'tracebase',
    figures: [
      {
        figure: 'false alerts per appliance-week',
        measured: `${(alerts / weeks).toFixed(2)} (${alerts} in ${weeks.toFixed(1)} weeks)`,
        blind: '–',
        firstAim: '≤ 0.5',
        goal: '–',
      },
    ],
    about: [
      `The whole analysis as shipped, models and thresholds included; only power is there. The first ${WARM_UP_DAYS} days of each series are warm-up. Nine weeks show no rate per year: at the yearly goal none would be expected.`,
      markdownTable(['series', 'days recorded', 'cycles a day', 'duty', 'alerts'], rows),
    ],
  }
}
