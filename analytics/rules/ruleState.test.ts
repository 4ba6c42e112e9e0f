import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MINUTE } from '../../core/index.ts'
import { BETWEEN, ENDS, FIRES, newRuleState, OFF, ON, stepMoment, stepRule, type Truth, UNKNOWN } from './ruleState.ts'

const timing = (hold: number, clear: number, hole: number) => ({
  holdMs: hold * MINUTE,
  clearMs: clear * MINUTE,
  holeMs: Math.max(hole, clear) * MINUTE,
})
/** Minutes at which it spoke, and at which it was over. */
function run(rule: ReturnType<typeof timing>, heard: [minute: number, truth: Truth][]) {
  const state = newRuleState()
  const [fired, ended]: [number[], number[]] = [[], []]
  for (const [minute, truth] of heard) {
    const what = stepRule(rule, state, minute * MINUTE, truth)
    if (what & ENDS) ended.push(minute)
    if (what & FIRES) fired.push(minute)
  }
  return { fired, ended }
}

test('it speaks when it has held for its time, within the hysteresis too, and is over after its own time', () => {
  const heard: [number, Truth][] = [
    [0, ON],
    [5, BETWEEN],
    [10, ON],
    [15, OFF],
    [18, ON],
    [20, OFF],
    [26, OFF],
  ]
  expect(run(timing(10, 5, 60), heard)).toEqual({ fired: [10], ended: [26] })
})

test('what is only within the hysteresis begins nothing, what is not known changes nothing, and a hole ends what was', () => {
  expect(run(timing(0, 0, 60), [[0, BETWEEN]])).toEqual({ fired: [], ended: [] })
  expect(
    run(timing(10, 0, 60), [
      [0, ON],
      [5, UNKNOWN],
      [10, ON],
    ]),
  ).toEqual({ fired: [10], ended: [] })
  expect(
    run(timing(10, 0, 30), [
      [0, ON],
      [50, ON],
      [60, ON],
    ]),
  ).toEqual({ fired: [60], ended: [] })
  expect(
    run(timing(0, 0, 30), [
      [0, ON],
      [50, ON],
    ]),
  ).toEqual({ fired: [0, 50], ended: [50] })
})

test('so many events within a time speak once, and are over when none came for that time', () => {
  const state = newRuleState()
  const said = [0, 10, 20, 25, 90, 95, 100].map((minute) =>
    stepMoment({ times: 3, withinMs: 30 * MINUTE }, state, minute * MINUTE),
  )
  expect(said).toEqual([0, 0, FIRES, 0, ENDS, 0, FIRES])
})

test('stretches in which it never held may be left out: it speaks at the same moments', () => {
  const truth = fc.constantFrom<Truth>(ON, ON, ON, BETWEEN, BETWEEN, OFF, UNKNOWN)
  const heard = fc.array(fc.tuple(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 300 })), truth), {
    minLength: 1,
    maxLength: 120,
  })
  const minutes = fc.integer({ min: 0, max: 60 })
  let [checked, spoke] = [0, 0]
  fc.assert(
    fc.property(heard, minutes, minutes, fc.integer({ min: 5, max: 90 }), (steps, hold, clear, hole) => {
      const rule = timing(hold, clear, hole)
      let minute = 0
      const all = steps.map(([after, is]): [number, Truth] => {
        minute += after
        return [minute, is]
      })
      const stretch = (at: number): number => Math.floor((at * MINUTE) / rule.holeMs)
      const hot = new Set(all.filter(([, is]) => is === ON || is === BETWEEN).map(([at]) => stretch(at)))
      const kept = all.filter(([at]) => hot.has(stretch(at)))
      const whole = run(rule, all).fired
      expect(run(rule, kept).fired).toEqual(whole)
      checked++
      spoke += whole.length
    }),
    { numRuns: 2_000 },
  )
  expect(checked).toBe(2_000)
  expect(spoke).toBeGreaterThan(500)
})
