/** What a meter's minutes say of a fridge: the figures by which real ones are compared (tracebase). */
export interface Runs {
  duty: number
  perDay: number
  /** Medians. */
  onMinutes: number
  offMinutes: number
  kWhPerDay: number
  onWatts: number
}

/**
 * @param watts mean power of each minute, in order, at least a day of them
 * @param threshold W above which it runs
 */
export function runsOf(watts: ArrayLike<number>, threshold: number): Runs {
  const on: number[] = []
  const off: number[] = []
  let length = 0
  let was: boolean | null = null
  let sum = 0
  let onSum = 0
  let onCount = 0
  for (let i = 0; i < watts.length; i++) {
    const watt = watts[i]!
    const is = watt > threshold
    sum += watt
    if (is) {
      onSum += watt
      onCount++
    }
    if (is === was) length++
    else {
      // The first run is cut by the beginning: it is not counted.
      if (was !== null && (on.length > 0 || off.length > 0 || i > length)) (was ? on : off).push(length)
      was = is
      length = 1
    }
  }
  const days = watts.length / 1440
  return {
    duty: onCount / watts.length,
    perDay: on.length / days,
    onMinutes: median(on),
    offMinutes: median(off),
    kWhPerDay: sum / 60_000 / days,
    onWatts: onSum / Math.max(1, onCount),
  }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
