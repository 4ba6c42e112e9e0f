import { expect, test } from 'vitest'
import { PARTITIONS, partitionOf } from './partitionOf.ts'

test('an appliance is in the same partition in every release', () => {
  expect(['fridge-0001', 'washer-17', '', 'Kühlschrank-1'].map(partitionOf)).toMatchInlineSnapshot(`
    [
      119,
      179,
      197,
      71,
    ]
  `)
})

test('appliances spread evenly, also where their names differ in a number alone', () => {
  const sizes = new Array<number>(PARTITIONS).fill(0)
  const many = PARTITIONS * 200
  for (let i = 0; i < many; i++) sizes[partitionOf(`fridge-${i}`)]! += 1
  // 200 on average: with chance alone a partition of fewer than 120 or more than 280 is one in a hundred million.
  expect(Math.min(...sizes)).toBeGreaterThan(120)
  expect(Math.max(...sizes)).toBeLessThan(280)
})
