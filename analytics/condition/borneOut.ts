import { cell, nth } from '../../core/index.ts'
import type { Signatures } from '../detectors/signatures.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { ConditionState } from './conditionState.ts'
import { isApart, witnesses } from './witnesses.ts'

/** Share of a mode's largest weight from which a feature is what the mode is known by. */
const KNOWN_BY = 0.8
/** Share from which a feature goes with a mode at all, and how many modes may do so of one that names by itself. */
const GOES_WITH = 0.6
const MOST_MODES = 2
/** A second sensor bears out by a shift (EWMA, in standard deviations) of a feature of at least this share. */
const BEARS_OUT = 0.3
const LEAST_SHIFT = 1.5

/**
 * May what left its band be called this mode? By a feature that the mode is known by and few others move; or by what two sensors
 * show, the second of them no farther out than it lasts. A mode that one sensor alone shows needs no other. Cost: modes ×
 * features, while a condition is looked at.
 */
export function isBorneOut(plan: DetectionPlan, signatures: Signatures, judged: ConditionState, mode: string): boolean {
  const { names, weights } = signatures
  const { observed, low, high, profile, missing, byHours } = judged
  // What the last hours prove has rules of its own, by the trained diagnosis and by how far it is out.
  if (byHours?.some((is) => is === 1)) return true
  const most = weights.map((moves) => moves.reduce((a, b) => Math.max(a, Math.abs(b)), 0))
  const goesWith = (f: number, sign: number): number =>
    new Set(names.filter((_, m) => sign * cell(nth(weights, m), f) >= GOES_WITH * nth(most, m))).size
  return names.some((name, m) => {
    if (name !== mode) return false
    const moves = nth(weights, m)
    const moved = [...moves.keys()].filter((f) => moves[f] !== 0)
    // What programs show is neither weather nor guests, and each is a witness of its own.
    if (moved.some((f) => nth(plan.features, f).scale !== 0)) return true
    const shown = (f: number): readonly number[] => witnesses(plan, nth(plan.features, f), missing)
    const along = (f: number): number => Math.sign(cell(moves, f))
    const left = moved.filter((f) =>
      along(f) > 0 ? cell(observed, f) > cell(high, f) : cell(observed, f) < cell(low, f),
    )
    const weight = (f: number): number => Math.abs(cell(moves, f)) / nth(most, m)
    if (left.some((f) => weight(f) >= KNOWN_BY && goesWith(f, along(f)) <= MOST_MODES)) return true
    const first = moved.find((f) => weight(f) === 1)
    if (first !== undefined && moved.every((f) => !isApart(shown(f), shown(first))))
      return left.some((f) => weight(f) >= GOES_WITH)
    const speaks = moved.filter(
      (f) => left.includes(f) || (weight(f) >= BEARS_OUT && along(f) * cell(profile, f) >= LEAST_SHIFT),
    )
    return left.some((f) => speaks.some((g) => isApart(shown(f), shown(g))))
  })
}
