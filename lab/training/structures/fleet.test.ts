import { expect, test } from 'vitest'
import { loadCatalog } from '../../../catalog/index.ts'
import { DAY } from '../../../core/index.ts'
import { createStructuredFleet } from './fleet.ts'

const catalog = loadCatalog()
const start = Date.UTC(2026, 4, 1)
const kinds = { fridge: 6, ac: 4, washer: 3 }
const made = (faultsPerYear: number, days: number) =>
  createStructuredFleet({ seed: 3, catalog, kinds, start, days, faultsPerYear, soundDays: 5, prefix: 't-' })

test('drawn structures are the same each time, and say nothing that no sensor of their kind could', () => {
  const [one, two] = [made(2, 12), made(2, 12)]
  let [readings, different, implausible] = [0, 0, 0]
  for (const [n, appliance] of one.appliances.entries()) {
    const twin = two.appliances[n]!
    const { metricNames, metrics } = catalog.kind(appliance.kind)
    while (appliance.nextAt() <= start + 12 * DAY) {
      if (twin.next() !== appliance.next() || twin.ts !== appliance.ts) different++
      for (const [m, name] of metricNames.entries()) {
        const value = appliance.values[m]!
        if (!Object.is(twin.values[m], value)) different++
        const [low, high] = metrics[name]!.plausible
        if (value < low || value > high) implausible++
      }
      readings++
    }
  }
  expect({ different, implausible }).toEqual({ different: 0, implausible: 0 })
  expect(readings).toBeGreaterThan(100_000)
})

test('a drawn fridge keeps its temperature while it is sound', () => {
  const cabinet = catalog.kind('fridge').metricIndex.get('cabinetTemp')!
  const means = made(0, 10)
    .appliances.filter(({ kind }) => kind === 'fridge')
    .map((fridge) => {
      let [sum, count] = [0, 0]
      while (fridge.nextAt() <= start + 10 * DAY) {
        if (!fridge.next() || fridge.ts < start + 2 * DAY || Number.isNaN(fridge.values[cabinet]!)) continue
        sum += fridge.values[cabinet]!
        count++
      }
      return sum / count
    })
    .filter((mean) => !Number.isNaN(mean))
  expect(means.length).toBeGreaterThanOrEqual(3)
  for (const mean of means) {
    expect(mean).toBeGreaterThan(0)
    expect(mean).toBeLessThan(10)
  }
})
