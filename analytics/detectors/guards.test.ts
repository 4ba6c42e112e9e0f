import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import type { Reading } from '../../core/index.ts'
import { createAnalysis } from '../createAnalysis.ts'
import { inputOf } from '../features/readingBatches.ts'
import { afterDays, madeFridge } from '../handMade.fixture.ts'

const catalog = loadCatalog()

/** A fridge told to be at −6 °C that never comes below 2.5: by its kind's limits too warm from its first hour on. */
const strange = (change: (reading: Reading) => number): Reading[] =>
  madeFridge(12, 12).map((reading) => ({
    ...reading,
    metrics: {
      ...reading.metrics,
      setpointTemp: -6,
      cabinetTemp: reading.metrics.cabinetTemp! + change(reading),
    },
  }))

async function confirmed(readings: Reading[]): Promise<number[]> {
  const analysis = await createAnalysis({ catalog, clock: 'telemetry', modelsDir: null })
  const sent = readings.map((reading, i) => ({ appliance: 'a', reading, offset: i + 1 }))
  const { detections } = await analysis.accept(inputOf(catalog.kind('fridge'), sent))
  return detections.flatMap(({ phase, at }) => (phase === 'confirmed' ? [at] : []))
}

test('what its kind’s limits do not fit is watched by its own, once they are known', async () => {
  const between = ({ ts }: Reading, from: number, to: number) => ts > afterDays(from) && ts <= afterDays(to)
  expect(await confirmed(strange((reading) => (between(reading, 4, 5.5) ? 2.5 : 0)))).toEqual([])
  const [first] = await confirmed(strange((reading) => (between(reading, 9, 12) ? 8 : 0)))
  expect(first).toBeGreaterThan(afterDays(9))
  expect(first).toBeLessThan(afterDays(9.5))
})

test('time in which nobody knows whether it runs is no time that it has been running', async () => {
  // By its power alone it never rests for a week, so that nothing is known of its runs; then it begins to.
  const readings = madeFridge(12, 16, null, ['power']).map(({ ts, metrics }) => ({
    ts,
    metrics: ts <= afterDays(8) ? { power: 70 + (metrics.power! > 20 ? 1 : 0) } : metrics,
  }))
  expect(await confirmed(readings)).toEqual([])
})
