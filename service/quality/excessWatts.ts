import type { FeatureRow } from '../../core/index.ts'

/** Fewer days say too little. */
const LEAST_DAYS = 3
const MONTH_HOURS = 30 * 24

/**
 * What a fault takes in a month beyond what is expected here, from the days as they were observed on their compensated band:
 * least and most, kWh. Undefined where it takes no more than it may. Pure.
 */
export function excessOfMonth(
  rows: readonly Pick<FeatureRow, 'observed' | 'low' | 'high'>[],
): [number, number] | undefined {
  const watts = excessWatts(rows)
  return watts && [(watts[0] * MONTH_HOURS) / 1000, (watts[1] * MONTH_HOURS) / 1000]
}

/** By the top of the band, and by its foot, W; undefined unless the middle day is beyond its band. Pure. */
export function excessWatts(
  rows: readonly Pick<FeatureRow, 'observed' | 'low' | 'high'>[],
): [number, number] | undefined {
  const known = rows.filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high))
  if (known.length < LEAST_DAYS) return undefined
  const least = middle(known.map(({ observed, high }) => observed - high))
  const most = middle(known.map(({ observed, low }) => observed - low))
  return least > 0 ? [least, most] : undefined
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
