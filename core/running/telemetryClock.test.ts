import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quorum, TelemetryClock } from './telemetryClock.ts'

test('of one or two appliances the newest is the time; from three on one wrong clock moves nothing', () => {
  const clock = new TelemetryClock()
  clock.hear('a', 100)
  expect(clock.now()).toBe(100)
  clock.hear('b', 90)
  clock.hear('c', 95)
  expect(clock.now()).toBe(100)
  clock.hear('a', 9_999_999)
  expect(clock.now()).toBe(100)
  clock.hear('b', 110)
  expect(clock.now()).toBe(110)
})

test('it is the k-th newest of the latest, and never goes back, whatever comes', () => {
  const readings = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 1_000 })), {
    maxLength: 300,
  })
  fc.assert(
    fc.property(readings, (list) => {
      const clock = new TelemetryClock()
      const latest = new Map<string, number>()
      let expected = 0
      for (const [i, ts] of list) {
        const id = `a${i}`
        clock.hear(id, ts)
        latest.set(id, Math.max(ts, latest.get(id) ?? 0))
        const sorted = [...latest.values()].sort((x, y) => y - x)
        expected = Math.max(expected, sorted[quorum(latest.size) - 1] ?? 0)
        expect(clock.now()).toBe(expected)
      }
    }),
  )
})

test('it goes on from a snapshot as if nothing had happened', () => {
  const clock = new TelemetryClock()
  for (let i = 0; i < 30; i++) clock.hear(`a${i}`, 100 + i)
  const again = new TelemetryClock()
  again.restore(clock.snapshot())
  for (const one of [clock, again]) for (let i = 0; i < 30; i++) one.hear(`a${i}`, 200 + i)
  expect(again.now()).toBe(clock.now())
})
