import { expect, test } from 'vitest'
import { DAY, SeededRandom } from '../../core/index.ts'
import { learnExtreme, newExtremes, onceInTenYears } from './dailyExtremes.ts'

/** A standard draw of Gumbel's distribution: what the largest of many values scatters like. */
const gumbel = (random: SeededRandom): number => -Math.log(-Math.log(1 - random.next()))

test('a level that days of Gumbel reach once in ten years is found within a fifth', () => {
  const random = new SeededRandom(7, 'extremes')
  const extremes = newExtremes(1)
  for (let day = 0; day < 400; day++) learnExtreme(extremes, 0, day * DAY, 10 + 2 * gumbel(random), 1)
  const exact = 10 + 2 * Math.log(3_652)
  expect(Math.abs(onceInTenYears(extremes, 0, 1) - exact)).toBeLessThan(0.2 * exact)
})

test('of a day its extreme counts alone, and the day under way not yet', () => {
  const extremes = newExtremes(2)
  for (let day = 0; day < 8; day++)
    for (const value of [3, 5, 4]) {
      learnExtreme(extremes, 0, day * DAY + value, value, 1)
      learnExtreme(extremes, 1, day * DAY + value, value, -1)
    }
  learnExtreme(extremes, 0, 7 * DAY + 9, 900, 1)
  expect(onceInTenYears(extremes, 0, 1)).toBeCloseTo(5)
  expect(onceInTenYears(extremes, 1, -1)).toBeCloseTo(3)
})

test('few days decide nothing', () => {
  const extremes = newExtremes(1)
  for (let day = 0; day < 5; day++) learnExtreme(extremes, 0, day * DAY, 4, 1)
  expect(onceInTenYears(extremes, 0, 1)).toBe(-Infinity)
  expect(onceInTenYears(extremes, 0, -1)).toBe(Infinity)
})
