import { expect, test } from 'vitest'
import { gaussian, SeededRandom } from '../../core/index.ts'
import type { Baseline } from '../baseline/baseline.ts'
import type { ScoredRow } from '../baseline/scoredRow.ts'
import { updateRecentChange } from './recentChange.ts'
import { clearRecentChange, newRecentChange, type RecentChange } from './recentChangeState.ts'
import type { Signatures } from './signatures.ts'

// One mode, which is one feature: what is projected is what is given.
const signatures = { modes: ['worn'], project: (_: number, z: Float64Array) => z[0]! } as unknown as Signatures
const take = (contrast: RecentChange, z: number): number => {
  const row = { contrast: new Float64Array(1) } as ScoredRow
  updateRecentChange(signatures, { contrast } as Baseline, row, Float64Array.of(z))
  return row.contrast[0]!
}
/** Rows of an appliance that scatters by `scatter` around `level`. */
function rows(count: number, level: (i: number) => number, scatter: number, seed = 1): number[] {
  const random = new SeededRandom(seed, 'contrast')
  return Array.from({ length: count }, (_, i) => level(i) + scatter * gaussian(random))
}
const highest = (contrast: RecentChange, list: number[]): number => Math.max(...list.map((z) => take(contrast, z)))

test('a shift far inside the band of a steady appliance is a change after three rows', () => {
  const contrast = newRecentChange(1)
  expect(
    highest(
      contrast,
      rows(40, () => 0.4, 0.1),
    ),
  ).toBeLessThan(0.6)
  const after = rows(3, () => 1.6, 0.1, 2).map((z) => take(contrast, z))
  expect(after[1]).toBeLessThan(0.6)
  expect(after[2]).toBeGreaterThanOrEqual(1)
})

test('what drifts with the season is none, nor is one odd row, nor what comes back', () => {
  expect(
    highest(
      newRecentChange(1),
      rows(120, (i) => 1.2 * Math.sin(i / 38), 0.15),
    ),
  ).toBeLessThan(1)
  const odd = rows(60, (i) => (i % 15 === 14 ? 7 : 0), 0.1)
  expect(highest(newRecentChange(1), odd)).toBeLessThan(1)
  expect(
    highest(
      newRecentChange(1),
      rows(60, (i) => (i > 30 ? -2 : 0), 0.1),
    ),
  ).toBeLessThan(0.6)
})

test('the weeks before stand still while there is a change: it is never learned', () => {
  const contrast = newRecentChange(1)
  for (const z of rows(40, () => 0, 0.1)) take(contrast, z)
  for (const z of rows(200, () => 2, 0.1, 3)) take(contrast, z)
  expect(take(contrast, 2)).toBeGreaterThanOrEqual(1)
  clearRecentChange(contrast)
  expect(take(contrast, 2)).toBe(0)
})

test('what scatters as much as its band by itself shows a lasting change in a sum alone', () => {
  const contrast = newRecentChange(1)
  expect(
    highest(
      contrast,
      rows(60, () => 0, 0.9),
    ),
  ).toBeLessThan(1)
  const shares = rows(20, () => 2.4, 0.9, 4).map((z) => take(contrast, z))
  expect(shares.slice(0, 2).every((share) => share < 1)).toBe(true)
  expect(Math.max(...shares)).toBeGreaterThanOrEqual(1)
})

test('too few rows say nothing', () => {
  expect(
    highest(
      newRecentChange(1),
      rows(8, () => 5, 0.1),
    ),
  ).toBe(0)
})
