import { expect, test } from 'vitest'
import { DAY, MINUTE } from '../../core/index.ts'
import { faultOfTs, wrongTime } from './readTime.ts'

const now = Date.UTC(2026, 2, 1)

test.each([
  [now / 1000, 'too-old', /looks like seconds: multiply by 1000/, true],
  [now * 1000, 'in-future', /looks like microseconds: divide by 1000$/, true],
  [now * 1e6, 'in-future', /looks like nanoseconds: divide by 1000000/, true],
  [0, 'too-old', /before 2015$/, false],
  [now + DAY, 'in-future', /1440 minutes past the clock at its arrival$/, false],
  [1e308, 'in-future', /minutes past the clock/, true],
])('%d is %s, says what it looks like, and whether it is of a clock', (ts, reason, detail, isNoClock) => {
  expect(wrongTime(ts, now, 10 * MINUTE)).toEqual({ reason, detail: expect.stringMatching(detail), isNoClock })
})

test.each([
  ['2026-03-01T00:00:00Z', /"2026-03-01T00:00:00Z" is a text/],
  [`${now}`, /without quotes/],
  [now / 1000 + 0.5, /looks like seconds/],
  [now + 0.5, /round/],
  [undefined, /missing/],
  [null, /not null/],
  [[1], /not a list/],
])('%j as ts says what to send', (ts, why) => {
  expect(faultOfTs(ts)).toMatch(why)
})
test('a whole number is none', () => {
  expect(faultOfTs(now)).toBeUndefined()
  expect(wrongTime(now, now, 0)).toBeUndefined()
})
