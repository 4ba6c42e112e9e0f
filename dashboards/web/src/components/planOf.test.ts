import { expect, test } from 'vitest'
import { distanceKm } from '../../../../core/index.ts'
import { planOf } from './planOf.ts'

const vienna = { lat: 48.21, lon: 16.37 }
const linz = { lat: 48.31, lon: 14.29 }
const graz = { lat: 47.07, lon: 15.44 }
const sheet = { width: 600, height: 400, margin: 30 }

test('a plan is to scale, north is above, and everything lies on the sheet', () => {
  const plan = planOf(
    [vienna, linz, graz].map((location) => ({ location })),
    sheet,
  )
  for (const [a, b] of [
    [vienna, linz],
    [linz, graz],
    [graz, vienna],
  ] as const) {
    const [p, q] = [plan.at(a), plan.at(b)]
    const km = Math.hypot(p.x - q.x, p.y - q.y) / plan.pxPerKm
    expect(Math.abs(km / distanceKm(a, b) - 1)).toBeLessThan(0.01)
  }
  expect(plan.at(linz).y).toBeLessThan(plan.at(graz).y)
  expect(plan.at(linz).x).toBeLessThan(plan.at(vienna).x)
  for (const { x, y } of [vienna, linz, graz].map(plan.at)) {
    expect(Math.min(x, sheet.width - x)).toBeGreaterThanOrEqual(sheet.margin - 0.001)
    expect(Math.min(y, sheet.height - y)).toBeGreaterThanOrEqual(sheet.margin - 0.001)
  }
})

test('one place alone stands in the middle, with some kilometres around it', () => {
  const plan = planOf([{ location: vienna }], sheet)
  expect(plan.at(vienna)).toEqual({ x: 300, y: 200 })
  expect(plan.pxPerKm).toBeLessThan(1_000)
})
