import { DAY } from '../core/index.ts'
import type { RowItem } from './item.ts'
import { pcaStep } from './judgeRow.ts'
import type { KindModel } from './kindModel.ts'
import { type Pca, scorePca } from './pca.ts'
import { replayRows, UNBOUNDED } from './replayRows.ts'
import { compileSignatures } from './signatures.ts'
import type { WatchPlan } from './watchPlan.ts'

/** No threshold is below this, however calm training was: sums of a few rows are luck. */
const LEAST_THRESHOLD = 5
const MARGIN = 1.08

/**
 * Thresholds of all detectors from one budget: the highest that each sum rose on each healthy appliance, nuisances and
 * all; every detector is given the same tail, and the tail is chosen so that the appliances on which any of them would
 * have spoken, per appliance-year, are the target. Resamples nothing: autocorrelation is in the maxima themselves.
 */
export function calibrate(plan: WatchPlan, model: KindModel, pcas: (Pca | null)[], rows: Map<string, RowItem[]>, targetRate: number): Record<string, number> {
  const maxima = new Map<string, Map<string, number>>()
  const note = (detector: string, appliance: string, sum: number): void => {
    const list = maxima.get(detector) ?? new Map<string, number>()
    maxima.set(detector, list)
    if (sum > (list.get(appliance) ?? 0)) list.set(appliance, sum)
  }
  const { modes } = compileSignatures(plan, model)
  const pcaSums = new Map<string, number>()
  let days = 0
  for (const [, items] of rows) if (items.length > 0) days += (items.at(-1)!.to - items[0]!.from) / DAY
  for (const { appliance, item, row } of replayRows(plan, model, rows)) {
    for (const [f, { name, scale }] of plan.features.entries()) {
      if (scale !== item.scale) continue
      note(`${name}+`, appliance, row.up[f]! * UNBOUNDED)
      note(`${name}-`, appliance, row.down[f]! * UNBOUNDED)
    }
    for (const [m, mode] of modes.entries()) note(`mode:${mode}`, appliance, row.modes[m]! * UNBOUNDED)
    const scaleName = plan.scales[item.scale]!.name
    const spec = model.pca[scaleName]
    const pca = pcas[item.scale]
    if (!spec || !pca) continue
    const places = spec.features.map((name) => plan.features.findIndex((one) => one.name === name))
    const { t2, q } = scorePca(pca, Float64Array.from(places, (f) => row.z[f]!))
    const key = `${appliance}/${scaleName}`
    const sum = pcaStep(pcaSums.get(key) ?? 0, Math.max(t2 / spec.t2Limit, q / spec.qLimit))
    pcaSums.set(key, sum)
    note(`pca:${scaleName}`, appliance, sum)
  }
  const allowed = (targetRate * days) / 365
  let best: Record<string, number> = {}
  // From the fewest to the most exceedances a detector may have, while all together keep the budget.
  for (let tail = 0; tail <= 12; tail++) {
    const thresholds: Record<string, number> = {}
    const spoke = new Set<string>()
    for (const [detector, byAppliance] of maxima) {
      const sorted = [...byAppliance.values()].sort((a, b) => b - a)
      const limit = Math.max(LEAST_THRESHOLD, MARGIN * (sorted[Math.min(tail, sorted.length - 1)] ?? 0))
      thresholds[detector] = Number(limit.toPrecision(4))
      for (const [appliance, sum] of byAppliance) if (sum >= limit) spoke.add(appliance)
    }
    if (tail > 0 && spoke.size > allowed) break
    best = thresholds
  }
  return best
}
