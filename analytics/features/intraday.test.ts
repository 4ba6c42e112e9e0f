import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { planDetection } from './detectionPlan.ts'

const catalog = loadCatalog()

test('only what is the same at any hour is glanced at: no totals, nothing that its kind declares to depend on load', () => {
  const steadyOf = (kind: string) => {
    const plan = planDetection(catalog.kind(kind))
    return plan.steady.filter(({ isFeature }) => isFeature).map(({ q }) => plan.quantities[q]!.name)
  }
  expect(steadyOf('fridge')).toContain('powerOn')
  expect(steadyOf('fridge')).not.toContain('duty')
  expect(steadyOf('fridge')).not.toContain('powerDay')
  expect(steadyOf('ac')).toContain('dropPerPower')
  expect(steadyOf('ac')).not.toContain('frequencyOn')
})
