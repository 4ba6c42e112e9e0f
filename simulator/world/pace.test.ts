import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, ManualClock, MINUTE, SECOND } from '../../core/index.ts'
import { blocks, nextStep, type Pace } from './pace.ts'

const at = Date.UTC(2026, 3, 1)
const pace: Pace = { now: at, lapseTo: at, speed: 60, paused: false }

test('at 60 times, a quarter of a second is fifteen simulated seconds', () => {
  expect(nextStep(pace, 250)).toEqual({ kind: 'run', to: at + 15 * SECOND, lag: null, fast: false })
})

test('a paused world rests, however long; a moment that is asked for makes it run until then', () => {
  expect(nextStep({ ...pace, paused: true }, 60_000)).toEqual({ kind: 'rest' })
  expect(nextStep({ ...pace, paused: true, until: at + 20 * MINUTE }, 0)).toMatchObject({
    to: at + 20 * MINUTE,
    fast: true,
    lag: 0,
  })
  expect(nextStep({ ...pace, paused: true, until: 'next-event' }, 0)).toMatchObject({ to: at + 10 * MINUTE, lag: 0 })
})

test('the time-lapse goes by the hour, as fast as it can, to its end and not past it', () => {
  const clock = new ManualClock(at)
  const lapse = { ...pace, lapseTo: at + 2 * DAY + 7 * MINUTE }
  let steps = 0
  for (;;) {
    const step = nextStep({ ...lapse, now: clock.now() }, 0)
    if (step.kind === 'rest') break
    expect(step.to - clock.now()).toBeLessThanOrEqual(HOUR)
    clock.advanceTo(step.to)
    steps++
  }
  expect(clock.now()).toBe(lapse.lapseTo)
  expect(steps).toBe(49)
})

test('a machine that slept for a night does not catch up on it', () => {
  expect(nextStep(pace, 8 * HOUR)).toMatchObject({ to: at + 300 * SECOND })
})

test('above ten minutes a second, the product is asked whether it keeps up', () => {
  expect(nextStep({ ...pace, speed: 600 }, 250)).toMatchObject({ lag: null })
  expect(nextStep({ ...pace, speed: 601 }, 250)).toMatchObject({ lag: expect.any(Number) })
})

test('blocks lead from here to there, none longer than an hour, none left out', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 * DAY }), (span) => {
      const ends = [...blocks(at, at + span)]
      expect(ends.at(-1) ?? at).toBe(at + span)
      for (const [i, end] of ends.entries()) {
        const length = end - (ends[i - 1] ?? at)
        expect(length).toBeGreaterThan(0)
        expect(length).toBeLessThanOrEqual(HOUR)
      }
    }),
  )
})
