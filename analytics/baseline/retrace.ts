import { cell, type FeatureRow, type Millis, nth } from '../../core/index.ts'
import { lifeInputs, newDegradationPath, updateDegradationPath } from '../condition/lifeInputs.ts'
import { FAST } from '../detectors/cumulativeSums.ts'
import { compileSignatures } from '../detectors/signatures.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import { scaledValue } from '../features/feature.ts'
import { STALE_MS } from './baseline.ts'
import { progressOf } from './progress.ts'

/** How an appliance stood at one time, as the models read it. */
export interface Retraced {
  at: Millis
  profile: Float64Array
  life: Float64Array
}

/** Bands end at three standard deviations on either side. */
const BAND = 6
const Z_SHOWN = 20

/**
 * What the models would have read, from stored features and their bands: so that appliances teach whose raw readings are
 * gone. Rows while a baseline was learned have no band, and say nothing.
 * @param rows of one appliance, in any order
 */
export function retrace(plan: DetectionPlan, rows: readonly FeatureRow[]): Retraced[] {
  const signatures = compileSignatures(plan, null)
  const places = new Map(plan.features.map(({ name }, f) => [name, f]))
  const blank = (): Float64Array => new Float64Array(plan.features.length).fill(NaN)
  const averages = blank()
  const heardAt = blank()
  const trail = newDegradationPath()
  const times = new Map<Millis, FeatureRow[]>()
  for (const row of rows) times.set(row.at, [...(times.get(row.at) ?? []), row])
  const out: Retraced[] = []
  for (const [at, list] of [...times].sort(([a], [b]) => a - b)) {
    const now = { z: blank(), observed: blank(), low: blank(), high: blank() }
    for (const { feature, observed, low, high } of list) {
      const f = places.get(feature)
      if (f === undefined || !Number.isFinite(low) || !Number.isFinite(high)) continue
      const one = nth(plan.features, f)
      const scaled = (value: number): number => (one.log ? Math.log(Math.max(value, 1e-6)) : value)
      const middle = (scaled(low) + scaled(high)) / 2
      const z = (BAND * (scaledValue(one, observed) - middle)) / (scaled(high) - scaled(low))
      now.z[f] = Math.max(-Z_SHOWN, Math.min(Z_SHOWN, z))
      now.observed[f] = observed
      now.low[f] = low
      now.high[f] = high
      averages[f] = (1 - FAST) * (cell(averages, f) || 0) + FAST * cell(now.z, f)
      heardAt[f] = at
    }
    if (now.z.every(Number.isNaN)) continue
    const profile = averages.map((z, f) => (at - cell(heardAt, f) <= STALE_MS ? z : NaN))
    updateDegradationPath(trail, at, profile, progressOf(plan, signatures, { ...now, profile }))
    out.push({ at, profile, life: lifeInputs(trail, at, profile) })
  }
  return out
}
