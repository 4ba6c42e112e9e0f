import { type HeldOutFigures, heldOutOf, worseIn } from './heldOut.ts'
import type { ModelRecord } from './weighShadow.ts'

/** One thing that speaks against a promotion, with the figures that say so. */
export type Against =
  | { reason: 'seen-too-little'; candidate: number; least: number }
  | { reason: 'more-false'; by: 'verdicts' | 'truth'; candidate: number; inForce: number }
  | { reason: 'finds-less'; by: 'verdicts' | 'truth'; candidate: number; inForce: number; known: number }
  | { reason: 'too-many-unjudged'; candidate: number; inForce: number }
  | { reason: 'held-out'; family: string; figure: keyof HeldOutFigures; candidate: number; inForce: number }

export interface Weighing {
  applianceDays: number
  inForce: ModelRecord
  candidate: ModelRecord
  /** What the sidecars note of held-out fleets. */
  heldOut: { inForce: unknown; candidate: unknown }
}

/** A hundred appliances for a week: with fewer days hardly any fault can have shown itself. */
export const LEAST_APPLIANCE_DAYS = 700
/** One alert more or less is chance, whatever rate it makes over a short span. */
const CHANCE = 1
/** As on held-out fleets: so much worse is within what can be told. */
const FALSE_SLACK = 0.05
const FOUND_SLACK = 0.02
/** So many times as many alerts that nobody looked at are more work, whatever they would turn out to be. */
const UNJUDGED = 2

/**
 * What speaks against putting a candidate in force; empty: it is not worse. Pure. Better in one thing does not pay for
 * worse in another.
 */
export function againstPromotion({ applianceDays, inForce, candidate, heldOut }: Weighing): Against[] {
  const against: Against[] = []
  if (applianceDays < LEAST_APPLIANCE_DAYS)
    against.push({ reason: 'seen-too-little', candidate: applianceDays, least: LEAST_APPLIANCE_DAYS })
  const sides = [
    { by: 'verdicts', standing: inForce, offered: candidate },
    ...(inForce.truth && candidate.truth
      ? [{ by: 'truth', standing: inForce.truth, offered: candidate.truth } as const]
      : []),
  ] as const
  for (const { by, standing, offered } of sides) {
    const rates = { candidate: offered.falsePerApplianceYear, inForce: standing.falsePerApplianceYear }
    if (offered.wrong - standing.wrong > CHANCE && rates.candidate - rates.inForce > FALSE_SLACK)
      against.push({ reason: 'more-false', by, ...rates })
    const lost = standing.found - offered.found
    if (lost > CHANCE && lost > FOUND_SLACK * standing.known)
      against.push({
        reason: 'finds-less',
        by,
        candidate: offered.found,
        inForce: standing.found,
        known: standing.known,
      })
  }
  // Where a simulator knows the truth nothing is left unjudged.
  if (!candidate.truth && candidate.undecided > UNJUDGED * Math.max(1, inForce.undecided) + CHANCE)
    against.push({ reason: 'too-many-unjudged', candidate: candidate.undecided, inForce: inForce.undecided })
  const noted = heldOutOf(heldOut.inForce)
  for (const [family, offered] of heldOutOf(heldOut.candidate)) {
    const standing = noted.get(family)
    if (!standing) continue
    for (const figure of worseIn(standing, offered))
      against.push({ reason: 'held-out', family, figure, candidate: offered[figure], inForce: standing[figure] })
  }
  return against
}

/** In one line, for a refusal and for the record. */
export function sayAgainst(one: Against): string {
  const n = (x: number): string => (Number.isNaN(x) ? 'unknown' : x.toFixed(Number.isInteger(x) ? 0 : 2))
  switch (one.reason) {
    case 'seen-too-little':
      return `it has seen ${n(one.candidate)} appliance-days of at least ${n(one.least)}`
    case 'more-false':
      return `by ${one.by} it raises ${n(one.candidate)} false alarms an appliance-year where the version in force raises ${n(one.inForce)}`
    case 'finds-less':
      return `by ${one.by} it found ${n(one.candidate)} of ${n(one.known)} faults where the version in force found ${n(one.inForce)}`
    case 'too-many-unjudged':
      return `it opened ${n(one.candidate)} alerts that nobody has looked at, the version in force ${n(one.inForce)}`
    case 'held-out':
      return `on held-out fleets (${one.family}) its ${one.figure} is ${n(one.candidate)}, that of the version in force ${n(one.inForce)}`
  }
}
