import type { Hypothesis } from '../../core/index.ts'

/** What is believed of an appliance. */
export interface Belief {
  /** That something is wrong at all; 0 to 1. */
  readonly real: number
  /** If so, what: the most probable first. */
  readonly hypotheses: readonly Hypothesis[]
}

/** A mode that nobody thought of may be it all the same. */
const LEAST_PRIOR = 0.005
/** What is less probable is not told. */
const LEAST_TOLD = 0.01

/**
 * What something seen or said makes of what was believed: Bayes' rule over "nothing is wrong" and every mode. Pure.
 * @param logLikelihood natural logarithm of how likely it is with a mode; undefined: with a sound appliance
 * @returns the same after, with the modes of at least 1 %, the most probable first
 */
export function revised(
  { real, hypotheses }: Belief,
  modes: readonly string[],
  logLikelihood: (mode: string | undefined) => number,
): Belief & { hypotheses: Hypothesis[] } {
  const said = new Map(hypotheses.map(({ failureMode, probability }) => [failureMode, probability]))
  const named = modes.map((mode) => ({ mode, prior: Math.max(LEAST_PRIOR, said.get(mode) ?? 0) }))
  const total = named.reduce((sum, { prior }) => sum + prior, 0)
  const sound = Math.log(Math.max(1 - real, LEAST_PRIOR)) + logLikelihood(undefined)
  const weighed = named.map(({ mode, prior }) => ({
    mode,
    log: Math.log(Math.max(real, LEAST_PRIOR) * (prior / total)) + logLikelihood(mode),
  }))
  const most = weighed.reduce((highest, { log }) => Math.max(highest, log), sound)
  const none = Math.exp(sound - most)
  const odds = weighed.map(({ mode, log }) => ({ mode, odds: Math.exp(log - most) }))
  const faulty = odds.reduce((sum, one) => sum + one.odds, 0)
  return {
    real: faulty / (faulty + none),
    hypotheses: odds
      .map(({ mode, odds: own }) => ({
        failureMode: mode,
        probability: own / Math.max(faulty, Number.MIN_VALUE),
      }))
      .filter(({ probability }) => probability >= LEAST_TOLD)
      .sort((a, b) => b.probability - a.probability || (a.failureMode < b.failureMode ? -1 : 1)),
  }
}
