import fc from 'fast-check'
import { expect, test } from 'vitest'
import { conversion, ucumOf, unitsLike } from './units.ts'

test.each([
  ['degF', 'Cel', 212, 100],
  ['°F', 'Cel', -40, -40],
  ['K', 'Cel', 273.15, 0],
  ['kW', 'W', 0.12, 120],
  ['mA', 'A', 250, 0.25],
  ['permille', '1', 500, 0.5],
  ['%', '1', 50, 0.5],
  ['1', '%', 0.5, 50],
  ['in/s', 'mm/s', 1, 25.4],
  ['h', 's', 2, 7_200],
  ['Hz', '/min', 10, 600],
])('%s → %s: %d is %d', (from, to, sent, stored) => {
  const line = conversion(from, to)
  expect(line && sent * line.scale + line.shift).toBeCloseTo(stored, 9)
})

test('an energy of the interval becomes a power; what measures something else does not', () => {
  expect(conversion('kWh', 'W')).toEqual({ scale: 3.6e6, shift: 0, perSecond: true })
  expect(conversion('degF', 'W')).toBeUndefined()
  expect(conversion('constructor', 'W')).toBeUndefined()
  expect(ucumOf('toString')).toBeUndefined()
})

test('there and back is where one was', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...unitsLike('Cel')),
      fc.double({ min: -1e4, max: 1e4, noNaN: true }),
      (unit, value) => {
        const [there, back] = [conversion(unit, 'Cel'), conversion('Cel', unit)]
        if (!there || !back) throw new Error(unit)
        expect((value * there.scale + there.shift) * back.scale + back.shift).toBeCloseTo(value, 6)
      },
    ),
  )
})
