import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { planDetection } from './detectionPlan.ts'
import { scaledValue } from './feature.ts'

test('of what is counted none is as far from one as two is, and of what is measured nothing is lost', () => {
  const { features } = planDetection(loadCatalog().kind('fridge'))
  const scaled = (name: string, value: number): number => scaledValue(features.find((one) => one.name === name)!, value)
  expect(scaled('starts', 1) - scaled('starts', 0)).toBeCloseTo(scaled('starts', 2) - scaled('starts', 1))
  expect(scaled('runs', 1) - scaled('runs', 0)).toBeCloseTo(scaled('runs', 2) - scaled('runs', 1))
  expect(scaled('duty', 0.2) - scaled('duty', 0.1)).toBeCloseTo(Math.LN2)
})

test('a fan that stands is no thousandth of one that turns', () => {
  const { features } = planDetection(loadCatalog().kind('fridge'))
  const fanOn = features.find(({ name }) => name === 'fanOn')!
  expect(scaledValue(fanOn, 0)).toBeCloseTo(Math.log(5))
  expect(scaledValue(fanOn, 1_200)).toBeCloseTo(Math.log(1_200))
})
