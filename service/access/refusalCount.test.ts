import { expect, test } from 'vitest'
import { ManualClock, MINUTE } from '../../core/index.ts'
import { RefusalCount } from './refusalCount.ts'

const wrong = (who: string, address = '192.0.2.1') => ({ who, action: 'sign-in-refused', address })

test('a flood from one address is one row at once and one a minute, and nothing is left uncounted', () => {
  const clock = new ManualClock(0)
  const refusals = new RefusalCount(clock)
  let told = 0
  let counted = 0
  let rows = 0
  for (let i = 0; i < 3_600; i++) {
    clock.advanceTo(i * 100)
    if (refusals.isNews(wrong('user:admin'))) told++
    for (const { times, who, address } of refusals.due()) {
      expect([who, address]).toEqual(['user:admin', '192.0.2.1'])
      counted += times
      rows++
    }
  }
  for (const { times } of refusals.due(true)) counted += times
  expect(told).toBe(1)
  expect(rows).toBeLessThanOrEqual(6)
  expect(told + counted).toBe(3_600)
  expect(refusals.isEmpty).toBe(true)
})

test('one address that tries every name, and many that try one, are bounded too, and add up', () => {
  const clock = new ManualClock(0)
  const refusals = new RefusalCount(clock)
  const news = (entry: ReturnType<typeof wrong>): number => (refusals.isNews(entry) ? 1 : 0)
  let told = 0
  for (let i = 0; i < 1_000; i++) told += news(wrong(`user:name${i}`))
  expect(told).toBe(10)
  for (let i = 0; i < 1_000; i++) told += news(wrong('user:admin', `198.51.100.${i}`))
  expect(told).toBe(100)
  clock.advanceTo(MINUTE)
  const due = refusals.due()
  expect(due.length).toBeLessThanOrEqual(201)
  expect(due[0]).toMatchObject({ who: 'several', action: 'sign-in-refused', times: 990 })
  expect(told + due.reduce((sum, { times }) => sum + times, 0)).toBe(2_000)
})

test('one refusal is a row of its own, and so is the next one an hour later', () => {
  const clock = new ManualClock(0)
  const refusals = new RefusalCount(clock)
  expect(refusals.isNews(wrong('user:ann'))).toBe(true)
  clock.advanceTo(60 * MINUTE)
  expect(refusals.due()).toEqual([])
  expect(refusals.isNews(wrong('user:ann'))).toBe(true)
})
