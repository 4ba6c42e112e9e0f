import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, gaussian, MINUTE, SeededRandom } from '../../core/index.ts'
import { planDetection } from '../features/detectionPlan.ts'
import { type FeatureState, newFeatureState } from '../features/featureState.ts'
import { updateHold } from './stuckSensor.ts'

const plan = planDetection(loadCatalog().kind('ac'))

/** Feeds one metric. @param value of a minute, whether it runs, and its step @returns the days on which it was said to be stuck */
function stuckDays(
  days: number,
  everyMinutes: number,
  step: number,
  read: (day: number, running: boolean, random: SeededRandom) => number,
  isAway: (day: number) => boolean = () => false,
): number[] {
  const sense: FeatureState = { ...newFeatureState(plan, 'one', ''), firstTs: 0 }
  const random = new SeededRandom(3, 'stuck')
  const found: number[] = []
  for (let ts = 0; ts < days * DAY; ts += everyMinutes * MINUTE) {
    const day = ts / DAY
    const running = Math.sin(day * 60) > 0.2 && !isAway(day)
    const value = Math.round(read(day, running, random) / step) * step
    if (updateHold(sense, 0, value, ts, running)?.what === 'stuck') found.push(Math.floor(day))
  }
  return found
}
/** Follows the day and the compressor. */
const lively = (day: number, running: boolean, random: SeededRandom): number =>
  22 + 2 * Math.sin(2 * Math.PI * day) - (running ? 1.5 : 0) + 0.1 * gaussian(random)

test('a sensor that stops is told within a day, read every minute or every quarter of an hour', () => {
  for (const everyMinutes of [1, 15]) {
    const found = stuckDays(30, everyMinutes, 0.1, (day, running, random) =>
      day > 22 ? 22.3 : lively(day, running, random),
    )
    expect(found).toHaveLength(1)
    expect(found[0]).toBeLessThanOrEqual(23)
  }
})

test('a coarse sensor in a room where nothing happens for two weeks is none', () => {
  const isAway = (day: number): boolean => day > 22 && day < 36
  for (const everyMinutes of [1, 15])
    expect(
      stuckDays(
        40,
        everyMinutes,
        1,
        (day, running, random) => (isAway(day) ? 22 : lively(day, running, random)),
        isAway,
      ),
    ).toEqual([])
})

test('rest, a zero, and the end of a range are no signs', () => {
  const watts = (day: number, running: boolean, random: SeededRandom): number =>
    running && day < 20 ? 600 + 20 * gaussian(random) : 2
  expect(stuckDays(40, 1, 1, (day, running, random) => watts(day, day < 20 && running, random))).toEqual([])
  expect(
    stuckDays(40, 1, 1, (day, running, random) => (day > 20 ? 0 : 900 + 5 * gaussian(random) * Number(running))),
  ).toEqual([])
  expect(stuckDays(40, 1, 1, (day, _, random) => (day > 20 ? 100 : Math.min(100, 70 + 20 * gaussian(random))))).toEqual(
    [],
  )
})
