import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, HOUR } from '../../core/index.ts'
import { createFleet } from '../../simulator/index.ts'
import { type Hearing, heardAs } from './hearing.ts'
import type { ReadFleet } from './runFleet.ts'

const catalog = loadCatalog()
const start = Date.UTC(2026, 2, 2)
const fleet = (): ReadFleet =>
  createFleet({
    seed: 5,
    catalog,
    kinds: { fridge: 1 },
    models: ['Polar 300'],
    start,
    faults: 'none',
    nuisances: false,
  })
const column = (metric: string): number => catalog.kind('fridge').metricIndex.get(metric)!

/** The readings of one day, as [ts, values]. */
function heard(hearing: Hearing | null): [number, Float64Array][] {
  const [one] = (hearing ? heardAs(fleet(), catalog, hearing) : fleet()).appliances
  const all: [number, Float64Array][] = []
  while (one!.nextAt() <= start + DAY) if (one!.next()) all.push([one!.ts, Float64Array.from(one!.values)])
  return all
}

test('who hears an appliance five times less often hears the same energy and the same door', () => {
  const near = heard(null)
  const far = heard({ cadenceSeconds: 300, sensors: 'all', steps: 0 })
  expect(far.length).toBe(Math.ceil(near.length / 5))
  const sum = (list: [number, Float64Array][], metric: string): number =>
    list.reduce((total, [, values]) => total + values[column(metric)]!, 0)
  const until = far.at(-1)![0]
  const same = near.filter(([ts]) => ts <= until)
  expect(sum(far, 'doorOpen')).toBeCloseTo(sum(same, 'doorOpen'), 6)
  // The first of them is the mean of one reading alone.
  expect((300 * (sum(far, 'power') - far[0]![1][column('power')]!)) / 60).toBeCloseTo(
    sum(same, 'power') - near[0]![1][column('power')]!,
    6,
  )
})

test('what is not heard is absent, and what is heard comes in its steps', () => {
  const rows = heard({ cadenceSeconds: 0, sensors: 'temperatures-power', steps: 2 })
  for (const [, values] of rows.slice(0, 100)) {
    expect(values[column('vibration')]).toBeNaN()
    expect(values[column('compressorOn')]).toBeNaN()
    expect(Number.isInteger(values[column('cabinetTemp')]!)).toBe(true)
    expect(values[column('power')]! % 10).toBe(0)
  }
  expect(heard({ cadenceSeconds: 900, sensors: 'power', steps: 0 }).length).toBeLessThanOrEqual(DAY / (HOUR / 4) + 1)
})
