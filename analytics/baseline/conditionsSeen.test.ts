import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY } from '../../core/index.ts'
import { compileSignatures } from '../detectors/signatures.ts'
import { planDetection } from '../features/detectionPlan.ts'
import { newFeatureState } from '../features/featureState.ts'
import type { KindModel } from '../onnx/kindModel.ts'
import { defaultPolicy } from '../policy.ts'
import { newBaseline } from './baseline.ts'
import { updateBaseline } from './updateBaseline.ts'

const plan = planDetection(loadCatalog().kind('fridge'))
const signatures = compileSignatures(plan, null)
const scale = plan.scales[0]!
const duty = plan.features.find(({ name }) => name === 'duty')!
const SLOPE = 0.1
const model = {
  features: [],
  thresholds: {},
  correlation: [],
  covariates: { ambient: { centre: 21, scale: 1.6 } },
  priors: {
    duty: { mean: -1.2, spread: 0.3, sigma: 0.03, slopes: { ambient: { mean: SLOPE, spread: 0.02 } } },
  },
} as unknown as KindModel

/** A fridge that nobody opens, a day a row. @returns what the row of a day of that ambient temperature (°C) says */
function fridge() {
  const learned = newBaseline(plan, signatures.modes.length)
  const sense = newFeatureState(plan, 'one', 'model')
  const policy = { ...defaultPolicy, caution: 1 }
  let day = 0
  return (ambient: number, share = 0.3 * ((ambient - 4) / 17)) => {
    const y = new Float64Array(scale.features.length).fill(NaN)
    y[duty.place] = share
    const x = Float64Array.from(scale.covariateNames, (name) => (name === 'ambient' ? ambient : -Infinity))
    const [from, to] = [day * DAY, ++day * DAY]
    const item = {
      type: 'row',
      sense,
      scale: 0,
      from,
      to,
      at: to,
      offset: day,
      y,
      x,
      ageDays: day,
      muted: false,
    } as const
    return updateBaseline(plan, model, signatures, policy, learned, new Map(), {
      ...item,
      missing: ['doorOpen', 'setpointTemp'],
      neverCycles: false,
      blurSeconds: 0,
    })
  }
}
const commissioned = (about: number) => {
  const row = fridge()
  for (let i = 0; i < 20; i++) row(about + 0.6 * Math.sin(2 * i))
  return row
}
const f = plan.features.indexOf(duty)

test('a heat wave is what it was never seen under, a summer that came slowly is not', () => {
  const row = commissioned(21)
  expect(row(21.3).unseenDays).toBe(0)
  expect(row(25).unseenDays).toBe(8)
  expect(row(25).unseenDays).toBe(8)
  for (let i = 0; i < 60; i++) row(21 + i / 15)
  expect(row(25).unseenDays).toBe(0)
})

test('what it does wrongly in the heat makes the heat no usual one', () => {
  const row = commissioned(21)
  for (let i = 0; i < 60; i++) row(25, 0.9)
  expect(row(25, 0.9).unseenDays).toBe(8)
})

test('a fridge that was learned in a cool cellar has next to nothing to do in a cold one, far from what any training saw', () => {
  const row = commissioned(17)
  let last = row(17)
  for (let ambient = 16.5; ambient > 9; ambient -= 0.5) last = row(ambient)
  expect(Math.abs(last.z[f]!)).toBeLessThan(3)
  // And a seal that leaks is still seen where it was learned.
  expect(row(17, 0.35).z[f]).toBeGreaterThan(3)
})
