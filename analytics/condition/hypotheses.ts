import { cell, type Hypothesis, there } from '../../core/index.ts'
import type { Signatures } from '../detectors/signatures.ts'

export const UNKNOWN = 'unknown'

const MOST_SHOWN = 5
/** What a mode keeps that no passed guard names, and what `unknown` keeps at most beside a guard. */
const UNNAMED = 0.02
/** What a mode is believed at least that a passed guard names: rows of days that were say little of what breaks at once. */
const LEAST_NAMED = 0.05

/**
 * What is believed of the modes, with what passed guards say.
 * @param modes as the kind declares them
 * @param beliefs probabilities by mode, the last of `unknown`
 * @param guards weights by mode of the guards that stand passed, empty for none
 * @param canShow has the appliance what a mode shows in? What no sensor could show is not said
 * @returns most probable first, at most five, `unknown` among those weighed; all of them sum to 1
 */
export function hypothesesOf(
  modes: readonly string[],
  beliefs: Float64Array,
  guards: Record<string, number>,
  canShow: (mode: string) => boolean = () => true,
): Hypothesis[] {
  const scores = new Map<string, number>()
  for (const [m, mode] of modes.entries()) scores.set(mode, canShow(mode) || guards[mode] ? cell(beliefs, m) : 0)
  scores.set(UNKNOWN, cell(beliefs, modes.length))
  if (Object.values(guards).some((weight) => weight > 0)) {
    const most = Math.max(...beliefs.subarray(0, modes.length))
    for (const mode of modes) {
      const weight = guards[mode] ?? 0
      scores.set(mode, Math.max(there(scores.get(mode)), weight > 0 ? LEAST_NAMED : 0) * (UNNAMED + weight))
    }
    // A guard may name a mode that has no signature.
    for (const [mode, weight] of Object.entries(guards)) if (!scores.has(mode)) scores.set(mode, most * weight)
    scores.set(UNKNOWN, Math.min(...scores.values(), UNNAMED * most))
  }
  let sum = 0
  for (const score of scores.values()) sum += score
  return [...scores]
    .filter(([, score]) => score > 0)
    .map(([failureMode, score]) => ({ failureMode, probability: score / sum }))
    .sort((a, b) => b.probability - a.probability || (a.failureMode < b.failureMode ? -1 : 1))
    .slice(0, MOST_SHOWN)
}

/** Least share of a mode's weight (squared) on what the appliance was heard of, to speak of it. */
const LEAST_SHOWN = 0.25

/** Was enough heard of what the mode moves that it could show? @param profile NaN where nothing was */
export function canShow({ names, weights }: Signatures, mode: string, profile: Float64Array): boolean {
  const w = weights[names.indexOf(mode)]
  if (!w) return false
  let [seen, all] = [0, 0]
  for (let f = 0; f < w.length; f++) {
    all += cell(w, f) ** 2
    if (!Number.isNaN(cell(profile, f))) seen += cell(w, f) ** 2
  }
  return seen >= LEAST_SHOWN * all
}
