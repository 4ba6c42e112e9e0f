// A short form of `npm run evaluate`, as a guard against getting worse: few appliances, so its bounds are wide.
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { evaluateSeeds } from './evaluateSeeds.ts'
import { blindRecall, figuresOf } from './scoreDetections.ts'

const order = {
  appliances: 24,
  kinds: ['fridge', 'washer', 'ac'],
  days: 90,
  faultsPerYear: 9,
  modelsDir: fileURLToPath(new URL('../../models', import.meta.url)),
}

test('on fleets of both families most faults are found, few alarms are false, and blind alarms find far less', {
  timeout: 300_000,
}, async () => {
  const results = await evaluateSeeds(
    [
      { ...order, seed: 901, family: 'own' },
      { ...order, seed: 911, family: 'other' },
    ],
    2,
  )
  for (const { scored } of results) {
    const figures = figuresOf(scored)
    expect(figures.predictable).toBeGreaterThanOrEqual(5)
    expect(figures.recall).toBeGreaterThanOrEqual(0.5)
    expect(figures.falsePerYear).toBeLessThanOrEqual(1)
    expect(figures.diagnosis).toBeGreaterThanOrEqual(0.5)
    expect(figures.coverage).toBeGreaterThanOrEqual(0.5)
    const alerts = scored.reduce((sum, { found, falseAlarms }) => sum + falseAlarms.length + (found ? 1 : 0), 0)
    const alertsPerYear = (365 * alerts) / (order.appliances * order.days)
    expect(blindRecall(scored, alertsPerYear)).toBeLessThan(figures.recall / 2)
  }
})
