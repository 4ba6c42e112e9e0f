import { cell, nth } from '../../core/index.ts'
import type { Baseline } from '../baseline/baseline.ts'
import type { ScoredRow } from '../baseline/scoredRow.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { KindModel } from '../onnx/kindModel.ts'
import type { DetectionPolicy } from '../policy.ts'
import type { Signatures } from './signatures.ts'

const Z_BOUND = 8
/** One odd row is no lasting shift: no row adds more than this share of a threshold, nor moves the average along a mode further than this. */
const MOST_SHARE = 0.55
const FAST_BOUND = 6
/** The row before must stand out so far, too. */
const STANDS = 1
/** Weight of the newest row in the short average. */
export const FAST = 0.4
/** Averages nearer to 0 than this are in the band; after so many rows of it sums fade. */
const CALM = 0.8
const CALM_ROWS = 4
/** While a band is still learned, sums forgive this much more: only what is far from its fleet is heard. */
const UNSURE = 2

interface Limits {
  up: Float64Array
  down: Float64Array
  modes: Float64Array
}
/** Thresholds by feature and by mode. A plan belongs to one analysis, so they are put together once. */
const limitsOf = new WeakMap<DetectionPlan, Limits>()
function findLimits(
  plan: DetectionPlan,
  model: KindModel | null,
  modes: readonly string[],
  policy: DetectionPolicy,
): Limits {
  const limit = (name: string): number => policy.caution * (model?.thresholds[name] ?? policy.threshold)
  const limits = {
    up: Float64Array.from(plan.features, ({ name }) => limit(`${name}+`)),
    down: Float64Array.from(plan.features, ({ name }) => limit(`${name}-`)),
    modes: Float64Array.from(modes, (mode) => limit(`mode:${mode}`)),
  }
  limitsOf.set(plan, limits)
  return limits
}

/** CUSUM (Page 1954) up and down and along each signature, and two EWMAs. Bounded steps; sums stop at twice their threshold. */
export function drift(
  plan: DetectionPlan,
  model: KindModel | null,
  signatures: Signatures,
  policy: DetectionPolicy,
  learned: Baseline,
  row: ScoredRow,
): void {
  const limits = limitsOf.get(plan) ?? findLimits(plan, model, signatures.modes, policy)
  for (let f = 0; f < plan.features.length; f++) {
    const z = cell(row.z, f)
    const hUp = cell(limits.up, f)
    const hDown = cell(limits.down, f)
    if (!Number.isNaN(z)) {
      const allowance = learned.frozen[f] === 1 ? policy.allowance : UNSURE * policy.allowance
      learned.up[f] = Math.min(
        2 * hUp,
        Math.max(0, cell(learned.up, f) + Math.min(Z_BOUND, MOST_SHARE * hUp, z) - allowance),
      )
      learned.down[f] = Math.min(
        2 * hDown,
        Math.max(0, cell(learned.down, f) + Math.min(Z_BOUND, MOST_SHARE * hDown, -z) - allowance),
      )
      learned.fast[f] = cell(learned.fast, f) + FAST * (z - cell(learned.fast, f))
      learned.slow[f] = cell(learned.slow, f) + 0.15 * (z - cell(learned.slow, f))
      // Back in the band for days: the sum has nothing left to say.
      learned.calm[f] = Math.abs(cell(learned.fast, f)) < CALM ? Math.min(250, nth(learned.calm, f) + 1) : 0
      if (nth(learned.calm, f) >= CALM_ROWS) {
        learned.up[f] = cell(learned.up, f) / 2
        learned.down[f] = cell(learned.down, f) / 2
      }
    }
    const before = nth(learned.recent, f).at(-2) ?? 0
    row.up[f] = Math.min(cell(learned.up, f) / hUp, before > STANDS ? Infinity : MOST_SHARE)
    row.down[f] = Math.min(cell(learned.down, f) / hDown, before < -STANDS ? Infinity : MOST_SHARE)
  }
  const modeAllowance = 2 * row.learning > learned.frozen.length ? UNSURE * policy.allowance : policy.allowance
  for (let m = 0; m < signatures.modes.length; m++) {
    const h = cell(limits.modes, m)
    const along = signatures.project(m, row.z)
    if (!Number.isNaN(along)) {
      const step = Math.min(Z_BOUND, MOST_SHARE * h, along) - modeAllowance
      learned.modes[m] = Math.min(2 * h, Math.max(0, cell(learned.modes, m) + step))
      learned.modesFast[m] =
        cell(learned.modesFast, m) +
        FAST * (Math.max(-FAST_BOUND, Math.min(FAST_BOUND, along)) - cell(learned.modesFast, m))
      learned.modesCalm[m] = cell(learned.modesFast, m) < CALM ? Math.min(250, nth(learned.modesCalm, m) + 1) : 0
      if (nth(learned.modesCalm, m) >= CALM_ROWS) learned.modes[m] = cell(learned.modes, m) / 2
    }
    row.modes[m] = cell(learned.modes, m) / h
    row.modesFast[m] = cell(learned.modesFast, m)
  }
}
