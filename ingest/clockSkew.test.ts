import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../core/index.ts'
import { ClockWatch } from './clockSkew.ts'

const START = Date.UTC(2026, 0, 1)
/** A message a minute for so many hours; each is delayed as told. */
function hear(watch: ClockWatch, hours: number, aheadMs: number, delay: (i: number) => number, from = START): void {
  for (let i = 0; i < hours * 60; i++) {
    const made = from + i * MINUTE
    watch.hear('a', made + aheadMs, made + delay(i))
  }
}
const some = (i: number): number => 200 + ((i * 7_919) % 5_000)

describe('a clock that is wrong', () => {
  test('a right one is never named, however its messages are delayed', () => {
    const watch = new ClockWatch()
    hear(watch, 48, 0, (i) => (i % 600 > 400 ? 3 * HOUR : some(i)))
    expect(watch.news()).toEqual([])
    expect(watch.wrong()).toEqual([])
  })
  test('one ahead is named with its first message', () => {
    const watch = new ClockWatch()
    hear(watch, 0.05, 14 * MINUTE, some)
    expect(watch.news()).toMatchObject([{ appliance: 'a', aheadMs: 14 * MINUTE - 200 }])
  })
  test('one behind is named once two spans agree, and not before', () => {
    const watch = new ClockWatch()
    hear(watch, 6, -HOUR, some)
    expect(watch.news()).toEqual([])
    hear(watch, 2, -HOUR, some, START + 6 * HOUR)
    expect(watch.news()).toMatchObject([{ appliance: 'a', aheadMs: -HOUR - 200 }])
    expect(watch.wrong()).toHaveLength(1)
  })
  test('one that is set right is said to be', () => {
    const watch = new ClockWatch()
    hear(watch, 1, 30 * MINUTE, some)
    watch.news()
    hear(watch, 14, 0, some, START + HOUR)
    expect(watch.news().at(-1)).toMatchObject({ appliance: 'a', aheadMs: null })
    expect(watch.wrong()).toEqual([])
  })
})
