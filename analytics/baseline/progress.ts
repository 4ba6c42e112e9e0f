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
    const failsAt = plan.spec.signatures[mode]!.failsAt
    const f = failsAt ? plan.features.findIndex(({ name }) => name === failsAt.feature) : -1
    if (!failsAt || f < 0 || Number.isNaN(row.z[f]!) || Number.isNaN(row.low[f]!)) continue
    if (!(signatures.weights[m]![f]! * row.profile[f]! > 0)) continue
    const { log } = plan.features[f]!
    const middle = log ? Math.sqrt(row.low[f]! * row.high[f]!) : (row.low[f]! + row.high[f]!) / 2
    const shift = log ? Math.log(row.observed[f]! / middle) : row.observed[f]! - middle
    progress = Math.max(progress, shift / failsAt.shift)
  }
  return Math.max(0, Math.min(MOST_PROGRESS, progress))
}
