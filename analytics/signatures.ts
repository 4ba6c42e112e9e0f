import type { Hypothesis } from '../core/index.ts'
import type { KindModel } from './kindModel.ts'
import type { WatchPlan } from './watchPlan.ts'

/** The failure modes of a kind as directions in the space of its features. */
export interface Signatures {
  /** Directions: one for each mode, two (the second ends in `~`) for one that may go either way. */
  modes: string[]
  /** Direction → failure mode. */
  names: string[]
  /** Mode × feature: + raises, − lowers. */
  weights: Float64Array[]
  /** Does any mode raise, lower the feature? */
  raised: boolean[]
  lowered: boolean[]
  /** Row of z along a mode, standardized under health; NaN when less than half of the mode can be seen. */
  project(mode: number, z: Float64Array): number
}

const BOUND = 5
/** Least share of a signature's weight (squared) that must be seen to speak of it. */
const LEAST_SEEN = 0.25

export function compileSignatures(plan: WatchPlan, model: KindModel | null): Signatures {
  const modes = Object.entries(plan.spec.signatures).flatMap(([mode, { either }]) =>
    either ? [mode, `${mode}~`] : [mode],
  )
  const names = modes.map((mode) => mode.replace('~', ''))
  const weights = modes.map((mode, m) => {
    const sign = mode.endsWith('~') ? -1 : 1
    return Float64Array.from(
      plan.features.map(({ name }) => sign * (plan.spec.signatures[names[m]!]!.moves[name] ?? 0)),
    )
  })
  const correlation = plan.features.map((a) =>
    plan.features.map((b) => {
      if (a === b) return 1
      const [i, j] = [model?.features.indexOf(a.name) ?? -1, model?.features.indexOf(b.name) ?? -1]
      return i < 0 || j < 0 ? 0 : (model!.correlation[i]?.[j] ?? 0)
    }),
  )
  return {
    modes,
    names,
    weights,
    raised: plan.features.map((_, f) => weights.some((moves) => moves[f]! > 0)),
    lowered: plan.features.map((_, f) => weights.some((moves) => moves[f]! < 0)),
    project(mode, z) {
      const w = weights[mode]!
      let along = 0
      let variance = 0
      let seen = 0
      let all = 0
      for (let f = 0; f < w.length; f++) {
        if (w[f] === 0) continue
        all += w[f]! ** 2
        if (Number.isNaN(z[f]!)) continue
        seen += w[f]! ** 2
        along += w[f]! * Math.max(-BOUND, Math.min(BOUND, z[f]!))
        for (let g = 0; g < w.length; g++)
          if (w[g] !== 0 && !Number.isNaN(z[g]!)) variance += w[f]! * w[g]! * correlation[f]![g]!
      }
      return seen >= LEAST_SEEN * all && seen > 0 ? along / Math.sqrt(Math.max(variance, 0.5 * seen)) : NaN
    },
  }
}

/** How clearly profiles must point: softmax of cosine × this. */
const SHARPNESS = 9
/** Cosine at which a mode is as likely as none of them. */
const UNKNOWN_COSINE = 0.38
export const UNKNOWN = 'unknown'

/**
 * Which modes would show this profile of shifts. Shifts are compressed (sign · ln(1 + |z|)), so that direction decides
 * and one huge feature does not. A mode of which little can be seen is believed less. Guards multiply.
 * @param profile z by feature, 0 or NaN where nothing is known
 * @param guards weights by mode of what a guard said, empty for none
 * @returns most probable first, at most five, `unknown` among them; sums to 1
 */
export function diagnose(signatures: Signatures, profile: Float64Array, guards: Record<string, number>): Hypothesis[] {
  const shape = Float64Array.from(profile, (z) =>
    !Number.isNaN(z) && Math.abs(z) > 0.7 ? Math.sign(z) * Math.log1p(Math.abs(z)) : 0,
  )
  const norm = Math.hypot(...shape)
  const scores = new Map<string, number>()
  for (const [m, mode] of signatures.names.entries()) {
    const w = signatures.weights[m]!
    let dot = 0
    let seen = 0
    let all = 0
    for (let f = 0; f < w.length; f++) {
      all += w[f]! ** 2
      if (Number.isNaN(profile[f]!)) continue
      seen += w[f]! ** 2
      dot += w[f]! * shape[f]!
    }
    const cosine = norm > 0 && seen > 0 ? dot / (norm * Math.sqrt(seen)) : 0
    const score = Math.exp(SHARPNESS * cosine * (seen / all) ** 0.25)
    scores.set(mode, Math.max(score, scores.get(mode) ?? 0))
  }
  const guarded = Object.values(guards).reduce((sum, weight) => sum + weight, 0)
  scores.set(UNKNOWN, Math.exp(SHARPNESS * UNKNOWN_COSINE))
  if (guarded > 0) {
    for (const [mode, score] of scores) {
      if (mode !== UNKNOWN) scores.set(mode, score * (0.02 + (guards[mode] ?? 0)))
    }
    for (const mode of Object.keys(guards)) if (!scores.has(mode)) scores.set(mode, guards[mode]!)
    scores.set(UNKNOWN, Math.min(...scores.values(), 0.02))
  }
  let sum = 0
  for (const score of scores.values()) sum += score
  return [...scores]
    .map(([failureMode, score]) => ({ failureMode, probability: score / sum }))
    .sort((a, b) => b.probability - a.probability || (a.failureMode < b.failureMode ? -1 : 1))
    .slice(0, 5)
}
