import { expect, test } from 'vitest'
import { dangersOf } from './safetyRules.ts'

const rulesOf = (text: { en?: string; zh?: string }, audience: 'owner' | 'engineer' = 'owner') =>
  dangersOf(text, audience).map(({ rule }) => rule)

test.each([
  ['Unscrew the back panel and look at the board.', 'live-parts'],
  ['Touch the bare wires with a finger.', 'under-voltage'],
  ['Bridge the fuse with a wire.', 'bypass'],
  ['Discharge the capacitor first.', 'capacitor'],
  ['Top up the refrigerant yourself.', 'refrigerant'],
  ['Scrape the ice off with a knife.', 'flame'],
])('an owner is never told: %s', (en, rule) => {
  expect(rulesOf({ en })).toEqual([rule])
})

test.each([
  ['拆开后盖板检查电路板。', 'live-parts'],
  ['通电时测量接线端子。', 'under-voltage'],
  ['短接门锁开关。', 'bypass'],
  ['先给电容放电。', 'capacitor'],
  ['自行加注制冷剂。', 'refrigerant'],
  ['用刀刮除霜层。', 'flame'],
])('nor in Chinese: %s', (zh, rule) => {
  expect(rulesOf({ zh })).toContain(rule)
})

test('what forbids it is no danger, and an engineer may open what an owner may not', () => {
  expect(rulesOf({ en: 'Never open the housing. Do not scrape ice with a knife.', zh: '切勿拆开外壳。' })).toEqual([])
  expect(rulesOf({ en: 'Remove the back panel.' }, 'engineer')).toEqual([])
  expect(rulesOf({ en: 'Bridge the door switch.' }, 'engineer')).toEqual(['bypass'])
  expect(rulesOf({ en: 'Pull the plug. Clean the filter in warm water.', zh: '拔下插头。清洗滤网。' })).toEqual([])
})
