import type { Random } from '../../core/index.ts'

/** One of a non-empty list, each as often as its share says; shares sum to 1. */
export function pickByShare<T extends { share: number }>(random: Random, items: readonly T[]): T {
  let left = random.next()
  for (const item of items) {
    left -= item.share
    if (left < 0) return item
  }
  return items.at(-1)!
}
