import { newBaseline } from '../baseline/baseline.ts'
import type { ScoredRow } from '../baseline/scoredRow.ts'
import { updateBaseline } from '../baseline/updateBaseline.ts'
import { compileSignatures } from '../detectors/signatures.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { RowItem } from '../features/item.ts'
import type { KindModel } from '../onnx/kindModel.ts'
import { defaultPolicy } from '../policy.ts'

export interface ReplayedRow {
  appliance: string
  item: RowItem
  row: ScoredRow
}

/** Runs finished rows through the baselines again, as they would run live with this model. Sums are left unbounded. */
export function replayRows(plan: DetectionPlan, model: KindModel, rows: Map<string, RowItem[]>): ReplayedRow[] {
  const signatures = compileSignatures(plan, model)
  const policy = { ...defaultPolicy, caution: 1, threshold: UNBOUNDED }
  const unbounded = { ...model, thresholds: {} }
  const fleet = new Map()
  const out: ReplayedRow[] = []
  for (const [appliance, items] of rows) {
    const learned = newBaseline(plan, signatures.modes.length)
    for (const item of items)
      out.push({ appliance, item, row: updateBaseline(plan, unbounded, signatures, policy, learned, fleet, item) })
  }
  return out
}

/** So high that no sum ends there; rows then hold sums as shares of it. */
export const UNBOUNDED = 1e6
