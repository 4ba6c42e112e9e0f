import { expect, test } from 'vitest'
import { alertIdSchema, type Evidence, type Mark } from '../../core/index.ts'
import { heldBackBy, markedRows } from './heldBack.ts'

const seen = (feature: string, observed: number, share = 1): Evidence => ({
  feature,
  observed,
  expected: [0, 10],
  unit: '1',
  from: 0,
  to: 1,
  share,
})
const alert = (evidence: Evidence[], more: object = {}) => ({
  failureMode: 'door-seal-leak',
  severity: 'warning' as const,
  evidence,
  ...more,
})
const mark = (id: string, evidence: Evidence[], more: Partial<Mark> = {}): Mark => ({
  id,
  appliance: 'f1',
  alert: alertIdSchema.parse(`al-${id}`),
  failureMode: 'door-seal-leak',
  severity: 'warning',
  verdict: 'normal-here',
  by: 'user:ada',
  why: '',
  at: 0,
  rows: markedRows(evidence),
  ...more,
})
const twice = [mark('1', [seen('duty', 14)]), mark('2', [seen('duty', 13)])]

test('once marked it comes again, twice marked it does not', () => {
  expect(heldBackBy(alert([seen('duty', 14)]), twice.slice(0, 1))).toBeUndefined()
  expect(heldBackBy(alert([seen('duty', 14)]), twice)?.map(({ id }) => id)).toEqual(['1', '2'])
})

test('who was there and found nothing need not say it twice, and nobody lets be what is critical', () => {
  const [first] = twice
  const visited = first ? [{ ...first, visit: 'tk-1' }] : []
  expect(heldBackBy(alert([seen('duty', 15)]), visited)).toHaveLength(1)
  expect(heldBackBy(alert([seen('duty', 19)]), visited)).toBeUndefined()
  expect(heldBackBy(alert([seen('duty', 14)], { severity: 'critical' }), visited)).toBeUndefined()
})

test('a fault of the same mode is found: further out, on the other side, elsewhere too, or critical', () => {
  expect(heldBackBy(alert([seen('duty', 15)]), twice)).toBeDefined()
  expect(heldBackBy(alert([seen('duty', 19)]), twice)).toBeUndefined()
  expect(heldBackBy(alert([seen('duty', -4)]), twice)).toBeUndefined()
  expect(heldBackBy(alert([seen('duty', 14, 0.6), seen('cabinetTemp', 14, 0.4)]), twice)).toBeUndefined()
  expect(heldBackBy(alert([seen('duty', 14, 0.85), seen('cabinetTemp', 14, 0.15)]), twice)).toBeDefined()
  expect(heldBackBy(alert([seen('duty', 14)], { severity: 'critical' }), twice)).toBeUndefined()
})

test('what is called otherwise and shows the same is the same; another nuisance is not', () => {
  expect(heldBackBy(alert([seen('duty', 14)], { failureMode: 'unknown' }), twice)).toBeDefined()
  expect(heldBackBy(alert([seen('vibration', 14)], { failureMode: 'unknown' }), twice)).toBeUndefined()
})
