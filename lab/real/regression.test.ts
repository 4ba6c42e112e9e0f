import { describe, expect, test } from 'vitest'
import { SeededRandom, uniform } from '../../core/index.ts'
import { fitBoostedTrees, predictBoosted } from './boostedTrees.ts'
import { fitKernelRidge, predictKernelRidge } from './kernelRidge.ts'

const trees = { trees: 150, depth: 3, rate: 0.1, rowShare: 0.7, featureShare: 1, leastRows: 10 }
const kernel = { waves: 150, gamma: 0.1, ridge: 0.1 }

/** Each way to learn a curve from rows, asked the same. */
const ways: [string, (rows: Float64Array[], targets: Float64Array, seed: number) => (row: Float64Array) => number][] = [
  [
    'boosted trees',
    (rows, targets, seed) => {
      const model = fitBoostedTrees(rows, targets, trees, new SeededRandom(seed, 'trees'))
      return (row) => predictBoosted(model, row)
    },
  ],
  [
    'kernel ridge',
    (rows, targets, seed) => {
      const model = fitKernelRidge(rows, targets, kernel, new SeededRandom(seed, 'kernel'))
      return (row) => predictKernelRidge(model, row)
    },
  ],
]

describe.each(ways)('%s', (_, fit) => {
  const random = new SeededRandom(9, 'rows')
  const draw = (count: number): Float64Array[] =>
    Array.from({ length: count }, () => Float64Array.from({ length: 3 }, () => uniform(random, -1, 1)))
  // A ridge that is neither linear nor additive; the third feature says nothing.
  const truth = (row: Float64Array): number => 50 + 20 * row[0]! * row[1]! + 10 * Math.abs(row[0]!)
  const rows = draw(1500)
  const targets = Float64Array.from(rows, truth)

  test('learns a curve that a line cannot follow, on rows that it has not seen', () => {
    const predict = fit(rows, targets, 1)
    let squares = 0
    let total = 0
    for (const row of draw(500)) {
      squares += (predict(row) - truth(row)) ** 2
      total += (truth(row) - 55) ** 2
    }
    expect(squares / total).toBeLessThan(0.1)
  })

  test('says the same for the same seed', () => {
    const [one, two] = [fit(rows, targets, 4), fit(rows, targets, 4)]
    for (const row of draw(20)) expect(one(row)).toBe(two(row))
  })

  test('of one constant says that constant', () => {
    const predict = fit(rows, new Float64Array(rows.length).fill(7), 1)
    expect(predict(rows[0]!)).toBeCloseTo(7, 1)
  })
})
