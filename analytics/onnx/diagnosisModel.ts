import { nth } from '../../core/index.ts'

/** How much of a mode's weight counts against it when it cannot be seen: score × (seen share) ^ this. */
export const SEEN_POWER = 0.25
/** Keeps a mode of which nothing can be seen finite. */
export const SEEN_LEAST = 1e-3
/** Length of a compressed profile at which its direction is believed by half (of its square). */
export const DIRECTION_LENGTH = 1
/** Shifts beyond this say nothing more. */
export const PROFILE_BOUND = 20

/**
 * Which failure mode a profile of shifts points to. Every mode is a direction in the space of features, begun at the
 * catalog's signature and moved by training; a profile's cosine with each, over the features that were heard, decides. What
 * was not heard is no evidence. `unknown` is told by the distance from all modes (the best cosine), not by a low probability.
 */
export interface DiagnosisModel {
  features: string[]
  modes: string[]
  /** modes × features, row by row. */
  weights: Float32Array
  /** 1 for modes that may as well go the other way, all of it. */
  either: Uint8Array
  /** Of the softmax over cosines; and what is added for how often a mode comes. */
  sharpness: number
  bias: Float32Array
  /** Best cosine at which `unknown` is as likely as not, and how steeply it falls with it. */
  unknownAt: number
  unknownBy: number
}

/** Shift → what the model reads: sign · ln(1 + |z|), so that one huge feature does not decide alone; 0 where absent. */
export const compress = (z: number): number =>
  Number.isNaN(z) ? 0 : Math.sign(z) * Math.log1p(Math.min(PROFILE_BOUND, Math.abs(z)))

/** Cosine of a compressed profile with every mode, over what was heard. @param mask 1 where a feature was heard */
export function modeCosines(
  { weights, either, modes }: Pick<DiagnosisModel, 'weights' | 'either' | 'modes'>,
  shape: ArrayLike<number>,
  mask: ArrayLike<number>,
): Float64Array {
  const features = shape.length
  let squares = 0
  for (let f = 0; f < features; f++) squares += (nth(shape, f) * nth(mask, f)) ** 2
  const length = Math.sqrt(squares + DIRECTION_LENGTH ** 2)
  return Float64Array.from(modes, (_, m) => {
    let dot = 0
    let seen = 0
    let all = 0
    for (let f = 0; f < features; f++) {
      const w = nth(weights, m * features + f)
      all += w * w
      seen += w * w * nth(mask, f)
      dot += w * nth(shape, f) * nth(mask, f)
    }
    dot /= length
    return ((either[m] ? Math.abs(dot) : dot) * (seen / all + SEEN_LEAST) ** (SEEN_POWER - 0.5)) / Math.sqrt(all)
  })
}

/**
 * Probabilities by mode, the last of `unknown`. The twin of the ONNX model.
 * @param profile z by feature of the model, NaN where nothing was heard
 */
export function beliefsBy(model: DiagnosisModel, profile: Float64Array): Float64Array {
  const cosines = modeCosines(
    model,
    profile.map(compress),
    profile.map((z) => (Number.isNaN(z) ? 0 : 1)),
  )
  const scores = cosines.map((cosine, m) => model.sharpness * cosine + nth(model.bias, m))
  const most = Math.max(...scores)
  const odds = scores.map((score) => Math.exp(score - most))
  const sum = odds.reduce((a, b) => a + b, 0)
  const unknown = 1 / (1 + Math.exp(model.unknownBy * (Math.max(...cosines) - model.unknownAt)))
  return Float64Array.from([...odds].map((odd) => ((1 - unknown) * odd) / sum).concat(unknown))
}
