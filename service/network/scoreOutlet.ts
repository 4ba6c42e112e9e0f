import type { Millis } from '../../core/index.ts'
import { starLevel } from '../crew/starLevel.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { OutletScore } from './outlet.ts'

/** What counts of one closed visit. */
export interface VisitOutcome {
  /** The owner's; absent: they said nothing. */
  stars?: number | undefined
  /** It was opened again, or the same fault came back as a recall. */
  cameBack: boolean
  /** It began after the promise on site. */
  late: boolean
  at: Millis
}

/** What takes stars away: a repair that did not last, and a promise that was not kept. */
const CAME_BACK = 2
const LATE = 1

/**
 * The score of an outlet, 1 to 5: (prior × weight + sum of points) ÷ (weight + number of visits). A visit's points are its
 * owner's stars (without any: the prior), 2 less when it came back, 1 less when it was late, never below 1. As the
 * engineers' stars it weighs volume: three good visits do not outshine a hundred. Pure.
 */
export function scoreOutlet(visits: readonly VisitOutcome[], stars: Policy['stars']): OutletScore {
  const points = visits.map(({ stars: given, cameBack, late }) =>
    Math.max(1, (given ?? stars.prior) - (cameBack ? CAME_BACK : 0) - (late ? LATE : 0)),
  )
  const sum = points.reduce((all, one) => all + one, 0)
  return { score: starLevel({ sum, count: points.length }, stars), of: points.length }
}
