import { cell, type Evidence, nth } from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { ConditionState } from './conditionState.ts'

const MOST_ROWS = 6
/** Shifts smaller than this are no proof. */
const LEAST_Z = 1

/**
 * The rows of proof: what guards saw first, then features outside of their bands by their part of the score, half by their
 * own shift and half by the PCA's contributions. What is inside of its band proves nothing, however it was yesterday: its part
 * is of the rest. Shares sum to at most 1.
 */
export function gatherEvidence(plan: DetectionPlan, judged: ConditionState): Evidence[] {
  const rows: Evidence[] = []
  const guardShare = judged.guards.size > 0 ? 0.6 / judged.guards.size : 0
  for (const [g, seen] of judged.guards) {
    const guard = nth(plan.guards, g)
    const above = guard.spec.side === 'above'
    rows.push({
      feature: guard.name,
      ...metricOf(guard.spec.metric ?? guard.spec.of?.metric),
      observed: seen.observed,
      expected: above ? [Math.min(0, seen.limit), seen.limit] : [seen.limit, Math.max(100, seen.limit)],
      unit: guard.spec.unit,
      from: seen.from,
      to: seen.at,
      share: guardShare,
      scale: guard.of ? 'limit' : 'lasting',
    })
  }
  let squares = 0
  let contributed = 0
  for (let f = 0; f < plan.features.length; f++) {
    const z = cell(judged.profile, f)
    if (!(Math.abs(z) >= LEAST_Z)) continue
    squares += Math.min(36, z * z)
    contributed += Math.max(0, nth(judged.pcaContributions, f))
  }
  const left = judged.guards.size > 0 ? 0.35 : 0.95
  const features: Evidence[] = []
  for (let f = 0; f < plan.features.length; f++) {
    const z = cell(judged.profile, f)
    if (!(Math.abs(z) >= LEAST_Z) || Number.isNaN(cell(judged.observed, f)) || Number.isNaN(cell(judged.low, f)))
      continue
    if (cell(judged.observed, f) >= cell(judged.low, f) && cell(judged.observed, f) <= cell(judged.high, f)) continue
    const own = Math.min(36, z * z) / squares
    const share = contributed > 0 ? (own + Math.max(0, nth(judged.pcaContributions, f)) / contributed) / 2 : own
    const feature = nth(plan.features, f)
    features.push({
      feature: feature.name,
      ...metricOf(feature.metric),
      observed: cell(judged.observed, f),
      expected: [cell(judged.low, f), cell(judged.high, f)],
      unit: feature.unit,
      from: cell(judged.seenFrom, f),
      to: cell(judged.seenTo, f),
      share: left * share,
      scale: judged.byHours?.[f] ? 'hours' : feature.scale === 0 ? 'day' : 'cycle',
    })
  }
  features.sort((a, b) => b.share - a.share || (a.feature < b.feature ? -1 : 1))
  return [...rows, ...features].sort((a, b) => b.share - a.share).slice(0, MOST_ROWS)
}

const metricOf = (metric: string | null | undefined): { metric?: string } => (metric ? { metric } : {})
