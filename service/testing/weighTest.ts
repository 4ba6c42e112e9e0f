import { z } from 'zod'
import type { ActiveTestSpec } from '../../catalog/index.ts'
import { recordOf } from '../../core/index.ts'
import { type Belief, revised } from './revise.ts'

/** Beyond so many standard deviations a measure says no more: a sensor may be wrong. */
const FURTHEST = 3.5

/** What a test measured; undefined where its answer says nothing that is known. */
export function measuredIn(detail: string, { measures }: ActiveTestSpec): Map<string, number> | undefined {
  let said: unknown
  try {
    said = JSON.parse(detail)
  } catch {
    return undefined
  }
  const parsed = recordOf(z.string().max(64), z.number()).safeParse(said)
  if (!parsed.success) return undefined
  const known = Object.entries(parsed.data).filter(([name]) => Object.hasOwn(measures, name))
  return known.length > 0 ? new Map(known) : undefined
}

/** Natural logarithm of how likely such measures are; each normal, and apart from the others. */
function logLikelihood(
  measured: ReadonlyMap<string, number>,
  sound: ActiveTestSpec['sound'],
  shown: ActiveTestSpec['sound'] | undefined,
): number {
  let sum = 0
  for (const [name, value] of measured) {
    const expected = (shown && Object.hasOwn(shown, name) ? shown[name] : undefined) ?? sound[name]
    if (!expected) continue
    const [mean, deviation] = expected
    const z1 = Math.min(FURTHEST, Math.abs(value - mean) / deviation)
    sum -= 0.5 * z1 * z1 + Math.log(deviation)
  }
  return sum
}

/** What a test makes of what was believed. */
export const afterTest = (
  spec: ActiveTestSpec,
  measured: ReadonlyMap<string, number>,
  before: Belief,
  modes: readonly string[],
): ReturnType<typeof revised> =>
  revised(before, modes, (mode) =>
    logLikelihood(
      measured,
      spec.sound,
      mode !== undefined && Object.hasOwn(spec.shows, mode) ? spec.shows[mode] : undefined,
    ),
  )
