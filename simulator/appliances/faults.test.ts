import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, HOUR, SeededRandom } from '../../core/index.ts'
import { drawFault, mends, modesOf, severityOf, shapes } from './faults.ts'
import { createFleet } from './fleet.ts'
import { remedies } from './remedies.ts'

const catalog = loadCatalog()
const kinds = ['fridge', 'washer', 'ac'] as const
const everyMode = kinds.flatMap((kind) => modesOf(kind).map((mode) => ({ kind, mode })))

test('the world knows every failure mode of the catalog, and repairs them with parts that exist', () => {
  for (const kind of kinds) {
    const { failureModes, parts } = catalog.kind(kind)
    expect(modesOf(kind).sort()).toEqual(Object.keys(failureModes).sort())
    const fitted = Object.values(remedies[kind]!).flatMap(({ fits }) => Object.keys(fits))
    expect(fitted.filter((part) => !Object.hasOwn(parts, part))).toEqual([])
  }
})

const course = fc.record({
  seed: fc.nat(1_000_000),
  shape: fc.constantFrom(...shapes),
  days: fc.double({ min: 5, max: 150, noNaN: true }),
})
const make = ({ seed, shape, days }: { seed: number; shape: (typeof shapes)[number]; days: number }) =>
  drawFault('fridge', 'fridge-0001', 'refrigerant-leak', 1_000 * DAY, new SeededRandom(seed), { shape, days })

test('a course begins at nothing, ends at all of it, never leaves 0 to 1, and is over with the repair', () => {
  fc.assert(
    fc.property(course, fc.double({ min: 0, max: 1.5, noNaN: true }), (drawn, x) => {
      const fault = make(drawn)
      const at = fault.onset + x * drawn.days * DAY
      expect(severityOf(fault, fault.onset - 1)).toBe(0)
      expect(severityOf(fault, fault.courseEndsAt)).toBeCloseTo(1, 9)
      expect(severityOf(fault, at)).toBeGreaterThanOrEqual(0)
      expect(severityOf(fault, at)).toBeLessThanOrEqual(1)
      expect(severityOf({ ...fault, repairedAt: at }, at)).toBe(0)
    }),
  )
})

test('a course that does not come and go never gets better by itself', () => {
  fc.assert(
    fc.property(
      course,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (drawn, a, b) => {
        fc.pre(drawn.shape !== 'intermittent')
        const fault = make(drawn)
        const [early, late] = [Math.min(a, b), Math.max(a, b)].map((x) =>
          severityOf(fault, fault.onset + x * drawn.days * DAY),
        )
        expect(late).toBeGreaterThanOrEqual(early!)
      },
    ),
  )
})

test('of an exponential course, 4 to 12 % is there at 40 % of its time', () => {
  fc.assert(
    fc.property(course, (drawn) => {
      const fault = make({ ...drawn, shape: 'exponential' })
      const there = severityOf(fault, fault.onset + 0.4 * drawn.days * DAY)
      expect(there).toBeGreaterThan(0.04)
      expect(there).toBeLessThan(0.125)
    }),
  )
})

test('drawn at random: a tenth come without warning, the rest take 5 to 150 days, half of them less than 27', () => {
  const drawn = Array.from({ length: 4_000 }, (_, i) =>
    drawFault('ac', 'ac-0001', 'filter-clog', 0, new SeededRandom(i)),
  )
  const slow = drawn.filter(({ abrupt }) => !abrupt)
  expect(slow.length / drawn.length).toBeCloseTo(0.9, 1)
  const days = slow.map(({ courseEndsAt }) => courseEndsAt / DAY).sort((a, b) => a - b)
  expect(days[0]).toBeGreaterThanOrEqual(5)
  expect(days.at(-1)).toBeLessThanOrEqual(150)
  expect(days[days.length >> 1]).toBeGreaterThan(24)
  expect(days[days.length >> 1]).toBeLessThan(31)
})

test('a mode that the kind does not have is refused by name', () => {
  expect(() => drawFault('fridge', 'fridge-0001', 'bearing-wear', 0, new SeededRandom(1))).toThrow(
    /no fault 'bearing-wear'/,
  )
})

test('a closure mends only what it truly needed', () => {
  const fault = drawFault('fridge', 'fridge-0001', 'door-seal-leak', 0, new SeededRandom(1))
  expect(mends(fault, ['door-gasket', 'start-relay'])).toBe(true)
  expect(mends(fault, ['start-relay'])).toBe(false)
  expect(mends(fault, [])).toBe(false)
})

// Condensate does not run in winter, and an air conditioner that its owner seldom needs seldom fails.
test.each(everyMode)(
  '$mode of a $kind ends in what its kind calls functional failure, near the end of its course',
  ({ kind, mode }) => {
    const start = mode === 'condensate-drain-block' ? Date.UTC(2026, 6, 1) : Date.UTC(2026, 0, 5)
    const fleet = createFleet({
      seed: 3,
      catalog,
      kinds: { [kind]: 4 },
      start,
      faults: [0, 1, 2, 3].map((index) => ({ index, failureMode: mode, onsetDay: 5, days: 20, shape: 'linear' })),
      nuisances: false,
    })
    const shares = fleet.appliances.flatMap((appliance) => {
      while (appliance.nextAt() <= start + 38 * DAY) appliance.next()
      const [fault] = appliance.faults
      return fault?.failed ? [(fault.functionalFailureAt - fault.onset) / (20 * DAY)] : []
    })
    expect(shares.length).toBeGreaterThanOrEqual(mode === 'condensate-drain-block' ? 1 : 2)
    for (const share of shares) {
      expect(share).toBeGreaterThan(0.6)
      expect(share).toBeLessThan(1.6)
    }
  },
)

test('a repair ends it: a dead relay’s fridge is cold again within a day', () => {
  const start = Date.UTC(2026, 0, 5)
  const fleet = createFleet({
    seed: 5,
    catalog,
    kinds: { fridge: 1 },
    start,
    faults: [{ index: 0, failureMode: 'start-relay-failure', onsetDay: 2, abrupt: true }],
    nuisances: false,
    models: ['Polar 300'],
  })
  const [fridge] = fleet.appliances
  const cabinet = catalog.kind('fridge').metricIndex.get('cabinetTemp')!
  const warmest = (from: number, to: number): number => {
    let most = -99
    while (fridge!.nextAt() <= start + to * DAY) {
      fridge!.next()
      if (fridge!.ts >= start + from * DAY) most = Math.max(most, fridge!.values[cabinet]!)
    }
    return most
  }
  const sound = warmest(1, 2)
  expect(warmest(3, 4)).toBeGreaterThan(sound + 5)
  const [fault] = fridge!.faults
  expect(fault?.failed).toBe(true)
  expect(fault!.functionalFailureAt - fault!.onset).toBeGreaterThan(6 * HOUR)
  fault!.repairedAt = start + 4 * DAY
  expect(warmest(5, 6)).toBeLessThan(sound + 1.5)
})
