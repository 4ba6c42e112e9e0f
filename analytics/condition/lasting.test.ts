import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY } from '../../core/index.ts'
import { planDetection } from '../features/detectionPlan.ts'
import { newConditionState } from './conditionState.ts'
import { mustLast } from './lasting.ts'

const catalog = loadCatalog()
const plan = planDetection(catalog.kind('fridge'))
const washer = planDetection(catalog.kind('washer'))

/** A fridge without some sensors, some of whose features have left their bands. */
function judgedWith(missing: string[], out: string[], of = plan) {
  const judged = newConditionState(of)
  judged.missing = missing
  for (const [f, { name }] of of.features.entries()) {
    judged.low[f] = 1
    judged.high[f] = 2
    judged.observed[f] = out.includes(name) ? 3 : 1.5
  }
  return judged
}

test('what every sensor can explain must last a day, and what is far out not', () => {
  const judged = judgedWith([], ['duty', 'powerDay'])
  expect(mustLast(plan, judged, false)).toBe(DAY)
  expect(mustLast(plan, judged, true)).toBe(0)
})

test('what may be weather, or guests, must outlast them where nothing measures them', () => {
  expect(mustLast(plan, judgedWith(['ambientTemp'], ['duty']), true)).toBe(8 * DAY)
  expect(mustLast(plan, judgedWith(['doorOpen'], ['duty']), true)).toBe(4 * DAY)
  expect(mustLast(plan, judgedWith(['ambientTemp', 'doorOpen'], ['duty']), false)).toBe(8 * DAY)
})

test('one feature that neither weather nor guests move is enough', () => {
  expect(mustLast(plan, judgedWith(['ambientTemp', 'doorOpen'], ['duty', 'fanOn']), true)).toBe(0)
  expect(mustLast(plan, judgedWith(['doorOpen'], ['duty', 'powerOn']), true)).toBe(0)
})

test('what it was never seen under before may be the reason of what it explains, unless that is far out', () => {
  const judged = judgedWith([], ['duty'])
  judged.unseenDays = 8
  expect(mustLast(plan, judged, true)).toBe(8 * DAY)
  judged.profile[plan.features.findIndex(({ name }) => name === 'duty')] = 7
  expect(mustLast(plan, judged, true)).toBe(0)
  // A fan is as fast in a heat wave as before.
  const fan = judgedWith([], ['fanOn'])
  fan.unseenDays = 8
  expect(mustLast(plan, fan, true)).toBe(0)
})

test('what one program after another shows is told as it is seen', () => {
  expect(mustLast(washer, judgedWith(['load'], ['drainMinutes'], washer), false)).toBe(0)
})
