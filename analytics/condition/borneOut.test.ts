import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { compileSignatures } from '../detectors/signatures.ts'
import { planDetection } from '../features/detectionPlan.ts'
import { isBorneOut } from './borneOut.ts'
import { newConditionState } from './conditionState.ts'
import { isApart, witnesses } from './witnesses.ts'

/** @param left by feature, which side of its band it left @param shifts of features that are inside of theirs */
function borneOut(kind: string, left: Record<string, 1 | -1>, shifts: Record<string, number> = {}): string[] {
  const plan = planDetection(loadCatalog().kind(kind))
  const signatures = compileSignatures(plan, null)
  const judged = newConditionState(plan)
  for (const [f, { name }] of plan.features.entries()) {
    judged.low[f] = -1
    judged.high[f] = 1
    judged.observed[f] = 2 * (left[name] ?? 0)
    judged.profile[f] = 4 * (left[name] ?? 0) + (shifts[name] ?? 0)
  }
  return signatures.declared.filter((mode) => isBorneOut(plan, signatures, judged, mode))
}

test('one feature alone names the mode that is known by it, and no other that it goes with besides', () => {
  expect(borneOut('fridge', { warmUp: 1 })).toEqual(['door-seal-leak'])
  expect(borneOut('fridge', { fanOn: -1 })).toEqual(['evaporator-fan-failure'])
  expect(borneOut('ac', { vibrationOn: 1 })).toEqual(['compressor-wear', 'fan-imbalance'])
  // A room that is warmer than asked for, or a little less power: that is weather, use, and any fault.
  expect(borneOut('ac', { roomOver: 1 })).toEqual([])
  expect(borneOut('fridge', { powerOn: -1 })).toEqual([])
})

test('what programs show names as it is', () => {
  expect(borneOut('washer', { spin1x: 1 })).toContain('drum-imbalance')
})

test('a load that is all in how long the compressor runs names nothing; with what another sensor shows it does', () => {
  expect(borneOut('fridge', { duty: 1, powerDay: 1, offMinutes: -1, onMinutes: 1 })).toEqual([])
  expect(borneOut('fridge', { duty: 1 }, { condRise: -2 })).toContain('refrigerant-leak')
  expect(borneOut('fridge', { duty: 1 }, { condRise: -1 })).not.toContain('refrigerant-leak')
})

test('what goes with how long a compressor runs is one witness, and behind a plug its power is the only one', () => {
  const plan = planDetection(loadCatalog().kind('fridge'))
  const areApart = (one: string, other: string, missing: string[] = []): boolean => {
    const shown = (name: string) => witnesses(plan, plan.features.find((f) => f.name === name)!, missing)
    return isApart(shown(one), shown(other))
  }
  expect(areApart('duty', 'offMinutes')).toBe(false)
  expect(areApart('duty', 'powerDay')).toBe(false)
  expect(areApart('duty', 'powerOn')).toBe(true)
  expect(areApart('duty', 'warmUp')).toBe(true)
  expect(areApart('duty', 'powerOn', ['compressorOn'])).toBe(false)
})
