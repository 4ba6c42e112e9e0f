import { expect, test } from 'vitest'
import { createAnalysis } from '../../analytics/index.ts'
import { loadCatalog } from '../../catalog/index.ts'
import { type AnalysisOutput, DAY, HOUR } from '../../core/index.ts'
import { createFleet } from '../../simulator/index.ts'
import { runFleet } from './runFleet.ts'

const catalog = loadCatalog()
const start = Date.UTC(2026, 2, 2)

test('a fault that comes at once is confirmed within hours of its first sign, named, and not before it came', async () => {
  const fleet = createFleet({
    seed: 42,
    catalog,
    kinds: { fridge: 4 },
    models: ['Polar 300'],
    start,
    nuisances: false,
    faults: [{ index: 1, failureMode: 'condenser-fouling', onsetDay: 30.4, abrupt: true, days: 0.25, shape: 'step' }],
  })
  const analysis = await createAnalysis({
    catalog,
    clock: 'telemetry',
    modelsDir: new URL('../../models', import.meta.url).pathname,
  })
  const found: AnalysisOutput['detections'] = []
  await runFleet(
    fleet,
    analysis,
    catalog,
    start,
    start + 33 * DAY,
    ({ detections }) => found.push(...detections),
    () => 0,
  )
  const ill = fleet.appliances[1]!.id
  const confirmed = found.filter(({ phase, severity }) => phase === 'confirmed' && severity !== 'info')
  expect([...new Set(confirmed.map(({ appliance }) => appliance))]).toEqual([ill])
  const onset = start + 30.4 * DAY
  expect(confirmed[0]!.at).toBeGreaterThan(onset)
  expect(confirmed[0]!.at).toBeLessThan(onset + 6 * HOUR)
  expect(confirmed[0]!.hypotheses.slice(0, 2).map(({ failureMode }) => failureMode)).toContain('condenser-fouling')
})
