import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import type { FeatureRow } from '../../core/index.ts'
import { createAnalysis } from '../createAnalysis.ts'
import { planDetection } from '../features/detectionPlan.ts'
import { inputOf } from '../features/readingBatches.ts'
import { madeFridge } from '../handMade.fixture.ts'
import { retrace } from './retrace.ts'

test('stored features and their bands tell what the models read of the appliance when it was watched', async () => {
  const fridge = loadCatalog().kind('fridge')
  const live: { at: number; profile: Float64Array; life: Float64Array }[] = []
  const analysis = await createAnalysis({
    catalog: loadCatalog(),
    clock: 'telemetry',
    modelsDir: null,
    onRow: ({ to }, { profile, life, isHeard }) => {
      if (isHeard) live.push({ at: to, profile, life })
    },
  })
  const readings = madeFridge(12, 45, { fromDay: 34, overDays: 8, capacity: 0.4 })
  const out = await analysis.accept(
    inputOf(
      fridge,
      readings.map((reading, i) => ({ appliance: 'a', reading, offset: i + 1 })),
    ),
  )
  const shuffled: FeatureRow[] = [...out.features].reverse()
  const told = retrace(planDetection(fridge), shuffled)
  const [last, then] = [live.at(-1)!, told.at(-1)!]
  expect(then.at).toBe(last.at)
  // The fault is there to be told.
  expect(Math.max(...last.profile.filter((z) => !Number.isNaN(z)))).toBeGreaterThan(5)
  for (const [f, z] of last.profile.entries()) {
    if (Number.isNaN(then.profile[f]!)) continue
    expect(Math.abs(then.profile[f]! - z)).toBeLessThan(0.02 * Math.max(1, Math.abs(z)))
  }
  for (const [i, input] of last.life.entries()) expect(Math.abs(then.life[i]! - input)).toBeLessThan(0.25)
})
