import { type Appliance, DAY, type Millis, type TelemetryStore } from '../../core/index.ts'
import type { Shown } from '../../service/index.ts'

const AT_ONCE = 100
const MOST_ROWS = 500_000
const WITHIN_MS = 20_000
/** So many others of a model make what is usual; and so many days make a mean. */
const FEWEST_OTHERS = 5
const FEWEST_DAYS = 3

/** What each appliance's own data shows of a feature, beside what is usual of its model; those of whom nobody can say are left out. */
export async function shownOf(
  store: Pick<TelemetryStore, 'found'>,
  all: readonly Appliance[],
  { feature, days }: { feature: string; days: number },
  now: Millis,
): Promise<Shown> {
  const means = new Map<string, number>()
  for (let i = 0; i < all.length; i += AT_ONCE) {
    const appliances = all.slice(i, i + AT_ONCE).map(({ id }) => id)
    const range = { from: now - days * DAY, to: now }
    const rows = await store.found({
      appliances,
      ...range,
      what: { of: 'feature', feature },
      most: MOST_ROWS,
      withinMs: WITHIN_MS,
    })
    const sums = new Map<string, { sum: number; count: number }>()
    for (let r = 0; r < rows.at.length; r++) {
      const id = rows.appliances[rows.applianceIndex[r] ?? -1] ?? ''
      const value = rows.value[r] ?? Number.NaN
      if (!Number.isFinite(value)) continue
      const { sum, count } = sums.get(id) ?? { sum: 0, count: 0 }
      sums.set(id, { sum: sum + value, count: count + 1 })
    }
    for (const [id, { sum, count }] of sums) if (count >= FEWEST_DAYS) means.set(id, sum / count)
  }
  const byModel = Map.groupBy(
    all.filter(({ id }) => means.has(id)),
    ({ kind, model }) => `${kind}/${model}`,
  )
  const shown = new Map<string, { own: number; usual: number }>()
  for (const group of byModel.values())
    for (const { id } of group) {
      const others = group.flatMap((one) => (one.id === id ? [] : [means.get(one.id) ?? 0])).sort((a, b) => a - b)
      const own = means.get(id)
      if (own !== undefined && others.length >= FEWEST_OTHERS)
        shown.set(id, { own, usual: others[others.length >> 1] ?? 0 })
    }
  return shown
}
