import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { KindModel } from '../onnx/kindModel.ts'

/** The failure modes of a kind as directions in the space of its features. */
export interface Signatures {
  /** Directions: one for each mode, two (the second ends in `~`) for one that may go either way. */
  modes: string[]
  /** Direction → failure mode. */
  names: string[]
  /** The modes, each once. */
  declared: string[]
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

export function compileSignatures(plan: DetectionPlan, model: KindModel | null): Signatures {
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
    declared: Object.keys(plan.spec.signatures),
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
/** Smaller shifts are taken for none. */
const LEAST_SHIFT = 0.7

/**
 * What the catalog alone believes of a profile, where no diagnosis was trained: shifts are compressed (sign · ln(1 + |z|)),
 * so that direction decides and one huge feature does not; a mode of which little can be seen is believed less.
 * @param profile z by feature, 0 or NaN where nothing is known
 * @returns probabilities by mode (`Signatures.declared`), the last of `unknown`
 */
export function catalogBeliefs(signatures: Signatures, profile: Float64Array): Float64Array {
  const shape = Float64Array.from(profile, (z) =>
    !Number.isNaN(z) && Math.abs(z) > LEAST_SHIFT ? Math.sign(z) * Math.log1p(Math.abs(z)) : 0,
  )
  const norm = Math.hypot(...shape)
  const beliefs = new Float64Array(signatures.declared.length + 1)
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
    const place = signatures.declared.indexOf(mode)
    beliefs[place] = Math.max(beliefs[place]!, Math.exp(SHARPNESS * cosine * (seen / all) ** 0.25))
  }
  beliefs[beliefs.length - 1] = Math.exp(SHARPNESS * UNKNOWN_COSINE)
  const sum = beliefs.reduce((a, b) => a + b, 0)
  return beliefs.map((score) => score / sum)
}
