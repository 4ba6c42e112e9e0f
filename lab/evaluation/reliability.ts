// Do probabilities and intervals mean what they say? From what was said as alerts opened.
import type { RemainingLife } from '../../core/index.ts'
import type { Scored } from './scoreDetections.ts'

/** What was said on average, what came true of it, and of how many. */
export interface ReliabilityPoint {
  said: number
  came: number
  count: number
}

/** Bins of equal width; empty ones are left out. */
const BINS = 8

/** Every probability that an alert on a true fault opened with, binned: how often it named the fault. */
export function diagnosisReliability(scored: readonly Scored[]): ReliabilityPoint[] {
  const bins = Array.from({ length: BINS }, () => ({ said: 0, came: 0, count: 0 }))
  for (const { truth, found } of scored) {
    if (!found || !truth.fault) continue
    for (const { failureMode, probability } of found.hypotheses) {
      const bin = bins[Math.min(BINS - 1, Math.floor(probability * BINS))]!
      bin.said += probability
      bin.came += failureMode === truth.fault.failureMode ? 1 : 0
      bin.count++
    }
  }
  return bins
    .filter(({ count }) => count > 0)
    .map(({ said, came, count }) => ({ said: said / count, came: came / count, count }))
}

const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
/** Standard normal quantiles of the upper ends of central intervals at `LEVELS`, and of 90 %. */
const REACHES = [0.126, 0.253, 0.385, 0.524, 0.674, 0.842, 1.036, 1.282, 1.645]
const REACH_80 = 1.282

/**
 * Central intervals of remaining life by nominal level: the share of failures inside. Between the three quantiles that are
 * said, life is taken for log-normal on either side of its median. Where no upper end was said, none is passed.
 */
export function lifeReliability(scored: readonly Scored[]): ReliabilityPoint[] {
  const cases = scored.flatMap(({ predictable, found, truth }) =>
    predictable && found?.remainingLife
      ? [{ life: found.remainingLife, hours: (truth.fault!.failsAt - found.at) / 3_600_000 }]
      : [],
  )
  if (cases.length === 0) return []
  return LEVELS.map((said, i) => ({
    said,
    came: cases.filter(({ life, hours }) => isInside(life, hours, REACHES[i]! / REACH_80)).length / cases.length,
    count: cases.length,
  }))
}

function isInside({ p10, p50, p90 }: RemainingLife, hours: number, reach: number): boolean {
  const log = Math.log(Math.max(0.1, hours) / p50)
  return log >= reach * Math.log(p10 / p50) && (p90 === null || log <= reach * Math.log(p90 / p50))
}

/** Mean interval score at 80 % on ln(hours), smaller is better. Source: Gneiting and Raftery (2007). */
export function intervalScore(scored: readonly Scored[]): number {
  let sum = 0
  let count = 0
  for (const { predictable, found, truth } of scored) {
    if (!predictable || !found?.remainingLife) continue
    const { p10, p90 } = found.remainingLife
    if (p90 === null) continue
    const [low, high] = [Math.log(p10), Math.log(p90)]
    const y = Math.log((truth.fault!.failsAt - found.at) / 3_600_000)
    sum += high - low + 10 * Math.max(0, low - y) + 10 * Math.max(0, y - high)
    count++
  }
  return sum / count
}
