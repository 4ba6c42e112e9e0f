import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, SeededRandom } from '../../core/index.ts'
import { cleanAppliance } from './cleaning.ts'
import { drawFault, type Fault, severityOf } from './faults.ts'
import { createFleet } from './fleet.ts'

const clogged = (seed: number, mode = 'filter-clog'): Fault => ({
  ...drawFault('ac', 'ac-0001', mode, 100 * DAY, new SeededRandom(seed), { days: 40, shape: 'linear' }),
  needs: [mode === 'filter-clog' ? 'air-filter' : 'coil-cleaner'],
})
const rinsed = (fault: Fault, trueTs: number, care = 0.5): boolean =>
  cleanAppliance({ faults: [fault], kind: 'ac', trueTs }, 'rinse-filter', care)

test('a rinsed filter is less clogged, clogs on as fast as before, and the appliance lasts longer for it', () => {
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (seed, gone, care) => {
        const fault = clogged(seed)
        const at = fault.onset + gone * 40 * DAY
        const before = severityOf(fault, at)
        expect(rinsed(fault, at, care)).toBe(true)
        const left = severityOf(fault, at)
        expect(left).toBeLessThanOrEqual(before * 0.5 + 1e-9)
        expect(left).toBeGreaterThanOrEqual(before * 0.1 - 1e-9)
        expect(severityOf(fault, at + 4 * DAY) - left).toBeCloseTo(Math.min(0.1, 1 - left), 9)
        expect(severityOf(fault, fault.courseEndsAt)).toBeCloseTo(1, 9)
        expect(fault.courseEndsAt).toBeGreaterThan(140 * DAY)
        expect(fault.functionalFailureAt).toBe(fault.courseEndsAt)
      },
    ),
  )
})

test('what no hand of an owner reaches stays as it is: another fault, another part, what came at once, what has not begun', () => {
  const at = 120 * DAY
  for (const fault of [
    clogged(1, 'condenser-fouling'),
    { ...clogged(1), needs: ['coil-cleaner'] },
    { ...clogged(1), abrupt: true },
    { ...clogged(1), onset: at + DAY },
    { ...clogged(1), repairedAt: at - DAY },
  ]) {
    const was = structuredClone(fault)
    expect(rinsed(fault, at)).toBe(false)
    expect(fault).toEqual(was)
  }
})

test('a failure that has been is not undone, though the appliance works again', () => {
  const fault: Fault = { ...clogged(1), failed: true, functionalFailureAt: 135 * DAY }
  const { courseEndsAt } = fault
  expect(rinsed(fault, 138 * DAY, 1)).toBe(true)
  expect(severityOf(fault, 138 * DAY)).toBeLessThan(0.2)
  expect([fault.courseEndsAt, fault.functionalFailureAt]).toEqual([courseEndsAt, 135 * DAY])
})

test('its air comes back in what the appliance itself measures', () => {
  const start = Date.UTC(2026, 6, 1)
  const catalog = loadCatalog()
  const { metricIndex } = catalog.kind('ac')
  const [twice, once] = [true, false].map((isCleaned) => {
    const [one] = createFleet({
      seed: 9,
      catalog,
      kinds: { ac: 1 },
      start,
      nuisances: false,
      faults: [{ index: 0, failureMode: 'filter-clog', onsetDay: 1, days: 20, shape: 'linear' }],
    }).appliances
    if (!one) throw new Error('a fleet of one has one')
    one.faults[0]!.needs = ['air-filter']
    const value = (name: string): number => one.values[metricIndex.get(name) ?? -1] ?? Number.NaN
    let [sum, count] = [0, 0]
    while (one.nextAt() <= start + 18 * DAY) {
      if (isCleaned && one.trueTs > start + 15 * DAY && !one.faults[0]?.cleaned) cleanAppliance(one, 'rinse-filter', 1)
      if (!one.next() || one.trueTs < start + 16 * DAY || value('compressorOn') < 0.9) continue
      sum += Math.abs(value('returnTemp') - value('supplyTemp'))
      count++
    }
    expect(count).toBeGreaterThan(20)
    return sum / count
  })
  // A clogged filter cools little air by much.
  expect(twice).toBeLessThan(once! - 1)
})
