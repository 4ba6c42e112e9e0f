import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CaseFacts, caseDistance } from './caseDistance.ts'

const evidence = (shifts: Record<string, number>): CaseFacts['evidence'] =>
  Object.entries(shifts).map(([feature, observed]) => ({ feature, observed, expected: [-1, 1] }))
const seal: CaseFacts = {
  model: 'Polar 300',
  hypotheses: [
    { failureMode: 'door-seal-leak', probability: 0.7 },
    { failureMode: 'condenser-fouling', probability: 0.2 },
  ],
  evidence: evidence({ duty: 6, offSlope: 4 }),
}

describe('two cases', () => {
  test('are alike when the same was seen and taken for the same, whatever the model', () => {
    const other = { ...seal, model: 'Polar 200', evidence: evidence({ duty: 5, offSlope: 5 }) }
    expect(caseDistance(seal, other).whole).toBeLessThan(0.15)
  })

  test('are further apart when another cause is suspected than when the same is less sure', () => {
    const lessSure = { ...seal, hypotheses: [{ failureMode: 'door-seal-leak', probability: 0.5 }] }
    const another = { ...seal, hypotheses: [{ failureMode: 'compressor-wear', probability: 0.9 }] }
    expect(caseDistance(seal, lessSure).whole).toBeLessThan(caseDistance(seal, another).whole)
  })

  test('are apart when the same features moved the other way', () => {
    const mirrored = { ...seal, evidence: evidence({ duty: -6, offSlope: -4 }) }
    expect(caseDistance(seal, mirrored).evidence).toBeCloseTo(1)
    expect(caseDistance(seal, { ...seal, evidence: evidence({ fanSpeed: 3 }) }).evidence).toBeCloseTo(0.5)
  })

  test('of any facts: symmetric, within 0 to 1, and no distance to itself', () => {
    const facts: fc.Arbitrary<CaseFacts> = fc.record({
      model: fc.constantFrom('a', 'b'),
      hypotheses: fc.uniqueArray(
        fc.record({
          failureMode: fc.constantFrom('x', 'y', 'z', 'unknown'),
          probability: fc.double({ min: 0.001, max: 1, noNaN: true }),
        }),
        { minLength: 1, maxLength: 4, selector: ({ failureMode }) => failureMode },
      ),
      evidence: fc
        .dictionary(fc.constantFrom('f', 'g', 'h'), fc.double({ min: 0.5, max: 50, noNaN: true }), { minKeys: 1 })
        .map(evidence),
    })
    fc.assert(
      fc.property(facts, facts, (a, b) => {
        const there = caseDistance(a, b)
        expect(caseDistance(b, a).whole).toBeCloseTo(there.whole, 12)
        expect(there.whole).toBeGreaterThanOrEqual(0)
        expect(there.whole).toBeLessThanOrEqual(1)
        expect(caseDistance(a, a).whole).toBeLessThan(1e-6)
      }),
    )
  })
})
