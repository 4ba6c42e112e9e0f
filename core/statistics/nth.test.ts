import { expect, test } from 'vitest'
import { cell, nth, there } from './nth.ts'

test('what is there is read, zero and the empty text, too', () => {
  expect(nth([0, ''], 0)).toBe(0)
  expect(nth(['', 1], 0)).toBe('')
  expect(nth({ a: false }, 'a')).toBe(false)
  expect(cell(Float64Array.of(1, Number.NaN), 1)).toBeNaN()
  expect(there(0)).toBe(0)
})

test('what is not there stops at once, with its place', () => {
  const sparse: (number | undefined)[] = [undefined]
  const named: Record<string, number> = {}
  expect(() => nth([1], 1)).toThrow('nothing at 1')
  expect(() => nth([1], -1)).toThrow(RangeError)
  expect(() => nth(sparse, 0)).toThrow(RangeError)
  expect(() => nth(named, 'none')).toThrow('nothing at none')
  expect(() => cell(new Float64Array(2), 2)).toThrow('no cell 2 of 2')
  expect(() => there(undefined)).toThrow(RangeError)
})
