import { cell, nth } from '../../core/index.ts'
import type { Signatures } from '../detectors/signatures.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'

/** Where features stand, by all features of the kind; NaN in what a row says nothing of. */
export interface Standing {
  z: Float64Array
  observed: Float64Array
  low: Float64Array
  high: Float64Array
  profile: Float64Array
}

const MOST_PROGRESS = 1.5

/** How far on its way to functional failure the appliance stands: the furthest that any mode's own feature says. */
export function progressOf(plan: DetectionPlan, signatures: Signatures, row: Standing): number {
  let progress = 0
  for (const [m, mode] of signatures.names.entries()) {
    const failsAt = nth(plan.spec.signatures, mode).failsAt
    const f = failsAt ? plan.features.findIndex(({ name }) => name === failsAt.feature) : -1
    if (!failsAt || f < 0 || Number.isNaN(cell(row.z, f)) || Number.isNaN(cell(row.low, f))) continue
    if (!(cell(nth(signatures.weights, m), f) * cell(row.profile, f) > 0)) continue
    const { log } = nth(plan.features, f)
    const middle = log ? Math.sqrt(cell(row.low, f) * cell(row.high, f)) : (cell(row.low, f) + cell(row.high, f)) / 2
    const shift = log ? Math.log(cell(row.observed, f) / middle) : cell(row.observed, f) - middle
    progress = Math.max(progress, shift / failsAt.shift)
  }
  return Math.max(0, Math.min(MOST_PROGRESS, progress))
}
