import type { Evidence, Hypothesis } from '../../core/index.ts'

/** What two cases of one kind are compared by. */
export interface CaseFacts {
  model: string
  hypotheses: readonly Hypothesis[]
  evidence: readonly Pick<Evidence, 'feature' | 'observed' | 'expected'>[]
}

/** How far two cases are apart: each part and the whole from 0 (the same) to 1. */
export interface CaseDistance {
  whole: number
  hypotheses: number
  evidence: number
  model: number
}

/** What each part counts. What was seen and what it was taken for weigh the same; another model is a small difference. */
const WEIGHTS = { hypotheses: 0.45, evidence: 0.45, model: 0.1 }
/** Nothing to compare by says neither alike nor unlike. */
const UNKNOWN = 0.5

/**
 * Distance of two cases. Pure, symmetric, 0 for the same facts. O(hypotheses + evidence).
 * - hypotheses: Hellinger distance of the probabilities, what is left of 1 counting as one more cause;
 * - evidence: half of 1 − cosine of the signed shifts, each in half widths of its band, damped as asinh so that one
 *   enormous shift does not stand alone;
 * - model: the same or not.
 */
export function caseDistance(a: CaseFacts, b: CaseFacts): CaseDistance {
  const parts = {
    hypotheses: hellinger(a.hypotheses, b.hypotheses),
    evidence: shiftDistance(a.evidence, b.evidence),
    model: a.model === b.model ? 0 : 1,
  }
  const whole = WEIGHTS.hypotheses * parts.hypotheses + WEIGHTS.evidence * parts.evidence + WEIGHTS.model * parts.model
  return { whole, ...parts }
}

function hellinger(a: CaseFacts['hypotheses'], b: CaseFacts['hypotheses']): number {
  if (a.length === 0 || b.length === 0) return UNKNOWN
  const [p, q] = [probabilities(a), probabilities(b)]
  let shared = 0
  for (const [mode, probability] of p) shared += Math.sqrt(probability * (q.get(mode) ?? 0))
  return Math.sqrt(Math.max(0, 1 - shared))
}

/** Sums to 1: what no hypothesis has is one more cause. */
function probabilities(hypotheses: CaseFacts['hypotheses']): Map<string, number> {
  const sum = hypotheses.reduce((total, { probability }) => total + probability, 0)
  const scale = 1 / Math.max(1, sum)
  const all = new Map(hypotheses.map(({ failureMode, probability }) => [failureMode, probability * scale]))
  return all.set('', Math.max(0, 1 - sum))
}

function shiftDistance(a: CaseFacts['evidence'], b: CaseFacts['evidence']): number {
  const [x, y] = [shifts(a), shifts(b)]
  let dot = 0
  for (const [feature, shift] of x) dot += shift * (y.get(feature) ?? 0)
  const lengths = lengthOf(x) * lengthOf(y)
  return lengths === 0 ? UNKNOWN : Math.min(1, Math.max(0, (1 - dot / lengths) / 2))
}

function shifts(evidence: CaseFacts['evidence']): Map<string, number> {
  const all = new Map<string, number>()
  for (const { feature, observed, expected } of evidence) {
    const [low, high] = expected
    const half = (high - low) / 2
    if (half > 0 && Number.isFinite(observed)) all.set(feature, Math.asinh((observed - (low + high) / 2) / half))
  }
  return all
}

const lengthOf = (shifts: Map<string, number>): number =>
  Math.sqrt([...shifts.values()].reduce((sum, shift) => sum + shift * shift, 0))
