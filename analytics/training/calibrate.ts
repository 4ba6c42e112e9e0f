import { cell, DAY, nth, there } from '../../core/index.ts'
import { eachShare, pcaStep } from '../condition/scoreRow.ts'
import { compileSignatures } from '../detectors/signatures.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { RowItem } from '../features/item.ts'
import type { KindModel } from '../onnx/kindModel.ts'
import { type Pca, scorePca } from '../onnx/pca.ts'
import { replayRows, UNBOUNDED } from './replayRows.ts'

/** No threshold is below this, however calm training was: sums of a few rows are luck. */
const LEAST_THRESHOLD = 5
/** Nor above this, or one rescaled channel in training would blind a detector for ever. */
const MOST_THRESHOLD = 24
const MARGIN = 1.08
/** A recent change is told in shares of what is one: its threshold is a factor of that, 1 at least. */
const isChange = (detector: string): boolean => detector.startsWith('contrast:')

/**
 * Thresholds of all detectors from one budget: the highest that each sum rose on each healthy appliance, nuisances and
 * all. As many appliances as the budget allows are excused; each detector then stands just above the rest. On the maximum
 * of whole appliances, so autocorrelation and the number of detectors are in it.
 */
export function calibrate(
  plan: DetectionPlan,
  model: KindModel,
  pcas: (Pca | null)[],
  rows: Map<string, RowItem[]>,
  targetRate: number,
): Record<string, number> {
  const maxima = new Map<string, Map<string, number>>()
  const note = (detector: string, appliance: string, sum: number): void => {
    const list = maxima.get(detector) ?? new Map<string, number>()
    maxima.set(detector, list)
    if (sum > (list.get(appliance) ?? 0)) list.set(appliance, sum)
  }
  const signatures = compileSignatures(plan, model)
  const pcaSums = new Map<string, number>()
  let days = 0
  for (const [, items] of rows) if (items.length > 0) days += (there(items.at(-1)).to - nth(items, 0).from) / DAY
  for (const { appliance, item, row } of replayRows(plan, model, rows)) {
    if (!item.muted)
      eachShare(plan, signatures, item.scale, row, (name, shift, share) => {
        note(name, appliance, shift >= 1 ? share * (isChange(name) ? LEAST_THRESHOLD : UNBOUNDED) : 0)
      })
    const scaleName = nth(plan.scales, item.scale).name
    const spec = model.pca[scaleName]
    const pca = pcas[item.scale]
    if (!spec || !pca) continue
    const places = spec.features.map((name) => plan.features.findIndex((one) => one.name === name))
    const { t2, q } = scorePca(
      pca,
      Float64Array.from(places, (f) => cell(row.z, f)),
    )
    const key = `${appliance}/${scaleName}`
    const sum = pcaStep(pcaSums.get(key) ?? 0, Math.max(t2 / spec.t2Limit, q / spec.qLimit))
    pcaSums.set(key, sum)
    note(`pca:${scaleName}`, appliance, sum)
  }
  const excused = excuse(maxima, Math.floor((targetRate * days) / 365))
  return Object.fromEntries(
    [...maxima].map(([detector, byAppliance]) => {
      let most = 0
      for (const [appliance, sum] of byAppliance) if (!excused.has(appliance)) most = Math.max(most, sum)
      const threshold = Math.min(MOST_THRESHOLD, Math.max(LEAST_THRESHOLD, MARGIN * most))
      return [detector, Number((isChange(detector) ? threshold / LEAST_THRESHOLD : threshold).toPrecision(4))]
    }),
  )
}

/**
 * Spends the budget: the appliances whose alarms are accepted. Greedy: each time the one without which all thresholds
 * together come down most (sum of logarithms). Few nuisances (a rescaled channel) would else blind many detectors.
 */
function excuse(maxima: Map<string, Map<string, number>>, count: number): Set<string> {
  const excused = new Set<string>()
  while (excused.size < count) {
    const gain = new Map<string, number>()
    for (const byAppliance of maxima.values()) {
      let first = LEAST_THRESHOLD
      let second = LEAST_THRESHOLD
      let who = ''
      for (const [appliance, sum] of byAppliance) {
        if (excused.has(appliance) || sum <= second) continue
        if (sum > first) {
          second = first
          first = sum
          who = appliance
        } else second = sum
      }
      if (who !== '') gain.set(who, (gain.get(who) ?? 0) + Math.log(first / second))
    }
    const best = [...gain].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]
    if (!best) break
    excused.add(best[0])
  }
  return excused
}
