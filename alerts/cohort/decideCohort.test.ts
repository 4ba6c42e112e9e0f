import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../core/index.ts'
import { type CohortCounts, cohortChance, holdUntil, isBeyond, isShared, strengthOf } from './decideCohort.ts'
import { rules } from './rules.fixture.ts'

const area = (over: Partial<CohortCounts> = {}): CohortCounts => ({
  homes: 12,
  size: 1_000,
  elsewhere: null,
  before: { found: 0, applianceYears: 100 },
  looks: 10,
  ...over,
})
const shared = (counts: CohortCounts, rule: { windowHours: number; usualPerYear: number }): boolean =>
  isShared(counts.homes, cohortChance(counts, rule).falsePerYear, rules)

describe('what many appliances share', () => {
  test('is no chance: twelve homes of a thousand fell silent in one half hour, five did not yet prove it', () => {
    expect(shared(area(), rules.outage)).toBe(true)
    expect(shared(area({ homes: 5 }), rules.outage)).toBe(false)
    expect(shared(area({ homes: 5, size: 40 }), rules.outage)).toBe(true)
    expect(shared(area({ homes: 4, size: 40 }), rules.outage)).toBe(false)
  })

  test('is no weather over an area when it is everywhere', () => {
    const here = area({ homes: 30, size: 100 })
    expect(shared({ ...here, elsewhere: { found: 0, size: 900 } }, rules.weather)).toBe(true)
    expect(shared({ ...here, elsewhere: { found: 270, size: 900 } }, rules.weather)).toBe(false)
    expect(shared({ ...here, elsewhere: { found: 0, size: 0 } }, rules.weather)).toBe(false)
  })

  test('asks for more where a fleet has always been restless', () => {
    const counts = area({ homes: 9, size: 2_000 })
    expect(shared(counts, rules.outage)).toBe(true)
    expect(shared({ ...counts, before: { found: 4_000, applianceYears: 100 } }, rules.outage)).toBe(false)
  })

  test('opens no more by chance than the policy allows: a hundred years of silences drawn at random', () => {
    const random = new SeededRandom(5, 'silences')
    const size = 500
    const { windowHours, usualPerYear } = rules.outage
    const windows = (100 * 365 * 24) / windowHours
    const mean = (usualPerYear * size * windowHours) / (365 * 24)
    let opened = 0
    for (let w = 0; w < windows; w++) {
      // Poisson by Knuth's product of uniforms.
      let homes = -1
      for (let product = 1; product > Math.exp(-mean); homes++) product *= random.next()
      if (shared(area({ homes, size, looks: 1 }), rules.outage)) opened++
    }
    expect(windows).toBeGreaterThan(1_000_000)
    // 100 years × 0.01 a year is one expected; five or more would be one chance in 270.
    expect(opened).toBeLessThan(5)
  })

  test('is never less surprising with one home more, nor more with a larger cohort', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 10, max: 5_000 }), (homes, size) => {
        const of = (counts: CohortCounts): number => cohortChance(counts, rules.outage).falsePerYear
        expect(of(area({ homes: homes + 1, size }))).toBeLessThanOrEqual(of(area({ homes, size })))
        expect(of(area({ homes, size: size + 50 }))).toBeGreaterThanOrEqual(of(area({ homes, size })))
      }),
    )
  })

  test('is held for weather and firmware, never for a batch or an outage', () => {
    expect(holdUntil('weather', 'region', 0, rules)).toBe(96 * 3_600_000)
    expect(holdUntil('campaign', 'firmware', 0, rules)).toBe(48 * 3_600_000)
    expect(holdUntil('campaign', 'batch', 0, rules)).toBeUndefined()
    expect(holdUntil('outage', 'region', 0, rules)).toBeUndefined()
  })

  test('does not explain what goes clearly beyond it', () => {
    const evidence = (observed: number) => ({
      evidence: [
        { feature: 'duty', observed, expected: [0, 2] as [number, number], unit: '1', from: 0, to: 1, share: 1 },
      ],
    })
    expect(strengthOf(evidence(4))).toBe(3)
    const others = [2.9, 3, 3.1, 3.2, 2.8, 3.05]
    expect(isBeyond(9, others)).toBe(true)
    expect(isBeyond(3.3, others)).toBe(false)
    expect(isBeyond(9, [3, 3])).toBe(false)
    // All alike: a hair more is not beyond.
    expect(isBeyond(3.01, [3, 3, 3, 3])).toBe(false)
  })
})
