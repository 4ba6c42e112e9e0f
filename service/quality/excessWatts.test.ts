import { expect, test } from 'vitest'
import { excessWatts } from './excessWatts.ts'

const day = (observed: number) => ({ observed, low: 20, high: 30 })

test('what a fault takes is between what is beyond the top of its band and what is beyond its foot', () => {
  expect(excessWatts([day(50), day(52), day(48)])).toEqual([20, 30])
})

test('a day out of its band among sound ones costs nothing, and two days say nothing', () => {
  expect(excessWatts([day(25), day(90), day(26)])).toBeUndefined()
  expect(excessWatts([day(90), day(90)])).toBeUndefined()
  expect(excessWatts([day(50), { observed: 50, low: Number.NaN, high: Number.NaN }, day(50)])).toBeUndefined()
})
