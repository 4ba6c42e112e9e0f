import { distanceKm, type Location } from '../../core/index.ts'
import { type OutletNow, tiers } from './outlet.ts'

/** Who serves an address: those that do, the best first; then those that do not, each with why. */
export interface RankedOutlet {
  outlet: OutletNow
  /** From 1; absent: it does not serve this address. */
  rank?: number
  km: number
  /** By which it is ranked: its way, less what its score is worth. */
  costKm: number
  refused?: 'outside-area' | 'other-kind'
}

/**
 * In what order outlets serve an address: by distance less `starKm` for each star of its score above 1; where equal the
 * one of the higher tier, then by id. Pure. O(outlets).
 */
export function rankOutlets(
  outlets: readonly OutletNow[],
  of: { location: Location; kind?: string | undefined },
  starKm: number,
): RankedOutlet[] {
  const weighed = outlets.map((outlet): RankedOutlet => {
    const km = distanceKm(outlet.location, of.location)
    const isOther = of.kind !== undefined && outlet.kinds.length > 0 && !outlet.kinds.includes(of.kind)
    const refused = isOther ? ('other-kind' as const) : km > outlet.withinKm ? ('outside-area' as const) : undefined
    return { outlet, km, costKm: km - (outlet.score - 1) * starKm, ...(refused ? { refused } : {}) }
  })
  const inOrder = weighed.sort(
    (a, b) =>
      Number(a.refused !== undefined) - Number(b.refused !== undefined) ||
      a.costKm - b.costKm ||
      tiers.indexOf(a.outlet.tier) - tiers.indexOf(b.outlet.tier) ||
      (a.outlet.id < b.outlet.id ? -1 : 1),
  )
  return inOrder.map((one, i) => (one.refused ? one : { ...one, rank: i + 1 }))
}
