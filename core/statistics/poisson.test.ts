import { describe, expect, test } from 'vitest'
import { poissonTail } from './poisson.ts'

describe('the upper tail of a Poisson count', () => {
  test('agrees with the sum of its terms', () => {
    expect(poissonTail(0, 3)).toBe(1)
    expect(poissonTail(1, 3)).toBeCloseTo(1 - Math.exp(-3), 12)
    expect(poissonTail(3, 3)).toBeCloseTo(1 - Math.exp(-3) * (1 + 3 + 4.5), 12)
    expect(poissonTail(5, 0)).toBe(0)
  })

  test('keeps its digits where the chance is far below what a difference from 1 can show', () => {
    // e^-m m^n / n!, and the next term is m / (n + 1) of it.
    const first = (Math.exp(-0.01) * 0.01 ** 12) / 479_001_600
    expect(poissonTail(12, 0.01) / first).toBeCloseTo(1 + 0.01 / 13 + 0.0001 / (13 * 14), 9)
  })
})
