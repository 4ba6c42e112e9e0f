import { cell, DAY, type Millis, nth } from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { Feature } from '../features/feature.ts'
import type { KindModel } from '../onnx/kindModel.ts'
import type { Baseline } from './baseline.ts'
import { type LinePrior, median, TERMS } from './bayesLine.ts'

/** What healthy commissionings taught about one model: their lines, by the day they were finished. */
export type FleetLines = { day: number; beta: Float64Array; known: Uint8Array }[]
/** By kind and model. */
export type Fleet = Map<string, FleetLines>

const MOST_LINES = 60
const LEAST_LINES = 5
/** A line counts from the second day after it, so that the order within a day cannot matter. */
const DELAY_DAYS = 2

/** Adds the frozen lines of an appliance whose commissioning was healthy. */
export function teachFleet(fleet: Fleet, key: string, learned: Baseline, at: Millis): void {
  const lines = fleet.get(key) ?? []
  if (lines.length >= MOST_LINES) return
  lines.push({
    day: Math.floor(at / DAY),
    beta: Float64Array.from(learned.beta),
    known: Uint8Array.from(learned.frozen),
  })
  fleet.set(key, lines)
}

/**
 * What is believed of a feature before the appliance has shown anything: from training, moved to its own model's fleet
 * once that has five healthy appliances (median, MAD). Flat where nothing is known.
 */
export function priorOf(
  plan: DetectionPlan,
  model: KindModel | null,
  f: number,
  lines: FleetLines | undefined,
  at: Millis,
): LinePrior {
  const feature = nth(plan.features, f)
  const mean = new Float64Array(TERMS)
  const precision = new Float64Array(TERMS)
  const trained = model?.priors[feature.name]
  if (!trained) return { mean, precision: slopesOff(precision, feature), sigma: feature.floor, weight: 0.5 }
  mean[0] = trained.mean
  precision[0] = 1 / trained.spread ** 2
  const names = nth(plan.scales, feature.scale).covariateNames
  for (const [j, place] of feature.compensate.entries()) {
    const slope = trained.slopes[nth(names, place)]
    mean[j + 1] = slope?.mean ?? 0
    precision[j + 1] = slope ? 1 / slope.spread ** 2 : 1e6
  }
  for (let j = feature.compensate.length + 1; j < TERMS; j++) precision[j] = 1e9
  const usable = (lines ?? []).filter((one) => one.known[f] === 1 && one.day + DELAY_DAYS <= at / DAY)
  if (usable.length >= LEAST_LINES) {
    const levels = usable.map((one) => cell(one.beta, f * TERMS))
    mean[0] = median(levels)
    const spread = 1.4826 * median(levels.map((level) => Math.abs(level - cell(mean, 0))))
    precision[0] = 1 / Math.max(1.5 * spread, trained.spread / 4, trained.sigma) ** 2
  }
  return { mean, precision, sigma: trained.sigma, weight: 5 }
}

function slopesOff(precision: Float64Array, feature: Feature): Float64Array {
  for (let j = 1; j < TERMS; j++) precision[j] = j <= feature.compensate.length ? 1e-3 : 1e9
  return precision
}
