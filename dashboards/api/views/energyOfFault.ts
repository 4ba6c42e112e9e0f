import { type Appliance, DAY, type FeatureRow } from '../../../core/index.ts'
import { scopesOf } from '../../../service/index.ts'
import type { ApiContext } from '../apiContext.ts'

/** The last days are looked at; fewer say too little. */
const DAYS = 7
const LEAST_DAYS = 3
const MONTH_HOURS = 30 * 24

/**
 * What a fault takes in a month beyond what is expected here, from the days as they were observed on their compensated band:
 * the least by the top of the band, the most by its foot. Undefined where it takes no more than it may, or nothing measures it.
 */
export async function energyOfFault(
  { catalog, clock, policies, store }: Pick<ApiContext, 'catalog' | 'clock' | 'policies' | 'store'>,
  appliance: Appliance,
): Promise<{ kwh: [number, number]; cents: [number, number]; currency: string } | undefined> {
  const features = catalog.kind(appliance.kind).detection?.features ?? {}
  // The mean power of whole days.
  const [name] = Object.entries(features).find(
    ([, { aggregate, of, unit, while: tests }]) =>
      aggregate === 'mean' && unit === 'W' && of?.metric === 'power' && of.minus === undefined && tests.length === 0,
  ) ?? [undefined]
  if (name === undefined) return undefined
  const now = clock.now()
  const watts = excessWatts(await store.features(appliance.id, name, now - DAYS * DAY, now + 1))
  if (!watts) return undefined
  const { policy } = policies.now(scopesOf(appliance, policies.live))
  const kwh: [number, number] = [(watts[0] * MONTH_HOURS) / 1000, (watts[1] * MONTH_HOURS) / 1000]
  const cents: [number, number] = [
    Math.round(kwh[0] * policy.energyCentsPerKwh),
    Math.round(kwh[1] * policy.energyCentsPerKwh),
  ]
  return { kwh, cents, currency: policy.currency }
}

/** Least and most, W; undefined unless the middle day is beyond its band. Pure. */
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
