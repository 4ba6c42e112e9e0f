import { DAY, type Millis } from '../../core/index.ts'

/** Numbers kept a guard: the day, its extreme so far, days known, their mean and variance. */
export const EXTREMES = 5
/** A few days say too little of how far days scatter. */
const LEAST_DAYS = 5
/** Days that are remembered: a season moves what is usual. */
const MEMORY = 60
/**
 * How far beyond the mean of daily extremes, in their standard deviations, a day comes once in ten years: the return level
 * of Gumbel's distribution, √6/π · (ln 3,652 − 0.5772). Source: Coles, An Introduction to Statistical Modeling of Extreme
 * Values (2001), 3.3.3.
 */
const ONCE_IN_TEN_YEARS = 5.95

export const newExtremes = (guards: number): Float64Array =>
  Float64Array.from(Array.from({ length: guards }, () => [NaN, NaN, 0, 0, 0]).flat())

/** Takes a value of health in. @param sign 1 where the highest of a day counts, −1 the lowest */
export function learnExtreme(extremes: Float64Array, g: number, at: Millis, value: number, sign: 1 | -1): void {
  const k = EXTREMES * g
  const day = Math.floor(at / DAY)
  if (day !== extremes[k]) {
    if (!Number.isNaN(extremes[k + 1]!)) closeDay(extremes, k)
    extremes[k] = day
    extremes[k + 1] = value
  } else if (sign * value > sign * extremes[k + 1]!) extremes[k + 1] = value
}

function closeDay(extremes: Float64Array, k: number): void {
  const n = Math.min(MEMORY, extremes[k + 2]! + 1)
  const deviation = extremes[k + 1]! - extremes[k + 3]!
  extremes[k + 2] = n
  extremes[k + 3] = extremes[k + 3]! + deviation / n
  extremes[k + 4] = (1 - 1 / n) * (extremes[k + 4]! + (deviation * deviation) / n)
}

/** What its days reach once in ten years; the far other end while too few are known, so that it decides nothing. */
export function onceInTenYears(extremes: Float64Array, g: number, sign: 1 | -1): number {
  const k = EXTREMES * g
  const n = extremes[k + 2]!
  if (n < LEAST_DAYS) return -sign * Infinity
  // Few days show less scatter than there is.
  return extremes[k + 3]! + sign * ONCE_IN_TEN_YEARS * Math.sqrt((extremes[k + 4]! * n) / (n - 1))
}
