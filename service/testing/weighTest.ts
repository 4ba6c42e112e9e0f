import { z } from 'zod'
import type { ActiveTestSpec } from '../../catalog/index.ts'
import { type Hypothesis, recordOf } from '../../core/index.ts'

/** Beyond so many standard deviations a measure says no more: a sensor may be wrong. */
const FURTHEST = 3.5
/** A mode that nobody thought of may be it all the same. */
const LEAST_PRIOR = 0.005

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

/**
 * What a test makes of what was believed: Bayes' rule over "nothing is wrong" and every mode of the kind.
 * @param real that something is wrong at all, before; 0 to 1
 * @returns the same after, with the modes of at least 1 %, the most probable first
 */
export function afterTest(
  spec: ActiveTestSpec,
  measured: ReadonlyMap<string, number>,
  { real, hypotheses }: { real: number; hypotheses: readonly Hypothesis[] },
  modes: readonly string[],
): { real: number; hypotheses: Hypothesis[] } {
  const said = new Map(hypotheses.map(({ failureMode, probability }) => [failureMode, probability]))
  const named = modes.map((mode) => ({ mode, prior: Math.max(LEAST_PRIOR, said.get(mode) ?? 0) }))
  const total = named.reduce((sum, { prior }) => sum + prior, 0)
  const weighed = [
    {
      mode: undefined,
      log: Math.log(Math.max(1 - real, LEAST_PRIOR)) + logLikelihood(measured, spec.sound, undefined),
    },
    ...named.map(({ mode, prior }) => ({
      mode,
      log:
        Math.log(Math.max(real, LEAST_PRIOR) * (prior / total)) +
        logLikelihood(measured, spec.sound, Object.hasOwn(spec.shows, mode) ? spec.shows[mode] : undefined),
    })),
  ]
  const most = Math.max(...weighed.map(({ log }) => log))
  const odds = weighed.map(({ mode, log }) => ({ mode, odds: Math.exp(log - most) }))
  const sum = odds.reduce((all, one) => all + one.odds, 0)
  const none = odds.find(({ mode }) => mode === undefined)?.odds ?? 0
  const isReal = 1 - none / sum
  const known = odds.flatMap(({ mode, odds: own }) =>
    mode === undefined ? [] : [{ failureMode: mode, probability: own / Math.max(sum - none, Number.MIN_VALUE) }],
  )
  return {
    real: isReal,
    hypotheses: known
      .filter(({ probability }) => probability >= 0.01)
      .sort((a, b) => b.probability - a.probability || (a.failureMode < b.failureMode ? -1 : 1)),
  }
}
