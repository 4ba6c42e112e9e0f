import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, gaussian, SeededRandom } from '../../core/index.ts'
import type { ScoredRow } from '../baseline/scoredRow.ts'
import { planDetection } from '../features/detectionPlan.ts'
import type { RowItem } from '../features/item.ts'
import type { KindModel } from '../onnx/kindModel.ts'
import { InputDrift, psi, referenceOf } from './inputDrift.ts'

const plan = planDetection(loadCatalog().kind('fridge'))
const n = plan.features.length
const START = 20_000 * DAY
const FLEET = 200

/** Rows of two hundred appliances, one a day each; inputs are standard normal, moved by `shift`. */
function* days(seed: number, from: number, to: number, shift = 0, level = 0.2) {
  const random = new SeededRandom(seed, 'rows')
  for (let day = from; day < to; day++) {
    for (let appliance = 0; appliance < FLEET; appliance++) {
      const item = { type: 'row', scale: 0, to: START + day * DAY, muted: false } as RowItem
      const z = Float64Array.from({ length: n }, () => gaussian(random) + shift)
      const row = { z, low: new Float64Array(n), learning: 0 } as unknown as ScoredRow
      yield { item, row, level: level * (0.5 + random.next()) }
    }
  }
}
const model = (inputs?: Record<string, number[]>, version = '1') => ({ version, inputs }) as unknown as KindModel
function count(drift: InputDrift, rows: Iterable<{ item: RowItem; row: ScoredRow; level: number }>, of = model()) {
  for (const { item, row, level } of rows)
    drift.see(plan, of, item, row, { level, contributions: new Float32Array() }, false)
}

test('inputs that stay as they were are steady, those that move have drifted, and too few say nothing', () => {
  const steady = new InputDrift()
  count(steady, days(1, 0, 28))
  expect(steady.of(plan, model(), FLEET).state).toBe('learning')
  count(steady, days(2, 28, 56))
  expect(steady.of(plan, model(), FLEET)).toMatchObject({ state: 'steady', reference: 'first-weeks', kind: 'fridge' })
  const moved = new InputDrift()
  count(moved, days(1, 0, 28))
  count(moved, days(2, 28, 56, 0.9))
  const { state, inputs } = moved.of(plan, model(), FLEET)
  expect(state).toBe('drifted')
  expect(inputs[0]!.psi).toBeGreaterThan(0.25)
  // The distance from healthy did not move: it is not among the most changed.
  expect(inputs.some(({ name }) => name.startsWith('level:'))).toBe(false)
})

test('a few appliances are no population: what their own ways make of it is chance', () => {
  const drift = new InputDrift()
  count(drift, days(1, 0, 28))
  count(drift, days(2, 28, 56, 0.6))
  expect(drift.of(plan, model(), FLEET).state).toBe('drifted')
  expect(drift.of(plan, model(), 5).state).toBe('steady')
})

test('what is still being commissioned is not counted, nor does the reference begin with it', () => {
  const drift = new InputDrift()
  for (const { item, row } of days(1, 0, 40)) {
    const learning = { ...row, low: new Float64Array(n).fill(NaN), learning: n }
    drift.see(plan, model(), item, learning, null, false)
  }
  expect(drift.of(plan, model(), FLEET)).toMatchObject({ since: null, state: 'learning' })
  count(drift, days(1, 40, 96))
  expect(drift.of(plan, model(), FLEET).state).toBe('steady')
})

test('rows beyond the limit of healthy ones are drift, whatever single inputs say', () => {
  const drift = new InputDrift()
  count(drift, days(1, 0, 28))
  count(drift, days(2, 28, 56, 0, 1.2))
  const { state, beyond } = drift.of(plan, model(), FLEET)
  expect(state).toBe('drifted')
  expect(beyond!.share).toBeGreaterThan(0.4)
  expect(beyond!.reference).toBe(0)
})

test('what a known fault shows and what a visit shows are no drift', () => {
  const drift = new InputDrift()
  count(drift, days(1, 0, 28))
  count(drift, days(2, 28, 56))
  const before = drift.of(plan, model(), FLEET)
  for (const { item, row } of days(3, 56, 57, 5)) {
    drift.see(plan, model(), item, row, null, true)
    drift.see(plan, model(), { ...item, muted: true }, row, null, false)
  }
  expect(drift.of(plan, model(), FLEET)).toEqual(before)
})

test('against what training left the first week counts already, in any order, and a copy goes on alike', () => {
  const trained = model(referenceOf(plan, days(9, 0, 100)))
  const rows = [...days(2, 0, 28, 0.1)]
  const [one, other] = [new InputDrift(), new InputDrift()]
  count(one, rows, trained)
  // The first row says when counting began; the others may come in any order.
  const weeks = Map.groupBy(rows.slice(1), ({ item }) => Math.floor(item.to / (7 * DAY)))
  count(other, [rows[0]!, ...[...weeks.values()].flatMap((week) => week.toReversed())], trained)
  expect(other.of(plan, trained, FLEET)).toEqual(one.of(plan, trained, FLEET))
  expect(one.of(plan, trained, FLEET)).toMatchObject({ state: 'steady', reference: 'training' })
  const copy = new InputDrift()
  copy.restore(structuredClone(one.snapshot()), () => true)
  count(copy, days(3, 28, 60, 1), trained)
  count(one, days(3, 28, 60, 1), trained)
  expect(copy.of(plan, trained, FLEET)).toEqual(one.of(plan, trained, FLEET))
  expect(copy.of(plan, trained, FLEET).state).toBe('drifted')
  // Another version standardizes in another way: it begins anew.
  expect(copy.of(plan, model(undefined, '2'), FLEET)).toMatchObject({ state: 'learning', since: null })
})

test('the index is 0 for equal shares, grows with the difference, and an empty bin does not make it infinite', () => {
  expect(psi([10, 20, 30], [100, 200, 300])).toBeCloseTo(0, 10)
  // (0.6 − 0.5) ln(0.6/0.5) + (0.4 − 0.5) ln(0.4/0.5)
  expect(psi([50, 50], [60, 40])).toBeCloseTo(0.1 * Math.log(1.2) - 0.1 * Math.log(0.8), 10)
  expect(psi([50, 50], [100, 0])).toBeLessThan(10)
})
