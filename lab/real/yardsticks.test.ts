import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gaussian, SeededRandom } from '../../core/index.ts'
import { changeScores } from './changeScore.ts'
import { degradationFeatures } from './degradation.ts'
import { episodesOf } from './episodes.ts'
import { intervalOf } from './lifeInterval.ts'
import { alarmsOf, noveltyScores } from './nab.ts'
import { nabScore } from './nabScore.ts'
import { realReport } from './realReport.ts'
import { rigScores } from './rigScore.ts'
import { averagePrecision } from './skab.ts'

const numbers = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: length, maxLength: 2 * length })

describe('the yardsticks', () => {
  const profile = { tpWeight: 1, fnWeight: 1, fpWeight: 0.11 }
  const stream = { rows: 1000, windows: [[400, 499]] as [number, number][] }
  const score = (alarms: number[]): number => nabScore([{ ...stream, alarms }], profile)

  test("NAB's score gives 0 for silence, 100 for the first row of each window, less for later and for false alarms", () => {
    expect(score([])).toBe(0)
    expect(score([400])).toBeCloseTo(100, 9)
    expect(score([400, 450])).toBeCloseTo(100, 9)
    expect(score([499])).toBeGreaterThan(50)
    expect(score([499])).toBeLessThan(score([450]))
    expect(score([400, 900])).toBeCloseTo(100 - (100 * 0.11) / 2, 6)
    expect(score([400, 502])).toBeGreaterThan(score([400, 900]))
    // Within probation nothing counts.
    expect(score([10])).toBe(0)
  })

  test('an episode that is open at the onset does not find it, and one that opened before it is false', () => {
    const truth = Array.from({ length: 400 }, (_, r) => r >= 200 && r < 300)
    const scores = (from: number, to: number): Float64Array =>
      Float64Array.from({ length: 400 }, (_, r) => (r >= from && r < to ? 2 : 0))
    expect(episodesOf(scores(210, 290), truth, 1, 60)).toEqual({ found: 1, false: 0, starts: [210] })
    expect(episodesOf(scores(190, 290), truth, 1, 60)).toEqual({ found: 0, false: 1, starts: [190] })
    expect(episodesOf(scores(270, 290), truth, 1, 60)).toEqual({ found: 0, false: 0, starts: [270] })
    expect(averagePrecision(Float64Array.of(3, 2, 1), [true, false, true])).toBeCloseTo((1 + 2 / 3) / 2, 9)
  })

  test('the report has a row for each figure, with what was aimed at', () => {
    const text = realReport(
      [
        {
          name: 'N',
          figures: [{ figure: 'f', measured: 'm', blind: 'b', firstAim: 'a', goal: 'g' }],
          about: ['how'],
        },
      ],
      '2026-01-02',
    )
    expect(text).toContain('| N | f | m | b | a | g |')
    expect(text).toContain('## N\n\nhow')
    expect(text).toContain('2026-01-02')
  })
})

describe('cutting off the future changes nothing that was said', () => {
  test('by novelty and its alarms', () => {
    fc.assert(
      fc.property(numbers(200), fc.nat(200), (values, cut) => {
        const all = noveltyScores(Float64Array.from(values))
        const part = noveltyScores(Float64Array.from(values.slice(0, cut)))
        expect(part).toEqual(all.slice(0, cut))
        expect(alarmsOf(part, 0.2)).toEqual(alarmsOf(all, 0.2).filter((row) => row < cut))
      }),
      { numRuns: 30 },
    )
  })

  test('by the scores of a rig, once it is commissioned', () => {
    fc.assert(
      fc.property(numbers(300), numbers(300), fc.nat(100), (a, b, more) => {
        const columns = [a, b].map((column) => Float64Array.from(column.slice(0, 300)))
        const cut = 200 + more
        const part = columns.map((column) => column.slice(0, cut))
        expect(rigScores(part, 200)).toEqual(rigScores(columns, 200).slice(0, cut))
        for (const side of [-1, 0, 1] as const)
          expect(changeScores(part[0]!, 200, side)).toEqual(changeScores(columns[0]!, 200, side).slice(0, cut))
      }),
      { numRuns: 30 },
    )
  })

  test('by the features of degradation', () => {
    const cycle = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(cycle, { minLength: 60, maxLength: 120 }), fc.nat(60), (rows, cut) => {
        const engine = { cycles: rows.map((row) => Float64Array.from(row)) }
        // Learned from other engines, so never from the future of this one.
        const index = { means: new Float64Array(3), spreads: new Float64Array(3).fill(1), weights: [[1, 2, 3, 4]] }
        const all = degradationFeatures(engine, index, [5, Infinity], true)
        expect(degradationFeatures({ cycles: engine.cycles.slice(0, cut) }, index, [5, Infinity], true)).toEqual(
          all.slice(0, cut),
        )
      }),
      { numRuns: 30 },
    )
  })
})

test('an interval from engines predicted alike holds for engines like them', () => {
  const random = new SeededRandom(2, 'interval')
  const life = Array.from({ length: 100 }, () => Float64Array.from({ length: 100 }, (_, t) => 99 - t))
  const predicted = life.map((one) => one.map((x) => Math.max(0, Math.min(125, x + 8 * gaussian(random)))))
  const { holds, width } = intervalOf(predicted, life, 5, 125)
  expect(holds).toBeGreaterThan(0.75)
  expect(holds).toBeLessThan(0.85)
  // Of a Gaussian of 8, and of the width of a bin.
  expect(width).toBeGreaterThan(16)
  expect(width).toBeLessThan(24)
})
