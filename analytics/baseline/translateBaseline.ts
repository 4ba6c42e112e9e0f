import { cell, nth } from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { KindModel } from '../onnx/kindModel.ts'
import type { Baseline } from './baseline.ts'
import { TERMS } from './bayesLine.ts'
import type { FleetLines } from './fleetPrior.ts'

/** How a model scales covariates: (x − centre) / scale; none for one that it does not know. */
export type Scaling = KindModel['covariates']

/** A covariate u as the old scaling gives it is `stretch` · u′ + `shift` of the new one's u′. */
interface Change {
  stretch: number
  shift: number
}
const SAME: Change = { stretch: 1, shift: 0 }

/**
 * Says what an appliance was learned to do in the covariates of another model: the same lines, in its units. So another
 * version of the models takes over what commissioning taught, and learns nothing anew.
 * @param missing metrics that the appliance has no sensor for: a covariate made of them counts as 0 in either scaling
 */
export function translateBaseline(
  plan: DetectionPlan,
  learned: Baseline,
  missing: readonly string[],
  from: Scaling,
  to: Scaling,
): void {
  for (const f of plan.features.keys()) {
    const changes = changesOf(plan, f, from, to, (place) => isMissing(plan, f, place, missing))
    if (changes.every((one) => one === SAME)) continue
    const beta = learned.beta.subarray(f * TERMS, (f + 1) * TERMS)
    translateBeta(beta, changes)
    translateCovariance(learned.cov.subarray(f * TERMS * TERMS, (f + 1) * TERMS * TERMS), changes)
    const obs = nth(learned.obs, f)
    for (const [j, { stretch, shift }] of changes.entries()) {
      for (const list of [learned.centre, learned.least, learned.most])
        if (list) list[3 * f + j] = (cell(list, 3 * f + j) - shift) / stretch
      for (let i = j + 1; i < obs.length; i += TERMS) obs[i] = (nth(obs, i) - shift) / stretch
    }
  }
}

/** The same for what commissionings taught about one model of appliance. */
export function translateFleet(plan: DetectionPlan, lines: FleetLines, from: Scaling, to: Scaling): void {
  for (const f of plan.features.keys()) {
    const changes = changesOf(plan, f, from, to, () => false)
    for (const { beta } of lines) translateBeta(beta.subarray(f * TERMS, (f + 1) * TERMS), changes)
  }
}

function changesOf(
  plan: DetectionPlan,
  f: number,
  from: Scaling,
  to: Scaling,
  missing: (place: number) => boolean,
): Change[] {
  const { compensate, scale } = nth(plan.features, f)
  return compensate.map((place) => {
    const name = nth(nth(plan.scales, scale).covariateNames, place)
    const [old, now] = [from[name] ?? UNSCALED, to[name] ?? UNSCALED]
    if (old.centre === now.centre && old.scale === now.scale) return SAME
    const stretch = now.scale / old.scale
    return { stretch, shift: missing(place) ? 0 : (now.centre - old.centre) / old.scale }
  })
}
const UNSCALED = { centre: 0, scale: 1 }

function isMissing(plan: DetectionPlan, f: number, place: number, missing: readonly string[]): boolean {
  const q = nth(nth(plan.scales, nth(plan.features, f).scale).covariates, place)
  return nth(plan.quantities, q).inputs.some((metric) => missing.includes(nth(plan.kind.metricNames, metric)))
}

function translateBeta(beta: Float64Array, changes: Change[]): void {
  for (const [j, { stretch, shift }] of changes.entries()) {
    beta[0] = cell(beta, 0) + cell(beta, j + 1) * shift
    beta[j + 1] = cell(beta, j + 1) * stretch
  }
}

/** M C Mᵀ, where M takes old coefficients to new ones. */
function translateCovariance(cov: Float64Array, changes: Change[]): void {
  const m = new Float64Array(TERMS * TERMS)
  for (let j = 0; j < TERMS; j++) m[j * TERMS + j] = j === 0 ? 1 : (changes[j - 1]?.stretch ?? 1)
  for (const [j, { shift }] of changes.entries()) m[j + 1] = shift
  const out = new Float64Array(TERMS * TERMS)
  for (let a = 0; a < TERMS; a++)
    for (let b = 0; b < TERMS; b++)
      for (let i = 0; i < TERMS; i++)
        for (let k = 0; k < TERMS; k++)
          out[a * TERMS + b] =
            cell(out, a * TERMS + b) + cell(m, a * TERMS + i) * cell(cov, i * TERMS + k) * cell(m, b * TERMS + k)
  cov.set(out)
}
