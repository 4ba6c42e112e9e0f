import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { type RuleBody, ruleBodySchema } from '../../core/index.ts'
import { checkRule } from './checkRule.ts'

const catalog = loadCatalog()
const ruleOf = (when: unknown, more: object = {}): RuleBody =>
  ruleBodySchema.parse({
    name: { en: 'n', zh: 'n' },
    owner: { en: 'o', zh: 'o' },
    scope: { kind: 'washer' },
    severity: 'warning',
    when,
    ...more,
  })
const refusal = (when: unknown, more: object = {}): string => {
  try {
    checkRule(catalog, ruleOf(when, more))
    return ''
  } catch (error) {
    return (error as { code: string }).code
  }
}
const reading = (...all: object[]) => ({ of: 'reading', all })

test('what could be right is taken', () => {
  expect(refusal(reading({ metric: 'power', op: 'above', limit: 2_500, release: 2_400 }))).toBe('')
  expect(refusal(reading({ state: 'phase', is: ['heat'] }, { metric: 'power', op: 'below', limit: 500 }))).toBe('')
  expect(refusal({ of: 'feature', feature: 'drainMinutes', op: 'above', limit: 4 })).toBe('')
  expect(refusal({ of: 'cycle', cycle: 'program', op: 'above', limit: 240 })).toBe('')
  expect(refusal({ of: 'event', type: 'error', code: 'E18' })).toBe('')
})

test('names that the kind does not have are refused, as are those that every object has', () => {
  for (const when of [
    reading({ metric: 'cabinetTemp', op: 'above', limit: 5 }),
    reading({ metric: 'constructor', op: 'above', limit: 5 }),
    reading({ metric: 'power', minus: 'toString', op: 'above', limit: 5 }),
    reading({ state: 'phase', is: ['sleeping'] }),
    reading({ state: 'program', is: ['cotton'] }),
    { of: 'feature', feature: 'duty', op: 'above', limit: 1 },
    { of: 'cycle', cycle: 'run', op: 'above', limit: 1 },
  ])
    expect(refusal(when), JSON.stringify(when)).toBe('rule-unknown-name')
  expect(refusal(reading({ metric: 'power', op: 'above', limit: 5 }), { failureMode: 'hasOwnProperty' })).toBe(
    'rule-unknown-name',
  )
  expect(refusal(reading({ metric: 'power', op: 'above', limit: 5 }), { scope: { kind: 'toaster' } })).toBe(
    'unknown-kind',
  )
})

test('a difference is of two metrics of one unit', () => {
  const less = (minus: string) => refusal(reading({ metric: 'waterTemp', minus, op: 'above', limit: 5 }))
  expect(less('inletTemp')).toBe('')
  expect(less('power')).toBe('rule-no-difference')
  expect(less('waterTemp')).toBe('rule-no-difference')
})

test('what is divided by something that may be 0 must keep it away from 0', () => {
  const ratio = { metric: 'vibrationRms', over: 'drumSpeed', op: 'above', limit: 0.01 }
  expect(refusal(reading(ratio))).toBe('rule-divides-by-zero')
  expect(refusal(reading(ratio, { metric: 'drumSpeed', op: 'above', limit: 600 }))).toBe('')
  expect(refusal(reading(ratio, { metric: 'drumSpeed', op: 'above', limit: 600, release: -1 }))).toBe(
    'rule-divides-by-zero',
  )
})

test('what always holds, what never can, and what is over before it begins is refused', () => {
  expect(refusal(reading({ metric: 'power', op: 'above', limit: -1 }))).toBe('rule-always')
  expect(refusal(reading({ metric: 'power', op: 'below', limit: 4_001 }))).toBe('rule-always')
  expect(refusal(reading({ metric: 'power', op: 'above', limit: 4_000 }))).toBe('rule-never')
  expect(refusal(reading({ metric: 'power', op: 'above', limit: 100, release: 200 }))).toBe('rule-release')
  expect(refusal({ of: 'cycle', cycle: 'program', op: 'above', limit: -1 })).toBe('rule-always')
})
