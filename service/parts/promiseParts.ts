import { distanceKm, type Location } from '../../core/index.ts'

/** A stock place as delivery sees it. */
export interface SupplyPlace {
  id: string
  type: 'depot' | 'outlet' | 'van'
  location: Location
  /** Not reserved, by part. */
  available: ReadonlyMap<string, number>
}

/** Delivery from the first level that has the part: the levels are tried in order, each with its reach and its hours. */
export interface DeliveryPolicy {
  partLevels: { withinKm?: number | undefined; hours: number }[]
  /** Where no place has it: bought. */
  purchaseHours: number
}

/** Where a part comes from, and how long it takes; `level` 0 is what the engineer carries, −1 is bought. */
export interface PartPromise {
  part: string
  quantity: number
  from?: string
  level: number
  hours: number
}

/**
 * When the part can be in the engineer's van: at once from the van itself, else from the nearest place of the first
 * level that holds it (S29: 6, 24, 36 h), else bought. Vans of others give nothing away. Pure; ties go by id.
 */
export function promisePart(
  line: { part: string; quantity: number },
  van: SupplyPlace | undefined,
  to: Location,
  places: readonly SupplyPlace[],
  policy: DeliveryPolicy,
): PartPromise {
  const { part, quantity } = line
  if (van && (van.available.get(part) ?? 0) >= quantity) return { part, quantity, from: van.id, level: 0, hours: 0 }
  const holding = places
    .filter(({ type, available }) => type !== 'van' && (available.get(part) ?? 0) >= quantity)
    .map((place) => ({ place, km: distanceKm(place.location, to) }))
    .sort((a, b) => a.km - b.km || (a.place.id < b.place.id ? -1 : 1))
  const nearest = holding[0]
  if (nearest) {
    for (const [i, { withinKm, hours }] of policy.partLevels.entries()) {
      if (nearest.km <= (withinKm ?? Infinity)) return { part, quantity, from: nearest.place.id, level: i + 1, hours }
    }
  }
  return { part, quantity, level: -1, hours: policy.purchaseHours }
}
