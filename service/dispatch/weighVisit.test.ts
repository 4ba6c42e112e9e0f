import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY } from '../../core/index.ts'
import { calmFrom } from '../calendar/quietHours.ts'
import { readPolicy } from '../policy/policySchema.ts'
import { failsBy, weighVisit } from './weighVisit.ts'

const policy = readPolicy()
const finding = (days: [number, number, number], confidence = 0.9, probability = 0.9) => ({
  severity: 'warning' as const,
  confidence,
  hypotheses: [{ failureMode: 'condenser-fouling', probability }],
  remainingLife: { p10: 24 * days[0], p50: 24 * days[1], p90: 24 * days[2] },
})

describe('a visit', () => {
  test('for a slow fault 40 days ahead is planned for the week after next, not tonight', () => {
    const weighed = weighVisit(finding([20, 40, 80]), policy)
    expect(weighed.act).toBe(true)
    expect(weighed.withinHours).toBeGreaterThanOrEqual(7 * 24)
    expect(weighed.failsWithin).toBeLessThan(0.02)
    expect(weighed.cents.planned).toBeLessThan(weighed.cents.soonest)
    expect(weighed.cents.planned).toBeLessThan(weighed.cents.later)
  })

  test('for what fails within days is at the first chance', () => {
    expect(weighVisit(finding([0.5, 1.5, 4]), policy).withinHours).toBeLessThanOrEqual(24)
    expect(weighVisit(finding([0, 0.01, 0.1], 0.95), policy).withinHours).toBeLessThanOrEqual(4)
  })

  test('is not worth it where a failure costs less than the visit, or hardly anything is believed', () => {
    const cheap = { ...policy, cost: { ...policy.cost, failureCents: 5_000 } }
    expect(weighVisit(finding([20, 40, 80]), cheap).act).toBe(false)
    expect(weighVisit(finding([20, 40, 80], 0.03), policy).act).toBe(false)
    expect(weighVisit(finding([20, 40, 80]), policy).act).toBe(true)
  })

  test('is never weighed away when it is critical: a cabinet that is warm now wants somebody whatever the prices', () => {
    const warm = { ...finding([0, 0.01, 0.1], 0.9), severity: 'critical' as const }
    const cheap = { ...policy, cost: { ...policy.cost, failureCents: 5_000 } }
    expect(weighVisit(warm, cheap)).toMatchObject({ act: true, urgent: true, withinHours: 4 })
  })

  test('costs more when the cause is not sure: somebody comes twice', () => {
    const sure = weighVisit(finding([20, 40, 80]), policy).cents.planned
    expect(weighVisit(finding([20, 40, 80], 0.9, 0.4), policy).cents.planned).toBeGreaterThan(sure)
    const unknown = { ...finding([20, 40, 80]), hypotheses: [{ failureMode: 'unknown', probability: 0.9 }] }
    expect(weighVisit(unknown, policy).cause).toBe(0)
  })

  test('never waits longer for a shorter life, and is never less worth it for a dearer failure', () => {
    const life = fc.tuple(
      // What fails before anybody can come is another matter: waiting costs it little more.
      fc.double({ min: 4, max: 30, noNaN: true }),
      fc.double({ min: 1, max: 3, noNaN: true }),
      fc.double({ min: 1, max: 3, noNaN: true }),
    )
    fc.assert(
      fc.property(life, fc.double({ min: 0.3, max: 0.98, noNaN: true }), ([p10, up, on], confidence) => {
        const days: [number, number, number] = [p10, p10 * up, p10 * up * on]
        const now = weighVisit(finding(days, confidence), policy)
        const shorter = weighVisit(finding([days[0] / 4, days[1] / 4, days[2] / 4], confidence), policy)
        expect(shorter.withinHours).toBeLessThanOrEqual(now.withinHours)
        const dearer = weighVisit(finding(days, confidence), {
          ...policy,
          cost: { ...policy.cost, failureCents: 2 * policy.cost.failureCents },
        })
        expect(!now.act || dearer.act).toBe(true)
      }),
    )
  })

  test('believes the quantiles it was given', () => {
    const fails = failsBy({ p10: 24, p50: 100, p90: 300 })
    expect(fails(24)).toBeCloseTo(0.1, 5)
    expect(fails(100)).toBeCloseTo(0.5, 5)
    expect(fails(300)).toBeCloseTo(0.9, 5)
    expect(failsBy({ p10: 24, p50: 100, p90: null })(10_000)).toBeGreaterThan(0.99)
  })

  test('that can wait disturbs nobody at night, by the hour where the appliance stands', () => {
    const at = (hour: number): number => Date.UTC(2026, 5, 1, hour)
    expect(calmFrom(at(12), 'UTC', [21, 8])).toBe(at(12))
    expect(calmFrom(at(23), 'UTC', [21, 8])).toBe(at(8) + DAY)
    expect(calmFrom(at(3), 'UTC', [21, 8])).toBe(at(8))
    // 16 h UTC is midnight in a place 8 hours ahead.
    expect(calmFrom(at(16), 'Asia/Shanghai', [21, 8])).toBe(at(24))
  })
})
