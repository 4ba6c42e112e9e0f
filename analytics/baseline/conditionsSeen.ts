// What an appliance was seen under while it was sound: where its line is believed, and where the weather or guests may be the reason.
import { cell, nth } from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { KindModel } from '../onnx/kindModel.ts'
import type { Baseline } from './baseline.ts'
import { TERMS } from './bayesLine.ts'

/** Up to three covariates of a feature as the model scales them; 0 for one without a sensor. */
export type Covariates = [number, number, number]

/** Share of a slope that may be wrong where commissioning never was, and how far (scaled units) it is believed as it is. */
const BENT = 0.8
/** Of what stands in the same cycle (its load, its speed) a line is physics, and bends less. */
const BENT_IN_CYCLE = 0.2
const BELIEVED = 0.6
/** Share of a covariate's range by which it may leave what was seen. */
const FAR_SHARE = 0.25
/** Features of a usual row stand no farther out (standard deviations); so much of the way such a row widens what was seen. */
const USUAL = 2
const WIDENS = 0.1

/** Takes in what a row was under that a line is learned from: the mean and the range of each covariate. */
export function learnConditions(learned: Baseline, f: number, x: Covariates): void {
  const { least, most } = rangeOf(learned)
  const rows = nth(learned.rows, f)
  for (const [j, one] of x.entries()) {
    const at = 3 * f + j
    const isFirst = rows <= 1
    learned.centre[at] = isFirst ? one : cell(learned.centre, at) + (one - cell(learned.centre, at)) / rows
    least[at] = isFirst ? one : Math.min(cell(least, at), one)
    most[at] = isFirst ? one : Math.max(cell(most, at), one)
  }
}

/** Where an earlier program learned, it is not known how far it went from the mean. */
function rangeOf(learned: Baseline): { least: Float64Array; most: Float64Array } {
  learned.least ??= learned.centre.slice()
  learned.most ??= learned.centre.slice()
  return { least: learned.least, most: learned.most }
}

/** Variance for what lies outside of what commissioning saw (another season, a heat wave): lines bend there. */
export function beyond(
  plan: DetectionPlan,
  model: KindModel | null,
  learned: Baseline,
  f: number,
  x: Covariates,
): number {
  if (learned.frozen[f] === 0) return 0
  const { compensate, name, scale } = nth(plan.features, f)
  let variance = 0
  for (let j = 0; j < compensate.length; j++) {
    const far = Math.abs(nth(x, j) - cell(learned.centre, 3 * f + j)) - BELIEVED
    if (far <= 0) continue
    const own = Math.abs(cell(learned.beta, f * TERMS + j + 1))
    const fleet = model?.priors[name]?.slopes[nth(nth(plan.scales, scale).covariateNames, nth(compensate, j))]
    variance += ((scale === 0 ? BENT : BENT_IN_CYCLE) * far * Math.max(own, fleet ? Math.abs(fleet.mean) : 0)) ** 2
  }
  return variance
}

/** How far a covariate lies outside of what was seen; 0 or less: not at all. */
function outside(learned: Baseline, at: number, x: number): number {
  if (Math.abs(x - cell(learned.centre, at)) <= BELIEVED) return 0
  const { least, most } = rangeOf(learned)
  const far = FAR_SHARE * (cell(most, at) - cell(least, at))
  return Math.max(cell(least, at) - far - x, x - cell(most, at) - far)
}

/** For how many days goes on what this row is under, where the feature was never seen under it? 0: it was, or nothing of it is known. */
export function unseenDays(plan: DetectionPlan, learned: Baseline, f: number, x: Covariates): number {
  const { compensate, scale } = nth(plan.features, f)
  return compensate.reduce((days, place, j) => {
    if (outside(learned, 3 * f + j, nth(x, j)) <= 0) return days
    const { lastsDays } = plan.spec.covariates[nth(nth(plan.scales, scale).covariateNames, place)] ?? { lastsDays: 0 }
    return Math.max(days, lastsDays)
  }, 0)
}

/** Is a row so usual that what it is under may be what an appliance is sound under? */
export const isUsual = (z: Float64Array): boolean => z.every((one) => !(Math.abs(one) > USUAL))

/** A usual row widens what was seen by a part of the way: a season is seen within weeks, the first days of a heat wave are not. */
export function widenConditions(learned: Baseline, f: number, x: Covariates): void {
  const { least, most } = rangeOf(learned)
  for (const [j, one] of x.entries()) {
    const at = 3 * f + j
    least[at] = cell(least, at) + WIDENS * Math.min(0, one - cell(least, at))
    most[at] = cell(most, at) + WIDENS * Math.max(0, one - cell(most, at))
  }
}
