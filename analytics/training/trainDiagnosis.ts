import { gaussian, type Random } from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import {
  beliefsBy,
  compress,
  DIRECTION_LENGTH,
  type DiagnosisModel,
  modeCosines,
  SEEN_LEAST,
  SEEN_POWER,
} from '../onnx/diagnosisModel.ts'

/** One row of an appliance that stood out, and what was truly wrong with it. */
export interface DiagnosisCase {
  appliance: string
  /** Cases of one fold are trained on or judged by, never both. */
  fold: number
  /** null: nothing was wrong. */
  mode: string | null
  /** z by feature of the plan, NaN where nothing was heard. */
  profile: Float64Array
  /** The row at which an alert opens: what is said here counts. */
  opens: boolean
}

/** Held against moving a mode's direction from the catalog's signature, in cases. */
const SIGNATURE_CASES = 10
/** Held against believing that a mode comes more often than others, in cases. */
const BIAS_CASES = 2
const STEPS = 250
const RATE = 0.03
const BEGIN_SHARPNESS = 9
const FOLDS = 4

/*
 * Every step sees the cases as other appliances might have shown them: each sensor absent with this probability, each shift
 * larger or smaller by a factor (standard deviation of its logarithm), and with so much noise. What remains is what holds
 * for appliances that training never met.
 */
const DROPPED = 0.15
const GAIN = 0.45
const NOISE = 0.35

export interface TrainedDiagnosis {
  model: DiagnosisModel
  /** At the opening, by appliance, in folds that did not train: share right and mean log loss. */
  heldOut: { cases: number; right: number; logLoss: number }
}

/** Trains a kind's diagnosis. @returns null where too few appliances had faults */
export function trainDiagnosis(plan: DetectionPlan, cases: DiagnosisCase[], random: Random): TrainedDiagnosis | null {
  const modes = Object.keys(plan.spec.signatures)
  const known = cases.filter(({ mode }) => mode !== null && modes.includes(mode))
  if (new Set(known.map(({ appliance }) => appliance)).size < 3 * modes.length) return null
  // Each fold is judged by what the others teach: from that come the calibration, and what is told of it.
  const judged: { one: DiagnosisCase; cosines: Float64Array; model: DiagnosisModel }[] = []
  for (let fold = 0; fold < FOLDS; fold++) {
    const model = fit(
      plan,
      modes,
      known.filter((one) => one.fold % FOLDS !== fold),
      random,
    )
    for (const one of cases.filter((each) => each.fold % FOLDS === fold)) {
      const cosines = modeCosines(model, one.profile.map(compress), one.profile.map(heard))
      judged.push({ one, cosines, model })
    }
  }
  const openings = judged.filter(({ one }) => one.mode !== null && one.opens)
  const warmth = calibrateSharpness(openings, modes)
  const { unknownAt, unknownBy } = calibrateUnknown(judged)
  const calibrated = (model: DiagnosisModel): DiagnosisModel => ({
    ...model,
    sharpness: model.sharpness * warmth,
    bias: model.bias.map((b) => b * warmth),
    unknownAt,
    unknownBy,
  })
  let right = 0
  let loss = 0
  for (const { one, model } of openings) {
    const beliefs = beliefsBy(calibrated(model), one.profile)
    const truth = beliefs[modes.indexOf(one.mode!)]!
    if (truth >= Math.max(...beliefs)) right++
    loss -= Math.log(Math.max(1e-6, truth))
  }
  return {
    model: calibrated(fit(plan, modes, known, random)),
    heldOut: {
      cases: openings.length,
      right: figure(right / openings.length),
      logLoss: figure(loss / openings.length),
    },
  }
}

const heard = (z: number): number => (Number.isNaN(z) ? 0 : 1)
const figure = (value: number): number => Number(value.toPrecision(3))

/** Maximum a posteriori by Adam (Kingma and Ba 2015) on cases as seen through other appliances' eyes; each appliance counts once. */
function fit(plan: DetectionPlan, modes: string[], cases: DiagnosisCase[], random: Random): DiagnosisModel {
  const features = plan.features.map(({ name }) => name)
  const F = features.length
  const M = modes.length
  const begin = new Float64Array(M * F)
  for (const [m, mode] of modes.entries()) {
    const moves = features.map((name) => plan.spec.signatures[mode]!.moves[name] ?? 0)
    const length = Math.hypot(...moves)
    for (let f = 0; f < F; f++) begin[m * F + f] = moves[f]! / length
  }
  const either = Uint8Array.from(modes, (mode) => (plan.spec.signatures[mode]!.either ? 1 : 0))
  const rows = new Map<string, number>()
  for (const { appliance } of cases) rows.set(appliance, (rows.get(appliance) ?? 0) + 1)
  const truths = cases.map(({ mode }) => modes.indexOf(mode!))
  const appliances = rows.size

  // Parameters in one list: directions, biases, the logarithm of the sharpness.
  const at = Float64Array.from([...begin, ...new Float64Array(M), Math.log(BEGIN_SHARPNESS)])
  const gradient = new Float64Array(at.length)
  const first = new Float64Array(at.length)
  const second = new Float64Array(at.length)
  const shape = new Float64Array(F)
  const mask = new Float64Array(F)
  for (let step = 1; step <= STEPS; step++) {
    gradient.fill(0)
    const sharpness = Math.exp(at.at(-1)!)
    const lengths = modes.map((_, m) => {
      let all = 0
      for (let f = 0; f < F; f++) all += at[m * F + f]! ** 2
      return all
    })
    for (const [c, { appliance, profile }] of cases.entries()) {
      const weight = 1 / (rows.get(appliance)! * appliances)
      blur(plan, profile, shape, mask, random)
      let squares = DIRECTION_LENGTH ** 2
      for (let f = 0; f < F; f++) squares += shape[f]! ** 2
      const length = Math.sqrt(squares)
      const cosines = new Float64Array(M)
      const slopes = new Float64Array(M)
      for (let m = 0; m < M; m++) {
        let dot = 0
        let seen = 0
        for (let f = 0; f < F; f++) {
          const w = at[m * F + f]!
          dot += w * shape[f]!
          seen += w * w * mask[f]!
        }
        const share = (seen / lengths[m]! + SEEN_LEAST) ** (SEEN_POWER - 0.5) / (Math.sqrt(lengths[m]!) * length)
        const way = either[m] && dot < 0 ? -1 : 1
        cosines[m] = way * dot * share
        // The share moves little with a direction: it is taken as it stands.
        slopes[m] = way * share
      }
      const scores = cosines.map((cosine, m) => sharpness * cosine + at[M * F + m]!)
      const most = Math.max(...scores)
      let sum = 0
      for (let m = 0; m < M; m++) sum += Math.exp(scores[m]! - most)
      for (let m = 0; m < M; m++) {
        const error = weight * (Math.exp(scores[m]! - most) / sum - (m === truths[c] ? 1 : 0))
        gradient[M * F + m]! += error
        gradient[at.length - 1]! += error * sharpness * cosines[m]!
        const pull = error * sharpness * slopes[m]!
        for (let f = 0; f < F; f++) gradient[m * F + f]! += pull * shape[f]!
      }
    }
    for (let p = 0; p < M * F; p++) gradient[p]! += (2 * SIGNATURE_CASES * (at[p]! - begin[p]!)) / appliances
    for (let m = 0; m < M; m++) gradient[M * F + m]! += (2 * BIAS_CASES * at[M * F + m]!) / appliances
    for (let p = 0; p < at.length; p++) {
      first[p] = 0.9 * first[p]! + 0.1 * gradient[p]!
      second[p] = 0.999 * second[p]! + 0.001 * gradient[p]! ** 2
      at[p]! -= (RATE * (first[p]! / (1 - 0.9 ** step))) / (Math.sqrt(second[p]! / (1 - 0.999 ** step)) + 1e-8)
    }
  }
  return {
    features,
    modes,
    weights: Float32Array.from(at.subarray(0, M * F)),
    either,
    sharpness: Math.fround(Math.exp(at.at(-1)!)),
    bias: Float32Array.from(at.subarray(M * F, M * F + M)),
    unknownAt: -1,
    unknownBy: 1,
  }
}

/** Writes a profile as another appliance might have shown it, compressed, and what that one heard. */
function blur(
  plan: DetectionPlan,
  profile: Float64Array,
  shape: Float64Array,
  mask: Float64Array,
  random: Random,
): void {
  const dropped = plan.metricSpecs.map(() => random.next() < DROPPED)
  for (const [f, { place, scale }] of plan.features.entries()) {
    const { inputs } = plan.quantities[plan.scales[scale]!.features[place]!]!
    const absent = Number.isNaN(profile[f]!) || inputs.some((metric) => dropped[metric])
    mask[f] = absent ? 0 : 1
    shape[f] = absent ? 0 : compress(profile[f]! * Math.exp(GAIN * gaussian(random)) + NOISE * gaussian(random))
  }
}

type Judgement = { one: DiagnosisCase; cosines: Float64Array; model: DiagnosisModel }

/** One factor on all scores, so that probabilities mean what they say at the opening. Source: Guo et al. (2017). */
function calibrateSharpness(openings: Judgement[], modes: string[]): number {
  const lossAt = (warmth: number): number => {
    let loss = 0
    for (const { one, cosines, model } of openings) {
      const scores = cosines.map((cosine, m) => warmth * (model.sharpness * cosine + model.bias[m]!))
      const most = Math.max(...scores)
      const sum = scores.reduce((total, score) => total + Math.exp(score - most), 0)
      loss -= scores[modes.indexOf(one.mode!)]! - most - Math.log(sum)
    }
    return loss
  }
  let best = 1
  for (let warmth = 0.3; warmth <= 3; warmth *= 1.05) if (lossAt(warmth) < lossAt(best)) best = warmth
  return best
}

/** Share of true faults that may be taken for none of the modes when their alert opens; and how steep the change is. */
const UNKNOWN_SHARE = 0.04
const UNKNOWN_BY = 20

/** Where the best cosine says that it is none of the modes: almost all true faults lie nearer. */
function calibrateUnknown(judged: Judgement[]): { unknownAt: number; unknownBy: number } {
  const best = judged
    .filter(({ one }) => one.mode !== null && one.opens)
    .map(({ cosines }) => Math.max(...cosines))
    .sort((a, b) => a - b)
  return { unknownAt: best[Math.floor(UNKNOWN_SHARE * best.length)] ?? 0, unknownBy: UNKNOWN_BY }
}
