import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, type Millis } from '../../core/index.ts'
import { createFleet, type FaultPlan } from './fleet.ts'
import type { SimulatedAppliance } from './simulatedAppliance.ts'

const catalog = loadCatalog()
const winter = Date.UTC(2026, 0, 5)
const summer = Date.UTC(2026, 6, 1)

function fleetOf(
  kind: 'fridge' | 'washer' | 'ac',
  count: number,
  start: Millis,
  faults: FaultPlan[] = [],
  models?: string[],
) {
  return createFleet({ seed: 9, catalog, kinds: { [kind]: count }, start, faults, nuisances: false, models }).appliances
}
/** Mean of a metric over the readings for which `when` holds. */
function mean(
  appliance: SimulatedAppliance,
  metric: string,
  days: number,
  when: (value: (name: string) => number) => boolean,
): number {
  const { metricIndex } = catalog.kind(appliance.kind)
  const value = (name: string): number => appliance.values[metricIndex.get(name)!]!
  const until = appliance.nextAt() + days * DAY
  let sum = 0
  let count = 0
  while (appliance.nextAt() <= until) {
    if (!appliance.next() || !when(value)) continue
    sum += value(metric)
    count++
  }
  return sum / count
}
const whole = (failureMode: string): FaultPlan[] =>
  [0, 1, 2, 3].map((index) => ({ index, failureMode, onsetDay: 0.01, shape: 'step', days: 0.01 }))

test('a wash takes 0.3 to 1.6 kWh, half an hour to four hours, and tells 5 s by 5 s', () => {
  const energies: number[] = []
  const minutes: number[] = []
  for (const washer of fleetOf('washer', 12, winter)) {
    const power = catalog.kind('washer').metricIndex.get('power')!
    let joules = 0
    let readings = 0
    while (washer.nextAt() <= winter + 14 * DAY) {
      washer.next()
      if (washer.states.phase !== 'idle') {
        joules += washer.values[power]! * 5
        readings++
      } else if (readings > 0) {
        energies.push(joules / 3.6e6)
        minutes.push(readings / 12)
        joules = readings = 0
      }
    }
  }
  expect(energies.length).toBeGreaterThan(40)
  expect(Math.min(...energies)).toBeGreaterThan(0.25)
  expect(Math.max(...energies)).toBeLessThan(1.7)
  expect(Math.min(...minutes)).toBeGreaterThan(35)
  expect(Math.max(...minutes)).toBeLessThan(240)
})

test('a worn bearing shows in its envelope long before it shows in the RMS', () => {
  const spinning = (value: (name: string) => number): boolean => value('drumSpeed') > 550
  const sound = fleetOf('washer', 4, winter, [], ['Aqua 7'])
  const worn = fleetOf(
    'washer',
    4,
    winter,
    [0, 1, 2, 3].map((index) => ({ index, failureMode: 'bearing-wear', onsetDay: -10, days: 40, shape: 'linear' })),
    ['Aqua 7'],
  )
  for (const [i, washer] of worn.entries()) {
    const envelope = mean(washer, 'bearingEnvelope', 14, spinning) / mean(sound[i]!, 'bearingEnvelope', 14, spinning)
    expect(envelope).toBeGreaterThan(3)
  }
  const rms = worn.map(
    (washer, i) => mean(washer, 'vibrationRms', 3, spinning) / mean(sound[i]!, 'vibrationRms', 3, spinning),
  )
  expect(Math.min(...rms.filter((share) => !Number.isNaN(share)))).toBeLessThan(1.5)
})

test('a leak leaves a cold coil with a small difference of return and supply, a filter one with a large difference', () => {
  const cooling = (value: (name: string) => number): boolean =>
    value('compressorOn') === 1 && value('compressorFrequency') > 0
  const span = (plans: FaultPlan[], metric: string): number[] =>
    fleetOf('ac', 4, summer, plans, ['Breeze 9']).map((one) => mean(one, metric, 12, cooling))
  const difference = (plans: FaultPlan[]): number => {
    const returned = span(plans, 'returnTemp')
    const supply = span(plans, 'supplyTemp')
    const seen = returned.map((value, i) => value - supply[i]!).filter((value) => !Number.isNaN(value))
    return seen.reduce((a, b) => a + b) / seen.length
  }
  const half = (failureMode: string): FaultPlan[] =>
    [0, 1, 2, 3].map((index) => ({ index, failureMode, onsetDay: -40, days: 80, shape: 'linear' }))
  const sound = difference([])
  expect(difference(half('refrigerant-leak'))).toBeLessThan(sound)
  expect(difference(half('filter-clog'))).toBeGreaterThan(sound)
})

test('an air conditioner in use keeps its room within 3 K of what was asked for', () => {
  for (const one of [...fleetOf('ac', 6, winter), ...fleetOf('ac', 6, summer)]) {
    const { metricIndex } = catalog.kind('ac')
    let off = 0
    let running = 0
    const from = one.nextAt()
    while (one.nextAt() <= from + 14 * DAY) {
      one.next()
      if (one.states.mode !== 'cool' && one.states.mode !== 'heat') continue
      running++
      if (Math.abs(one.values[metricIndex.get('roomTemp')!]! - one.values[metricIndex.get('setpointTemp')!]!) > 3) off++
    }
    if (running > 500) expect(off / running).toBeLessThan(0.15)
  }
})

test('a start relay that fails makes a fridge try again and again', () => {
  const starts = (faults: FaultPlan[]): number[] =>
    fleetOf('fridge', 4, winter, faults, ['Polar 300']).map(
      (fridge) => 1440 * mean(fridge, 'compressorStarts', 3, () => true),
    )
  const sound = starts([])
  for (const [i, perDay] of starts(whole('start-relay-failure')).entries())
    expect(perDay).toBeGreaterThan(4 * sound[i]!)
})
