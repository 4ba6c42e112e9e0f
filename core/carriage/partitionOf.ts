import type { ApplianceId } from '../ids.ts'

/** Into so many parts everything that appliances say is cut; what one appliance says is always in the same one. */
export const PARTITIONS = 256

/**
 * The partition of an appliance, 0 to 255, the same in every process and release: positions are kept by it.
 * Source: FNV-1a, 32 bit (Fowler, Noll, Vo), over UTF-16 units, its halves folded. O(length).
 */
export function partitionOf(appliance: ApplianceId): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < appliance.length; i++) hash = Math.imul(hash ^ appliance.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 16
  return (hash ^ (hash >>> 8)) & (PARTITIONS - 1)
}
