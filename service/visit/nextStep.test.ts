import { expect, test } from 'vitest'
import { HOUR, ticketStates } from '../../core/index.ts'
import { nextStep, startsAt } from './nextStep.ts'

const promised = [{ name: 'contact', dueAt: 1 }]

test('the owner is called first, then one sets out, leaves, and writes down what was found', () => {
  expect(nextStep({ state: 'assigned', clocks: promised })).toBe('contact')
  expect(nextStep({ state: 'assigned', clocks: [{ name: 'contact', dueAt: 1, doneAt: 1 }] })).toBe('start')
  expect(nextStep({ state: 'visiting', clocks: promised })).toBe('leave')
  expect(nextStep({ state: 'completed', clocks: [] })).toBe('close')
})

test('nothing is left to do of what has not come to an engineer, or is over', () => {
  for (const state of ['new', 'offered', 'closed', 'verified', 'cancelled'] as const)
    expect(nextStep({ state, clocks: promised })).toBeUndefined()
  expect(ticketStates.filter((state) => nextStep({ state, clocks: [] }) !== undefined)).toContain('assigned')
})

test('work begins as planned, where the plan is of the time that is agreed; once begun, when it began', () => {
  const slot = { from: 9 * HOUR, to: 11 * HOUR }
  expect(startsAt({ slot, plannedAt: 10 * HOUR })).toBe(10 * HOUR)
  expect(startsAt({ slot, plannedAt: 15 * HOUR })).toBe(9 * HOUR)
  expect(startsAt({ slot })).toBe(9 * HOUR)
  expect(startsAt({ plannedAt: 10 * HOUR })).toBe(10 * HOUR)
  expect(startsAt({})).toBeUndefined()
  expect(startsAt({ slot, visit: { startedAt: 9.5 * HOUR } })).toBe(9.5 * HOUR)
  expect(startsAt({ slot, visit: { startedAt: 1, endedAt: 2 } })).toBe(9 * HOUR)
})
