import { expect, test } from 'vitest'
import { evaluateDishwashers } from './evaluateDishwashers.ts'

test('a dishwasher that is a data file alone is watched without crying wolf', async () => {
  const score = await evaluateDishwashers({ seed: 11, count: 8, start: Date.UTC(2026, 0, 5), days: 180, faulty: 0 })
  expect(score.healthyYears).toBeGreaterThan(3.9)
  expect(score.falsePerYear).toBeLessThanOrEqual(0.5)
})
