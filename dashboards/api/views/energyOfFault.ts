import { type Appliance, DAY } from '../../../core/index.ts'
import { excessOfMonth, scopesOf } from '../../../service/index.ts'
import type { ApiContext } from '../apiContext.ts'

/** The last days are looked at. */
const DAYS = 7

/** What a fault takes in a month beyond what is expected here, and what that costs; undefined where nothing measures it. */
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
  const kwh = excessOfMonth(await store.features(appliance.id, name, now - DAYS * DAY, now + 1))
  if (!kwh) return undefined
  const { energyCentsPerKwh, currency } = policies.now(scopesOf(appliance, policies.live)).policy
  const cents: [number, number] = [Math.round(kwh[0] * energyCentsPerKwh), Math.round(kwh[1] * energyCentsPerKwh)]
  return { kwh, cents, currency }
}
