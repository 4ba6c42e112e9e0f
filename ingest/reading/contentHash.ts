import { hash32 } from '../../core/index.ts'
import type { JsonObject } from './checkReading.ts'

const number = new Float64Array(1)
const words = new Uint32Array(number.buffer)

/** The two halves of the last `hashReading`. Fields and not a tuple: this runs for every reading. */
export const contentHash = { high: 0, low: 0 }

/** Names repeat for ever, but an appliance may invent new ones: so the memory of their hashes is bounded. */
const nameHashes = new Map<string, number>()
const nameHash = (name: string): number => {
  let hash = nameHashes.get(name)
  if (hash === undefined) {
    hash = hash32(name)
    if (nameHashes.size >= 4096) nameHashes.clear()
    nameHashes.set(name, hash)
  }
  return hash
}

/** Adds one (name, value) to the sum: so the order of the names does not matter. Finaliser of MurmurHash3, twice. */
function add(name: number, a: number, b: number): void {
  let h = Math.imul(name ^ a, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13) ^ b, 0xc2b2ae35)
  h ^= h >>> 16
  let l = Math.imul(name ^ b ^ 0x9e3779b9, 0xcc9e2d51)
  l = Math.imul(l ^ (l >>> 15) ^ a, 0x1b873593)
  l = Math.imul(l ^ (l >>> 13) ^ h, 0xe6546b64)
  l ^= l >>> 16
  contentHash.high = (contentHash.high + h) | 0
  contentHash.low = (contentHash.low + l) | 0
}

/**
 * 64-bit hash of what a reading says (metrics, states, firmware), by value: the same for any order of keys, for 1 and
 * 1.0, for 0 and −0. The answer is in `contentHash`. About 0.5 µs for 13 metrics.
 * @param known the states that count, as others are ignored; undefined: all, as an earlier program hashed
 */
export function hashReading(
  metrics: JsonObject,
  states: JsonObject | undefined,
  firmware: string | undefined,
  known: ReadonlySet<string> | undefined,
): void {
  contentHash.high = 0
  contentHash.low = 0
  for (const name in metrics) {
    number[0] = (metrics[name] as number) + 0
    add(nameHash(name), words[0]!, words[1]!)
  }
  if (states) {
    for (const name in states) {
      if (known && !known.has(name)) continue
      const value = states[name]
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      add(nameHash(name) ^ 0x5bd1e995, hash32(text), text.length)
    }
  }
  if (firmware !== undefined) add(0x7feb352d, hash32(firmware), firmware.length)
  contentHash.high >>>= 0
  contentHash.low >>>= 0
}
