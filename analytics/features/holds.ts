/**
 * How long each metric has stood, and stands in health: what `stuckSensor.ts` remembers.
 * Per metric: [value, held since, changes missed, most changes missed in health, changes at rest, readings at rest, changes
 * while running, readings while running, the value that it rests at, its longest hold ms, smallest step, 1 when stuck, lowest and
 * highest value, changes missed while running].
 */
export const HOLD = 15
export const SINCE = 1
export const MISSED = 2
export const LONGEST = 3
export const REST = 4
export const RUN = 6
export const REST_VALUE = 8
export const REST_HELD = 9
export const STEP = 10
export const STUCK = 11
export const LOWEST = 12
export const HIGHEST = 13
export const MISSED_RUN = 14

export const newHolds = (metrics: number): Float64Array =>
  Float64Array.from({ length: HOLD * metrics }, (_, i) => {
    const slot = i % HOLD
    return slot === 0 || slot === REST_VALUE
      ? NaN
      : slot === STEP || slot === LOWEST
        ? Infinity
        : slot === HIGHEST
          ? -Infinity
          : 0
  })
