import { expect, test } from 'vitest'
import { MINUTE } from '../../core/index.ts'
import { beginEscalation, climb, endEscalation, hasten } from './decideEscalation.ts'

const chain = [
  { afterMinutes: 15, to: 'desk' },
  { afterMinutes: 45, to: 'supervisor' },
]

test('each step has its time, and after the last nothing comes', () => {
  let escalation = beginEscalation('x', 'critical-alert', 0, chain)
  const told: [number, string][] = []
  for (let minute = 0; minute <= 120; minute++) {
    const { escalation: after, step } = climb(escalation, chain, minute * MINUTE)
    if (step) told.push([minute, step.to])
    escalation = after
  }
  expect(told).toEqual([
    [15, 'desk'],
    [45, 'supervisor'],
  ])
  expect(escalation.nextAt).toBeNull()
})

test('who is away for hours is told one step now, and the next one half an hour later', () => {
  const begun = beginEscalation('x', 'critical-alert', 0, chain)
  const late = climb(begun, chain, 300 * MINUTE)
  expect(late.step?.to).toBe('desk')
  expect(climb(late.escalation, chain, 329 * MINUTE).step).toBeUndefined()
  expect(climb(late.escalation, chain, 330 * MINUTE).step?.to).toBe('supervisor')
})

test('where nobody could be told the next step is due at once; what has ended climbs no more', () => {
  const { escalation } = climb(beginEscalation('x', 'critical-alert', 0, chain), chain, 15 * MINUTE)
  expect(climb(hasten(escalation, 16 * MINUTE), chain, 16 * MINUTE).step?.to).toBe('supervisor')
  expect(climb(endEscalation(escalation, 16 * MINUTE, 'user:ada'), chain, 100 * MINUTE).step).toBeUndefined()
})
