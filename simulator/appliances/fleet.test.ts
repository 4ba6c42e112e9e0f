import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, HOUR, type Millis } from '../../core/index.ts'
import { createFleet, type FleetOptions } from './fleet.ts'
import { readingsOf } from './readingsOf.ts'
import { runsOf } from './runs.ts'
import type { SimulatedAppliance } from './simulatedAppliance.ts'

const catalog = loadCatalog()
const start = Date.UTC(2026, 1, 2)
const options: FleetOptions = {
  seed: 7,
  catalog,
  kinds: { fridge: 2, washer: 2, ac: 2 },
  start,
  faults: 'drawn',
  faultsPerYear: 12,
  soundDays: 1,
  nuisances: true,
}

/** Everything it sends until then, as text. */
function sent(appliance: SimulatedAppliance, until: Millis): string[] {
  const texts: string[] = []
  while (appliance.nextAt() <= until) {
    if (appliance.next()) texts.push(JSON.stringify([appliance.reading(), appliance.copies, appliance.arrivesAt]))
  }
  return texts
}
const bytesOf = (o: FleetOptions, days: number): string => {
  const hash = createHash('sha256')
  const fleet = createFleet(o)
  for (const appliance of fleet.appliances) hash.update(sent(appliance, start + days * DAY).join())
  return hash.update(JSON.stringify(fleet.truth())).digest('hex')
}

test('the same seed gives the same bytes and the same truth; another seed does not', () => {
  const bytes = bytesOf(options, 20)
  expect(bytesOf(options, 20)).toBe(bytes)
  expect(bytesOf({ ...options, seed: 8 }, 20)).not.toBe(bytes)
})

test('a larger fleet begins with the smaller one', () => {
  const small = createFleet(options).appliances[1]!
  const large = createFleet({ ...options, kinds: { fridge: 5, washer: 4, ac: 3 } }).appliances[1]!
  expect(large.registration).toEqual(small.registration)
  expect(sent(large, start + 3 * DAY)).toEqual(sent(small, start + 3 * DAY))
})

test('an appliance that is put back from a snapshot goes on exactly where it stopped', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 30 * 24 * 60 }), (index, minutes) => {
      const one = createFleet(options).appliances[index]!
      sent(one, start + minutes * 60_000)
      const other = createFleet(options).appliances[index]!
      other.restore(one.state())
      const until = start + minutes * 60_000 + 2 * DAY
      expect(sent(other, until)).toEqual(sent(one, until))
      expect(other.faults).toEqual(one.faults)
    }),
    { numRuns: 25 },
  )
})

test('readings come in the order of their own time, and every one is possible', () => {
  const fleet = createFleet({ ...options, kinds: { fridge: 6, washer: 6, ac: 6 }, faults: 'none' })
  let checked = 0
  for (const appliance of fleet.appliances) {
    const { metricNames, metrics } = catalog.kind(appliance.kind)
    let last = 0
    while (appliance.nextAt() <= start + 60 * DAY) {
      if (!appliance.next()) continue
      if (appliance.ts <= last || appliance.arrivesAt < appliance.trueTs)
        throw new Error(`${appliance.id} out of order`)
      last = appliance.ts
      for (const [m, name] of metricNames.entries()) {
        const value = appliance.values[m]!
        const [low, high] = metrics[name]!.plausible
        if (!Number.isNaN(value) && (value < low || value > high)) throw new Error(`${appliance.id} ${name} ${value}`)
        checked++
      }
    }
  }
  expect(checked).toBeGreaterThan(3_000_000)
})

test('a model sends every metric of its kind but those it lacks, and a power-only fridge sends power', () => {
  const fleet = createFleet({
    ...options,
    kinds: { fridge: 3, ac: 2, washer: 2 },
    models: ['Meter Basic', 'Wave 7', 'Breeze 9'],
  })
  const names = fleet.appliances.map((appliance) => {
    while (!appliance.next());
    return [appliance.model, Object.keys(appliance.reading().metrics).length] as const
  })
  expect(new Map(names)).toEqual(
    new Map([
      ['Meter Basic', 1],
      ['Wave 7', 12],
      ['Breeze 9', 17],
    ]),
  )
})

test('homes share their region’s weather, owners speak its language, and a home has one of each kind', () => {
  const { appliances } = createFleet({ ...options, kinds: { fridge: 30, washer: 30, ac: 30 } })
  const homes = new Map<string, number>()
  for (const { registration } of appliances) homes.set(registration.homeId!, (homes.get(registration.homeId!) ?? 0) + 1)
  expect(Math.max(...homes.values())).toBeLessThanOrEqual(6)
  expect(new Set(appliances.map(({ home }) => home.weather.region.name)).size).toBe(3)
  for (const { registration, home } of appliances)
    expect(registration.owner?.language).toBe(home.weather.region.language)
})

describe('sixty healthy fridges over two weeks', () => {
  const fleet = createFleet({ ...options, seed: 21, kinds: { fridge: 60 }, faults: 'none', nuisances: false })
  const power = catalog.kind('fridge').metricIndex.get('power')!
  const seen = fleet.appliances.map((fridge) => {
    const watts: number[] = []
    while (fridge.nextAt() <= start + 14 * DAY) if (fridge.next()) watts.push(fridge.values[power]!)
    return runsOf(watts, 25)
  })
  const all = (pickOne: (runs: ReturnType<typeof runsOf>) => number): number[] =>
    seen.map(pickOne).sort((a, b) => a - b)
  // Ranges of the real ones: EVALUATION.md, "Simulator".
  test.each([
    ['duty', all(({ duty }) => duty), 0.14, 0.59],
    ['cycles a day', all(({ perDay }) => perDay), 10, 35],
    ['median minutes on', all(({ onMinutes }) => onMinutes), 6, 26],
    ['median minutes off', all(({ offMinutes }) => offMinutes), 20, 81],
    ['kWh a day', all(({ kWhPerDay }) => kWhPerDay), 0.23, 1.8],
    ['W while on', all(({ onWatts }) => onWatts), 46, 133],
  ])('%s is that of real fridges', (_, values, low, high) => {
    expect(values[0]).toBeGreaterThanOrEqual(low)
    expect(values.at(-1)).toBeLessThanOrEqual(high)
  })
  test('half of them run less than about 30 % of the time', () => {
    expect(all(({ duty }) => duty)[30]).toBeCloseTo(0.29, 1)
  })
})

test('while nothing is wrong, no appliance fails, whatever the nuisances', () => {
  const fleet = createFleet({
    ...options,
    start: Date.UTC(2026, 5, 1),
    faults: 'none',
    kinds: { fridge: 12, washer: 12, ac: 12 },
  })
  for (const appliance of fleet.appliances) while (appliance.nextAt() <= Date.UTC(2026, 7, 1)) appliance.next()
  expect(fleet.truth().faults).toEqual([])
  expect(new Set(fleet.truth().nuisances.map(({ nuisance }) => nuisance.kind)).size).toBeGreaterThan(6)
})

test('gaps and power cuts leave holes; half of the gaps are filled afterwards', () => {
  const fleet = createFleet({ ...options, faults: 'none', kinds: { fridge: 20 } })
  const kept: Millis[] = []
  let holes = 0
  for (const fridge of fleet.appliances) {
    while (fridge.nextAt() <= start + 120 * DAY) {
      const due = fridge.nextAt()
      if (!fridge.next()) holes++
      else if (fridge.arrivesAt > due + HOUR) kept.push(due)
    }
  }
  const gaps = fleet.truth().nuisances.filter(({ nuisance }) => nuisance.kind === 'gap')
  const filled = gaps.filter(({ nuisance }) => nuisance.size === 1).length / gaps.length
  expect(holes).toBeGreaterThan(1_000)
  expect(kept.length).toBeGreaterThan(1_000)
  expect(filled).toBeGreaterThan(0.25)
  expect(filled).toBeLessThan(0.75)
})

test('a fleet is read in time by blocks: nobody is more than a block ahead, and no reading is told twice or left out', () => {
  const fleet = createFleet({ ...options, nuisances: false, faults: 'none' })
  const seen = new Map<string, number>()
  let newest = 0
  for (const { id, trueTs } of readingsOf(fleet, start + HOUR, start + 5 * HOUR)) {
    expect(trueTs).toBeGreaterThan(newest - 10 * 60_000)
    newest = Math.max(newest, trueTs)
    seen.set(id, (seen.get(id) ?? 0) + 1)
  }
  for (const id of ['fridge-0001', 'fridge-0002', 'ac-0001', 'ac-0002']) expect(seen.get(id)).toBe(240)
})

test('what is asked of a summer is in its truth: the heat waves of the region', () => {
  const fleet = createFleet({ ...options, start: Date.UTC(2026, 5, 1), kinds: { fridge: 3 } })
  for (const fridge of fleet.appliances) while (fridge.nextAt() <= Date.UTC(2026, 8, 1)) fridge.next()
  const waves = fleet.truth().nuisances.filter(({ nuisance }) => nuisance.kind === 'heat-wave')
  expect(new Set(waves.map(({ appliance }) => appliance)).size).toBe(3)
})
