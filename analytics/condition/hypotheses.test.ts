import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { causesOf } from './explain.ts'
import { hypothesesOf } from './hypotheses.ts'

const modes = ['heater-scale', 'door-lock-failure', 'damper-wear']

test('a guard that stands passed names what breaks at once, whatever rows of days believed', () => {
  const sure = Float64Array.of(0.989, 1e-6, 0.01, 0.001)
  expect(hypothesesOf(modes, sure, {})[0]?.failureMode).toBe('heater-scale')
  const [first, ...rest] = hypothesesOf(modes, sure, { 'door-lock-failure': 0.95 })
  expect(first?.failureMode).toBe('door-lock-failure')
  expect(rest.reduce((sum, { probability }) => sum + probability, first?.probability ?? 0)).toBeCloseTo(1, 9)
})

test('causes that are not told apart are said together, one that is clear alone', () => {
  const catalog = loadCatalog()
  const said = (...all: [string, number][]) =>
    causesOf(
      catalog,
      'fridge',
      all.map(([failureMode, probability]) => ({ failureMode, probability })),
    )
  const alike = said(['refrigerant-leak', 0.44], ['capillary-clog', 0.4], ['door-seal-leak', 0.1])
  expect(alike.en).toBe(
    'Refrigerant leak or capillary clog, which what its sensors show does not tell apart (together 84 %)',
  )
  expect(alike.zh).toBe('制冷剂泄漏、毛细管堵塞，从现有传感器的表现无法区分（合计 84 %）')
  expect(said(['refrigerant-leak', 0.7], ['capillary-clog', 0.2]).en).toBe(
    'Refrigerant leak (70 %), or capillary clog (20 %)',
  )
  expect(said(['refrigerant-leak', 0.9], ['unknown', 0.1]).en).toBe('Refrigerant leak (90 %)')
})
