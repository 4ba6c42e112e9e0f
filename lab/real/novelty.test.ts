import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeededRandom } from '../../core/index.ts'
import { createNovelty } from './novelty.ts'

const options = { stretch: 8, neighbours: 3, history: 1000, warmUp: 20 }
const scoresOf = (values: number[]): number[] => {
  const novelty = createNovelty(options)
  return values.map((x) => novelty.update(x))
}

test('cutting off the future changes nothing that was said', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 400 }),
      fc.nat(400),
      (values, cut) => {
        expect(scoresOf(values.slice(0, cut))).toEqual(scoresOf(values).slice(0, cut))
      },
    ),
  )
})

test('what repeats is never new, however long; what stands still neither', () => {
  const square = Array.from({ length: 1000 }, (_, i) => (i % 40 < 20 ? 10.1 : 20.3))
  expect(Math.max(...scoresOf(square).slice(200))).toBe(0)
  expect(Math.max(...scoresOf(new Array<number>(500).fill(0.1)))).toBe(0)
})

test('a shape that was never there is newer than all before it, within values that were', () => {
  const random = new SeededRandom(3, 'novelty')
  const wave = Array.from({ length: 1500 }, (_, i) => Math.sin(i / 5) + 0.1 * random.next())
  const flat = wave.map((x, i) => (i >= 1200 && i < 1220 ? 0 : x))
  const said = scoresOf(flat)
  expect(Math.max(...said.slice(1200, 1222))).toBeCloseTo(Math.max(...said), 9)
  expect(Math.max(...said.slice(1200, 1222))).toBeGreaterThan(1.8)
})

test('an endless stream forgets, and is scored as one of its last values is', () => {
  const random = new SeededRandom(4, 'novelty')
  const values = Array.from({ length: 4000 }, () => random.next())
  const said = scoresOf(values)
  expect(said.every((score) => Number.isFinite(score) && score >= 0)).toBe(true)
  // Uniformly ranked: a tenth of the answers are above 1.
  expect(said.slice(300).filter((score) => score > 1).length / 3700).toBeLessThan(0.2)
})
