import { expect, test } from 'vitest'
import { moved } from './moved.ts'

const HOUR = 3_600_000
const span = { from: 10 * HOUR, to: 14 * HOUR }

test('a stretch moves by half of itself, and lengthens and shortens around its middle', () => {
  expect(moved(span, 'back', 100 * HOUR)).toEqual({ from: 8 * HOUR, to: 12 * HOUR, isLive: false })
  expect(moved(span, 'on', 100 * HOUR)).toEqual({ from: 12 * HOUR, to: 16 * HOUR, isLive: false })
  expect(moved(span, 'in', 100 * HOUR)).toEqual({ from: 11 * HOUR, to: 13 * HOUR, isLive: false })
  expect(moved(span, 'out', 100 * HOUR)).toEqual({ from: 8 * HOUR, to: 16 * HOUR, isLive: false })
})

test('it ends with what is newest, and never shorter than a minute', () => {
  expect(moved(span, 'on', 15 * HOUR)).toEqual({ from: 11 * HOUR, to: 15 * HOUR, isLive: true })
  expect(moved(span, 'out', 14 * HOUR)).toEqual({ from: 6 * HOUR, to: 14 * HOUR, isLive: true })
  expect(moved({ from: 0, to: 60_000 }, 'in', HOUR)).toEqual({ from: 0, to: 60_000, isLive: false })
})
