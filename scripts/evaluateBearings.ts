// `npm run evaluate -- real`: four bearings run until one fails (IMS test 2) through the product's own analysis. Only this adapter
// is its own: each snapshot of ten minutes stands for a day, so that baselines, sums and thresholds are those of the product.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAnalysis } from '../analytics/index.ts'
import { loadCatalog } from '../catalog/index.ts'
import { DAY, HOUR, type ReadingBatch } from '../core/index.ts'
import { openingsOf } from './scoreDetections.ts'

const SNAPSHOT_HOURS = 1 / 6
const START = Date.UTC(2026, 0, 1)
const columns = { rms: 'rms', kurtosis: 'kurt', envelope: 'bpfo', inner: 'bpfi' } as const

/** A bearing on a test rig as a kind of its own: what the washer's catalog says of its bearing, for the rig's metrics. */
const bearing = {
  kind: 'bearing',
  name: { en: 'Bearing', zh: '轴承' },
  cadenceSeconds: 3600,
  metrics: Object.fromEntries(
    Object.keys(columns).map((metric) => [
      metric,
      { unit: '1', plausible: [0, 1e6], resolution: 1e-4, text: { en: metric, zh: metric } },
    ]),
  ),
  failureModes: {
    'bearing-wear': {
      text: { en: 'Bearing wear', zh: '轴承磨损' },
      owner: { en: 'A bearing is wearing out.', zh: '轴承正在磨损。' },
      functionalFailure: { en: 'The bearing seizes.', zh: '轴承卡死。' },
      severity: 'critical',
      parts: {},
      skill: 'mechanical',
      difficulty: 2,
      minutes: 60,
    },
  },
  detection: {
    features: Object.fromEntries(
      Object.keys(columns).map((metric) => [
        `${metric}Day`,
        {
          aggregate: 'mean',
          of: { metric },
          log: true,
          floor: metric === 'rms' ? 0.02 : 0.06,
          unit: '1',
          text: { en: metric, zh: metric },
          metric,
        },
      ]),
    ),
    signatures: { 'bearing-wear': { moves: { rmsDay: 2, kurtosisDay: 1, envelopeDay: 3, innerDay: 1 } } },
  },
}

export async function evaluateBearings(): Promise<void> {
  const path = fileURLToPath(new URL('../../shared/data/IMS/test2_features.csv', import.meta.url))
  if (!existsSync(path)) {
    console.log('IMS is not here (../shared/data/IMS): skipped.')
    return
  }
  const dir = mkdtempSync(join(tmpdir(), 'hearthwatch-bearing-'))
  try {
    writeFileSync(join(dir, 'bearing.json'), JSON.stringify(bearing))
    const catalog = loadCatalog(dir)
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    const header = lines[0]!.split(',')
    const rows = lines.slice(1).map((line) => line.split(','))
    for (const nth of [1, 2, 3, 4]) {
      const places = Object.values(columns).map((name) => header.indexOf(`b${nth}_${name}`))
      const count = 24 * rows.length
      const batch: ReadingBatch = {
        kind: 'bearing',
        count,
        applianceIndex: new Uint32Array(count),
        appliances: [`bearing-${nth}`],
        ts: Float64Array.from({ length: count }, (_, i) => START + (i + 1) * HOUR),
        values: places.map((place) =>
          Float64Array.from({ length: count }, (_, i) => Number(rows[Math.floor(i / 24)]![place])),
        ),
        invalid: new Uint32Array(count),
        states: [],
        words: [],
        firmware: new Int32Array(count).fill(-1),
        extras: new Map(),
        hashHigh: new Uint32Array(count),
        hashLow: new Uint32Array(count),
        offset: Float64Array.from({ length: count }, (_, i) => i + 1),
        index: new Uint32Array(count),
      }
      const analysis = await createAnalysis({ catalog, clock: 'telemetry', modelsDir: null })
      const { detections } = await analysis.accept({
        upTo: count,
        readings: [batch],
        events: [],
        presence: [],
        controls: [],
        ticks: [],
      })
      const opened = openingsOf(detections).map(({ at }) =>
        ((rows.length - (at - START) / DAY) * SNAPSHOT_HOURS).toFixed(1),
      )
      console.log(
        `IMS test 2, bearing ${nth}${nth === 1 ? ' (fails at the end)' : ''}: alerts ${opened.join(', ') || 'none'} hours before the end`,
      )
    }
    console.log('IMS: aim bearing 1 first, ≥ 60 h (goal ≥ 75 h) before the end, with no alarm on the others until then')
  } finally {
    rmSync(dir, { recursive: true })
  }
}
