import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, SeededRandom } from '../../core/index.ts'
import { rateRatio, ratioOfRatios } from '../../service/quality/effect.ts'
import { openTestApi, type TestApi } from './openTestApi.ts'
import { alertOf, NOW, onBothDatabases } from './openTestService.ts'

const side = (failures: number, applianceYears: number) => ({
  failures,
  applianceYears,
  rate: failures / applianceYears,
})

test('S55 the interval of a ratio holds the truth as often as it says (seed 55, 400 drawn changes)', () => {
  const random = new SeededRandom(55, 'effect')
  const poisson = (mean: number): number => {
    let [count, product] = [0, random.next()]
    for (; product > Math.exp(-mean); count++) product *= random.next()
    return count
  }
  let held = 0
  for (let i = 0; i < 400; i++) {
    const found = rateRatio(side(poisson(20), 50), side(poisson(8), 50))!
    if (found.interval[0] <= 0.4 && 0.4 <= found.interval[1]) held++
  }
  console.log(`95 % intervals that hold the truth: ${held} of 400`)
  expect(held).toBeGreaterThanOrEqual(366)
})

test('S55 what fell for everybody falls out against those that were not changed', () => {
  const fell = ratioOfRatios([side(40, 50), side(20, 50)], [side(40, 50), side(20, 50)])
  expect(fell).toMatchObject({ ratio: 1 })
  expect(rateRatio(side(3, 0), side(1, 4))).toBeNull()
})

onBothDatabases('effect of a change', (open) => {
  let api: TestApi
  beforeAll(async () => {
    const opened = await open()
    api = await openTestApi(opened.database, opened.close)
    for (let i = 0; i < 40; i++)
      await api.register(`x${i}`, { firmware: i % 2 ? '2.0' : '1.0', installedAt: NOW - 400 * DAY })
  })
  afterAll(() => api.close())

  test('S55 did this change lower it? The changed ones beside those of the same kind and age that were not', async () => {
    const begun = api.clock.now()
    const fails = (ids: number[]) =>
      Promise.all(ids.map((i) => api.ticketFor(alertOf(`x${i}`, { id: `al-${i}-${api.clock.now()}` }))))
    api.clock.advanceTo(begun + 30 * DAY)
    await fails([0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 15, 17, 19])
    const changedAt = begun + 60 * DAY
    api.clock.advanceTo(begun + 90 * DAY)
    await fails([20, 22, 24, 26, 28])
    api.clock.advanceTo(begun + 120 * DAY)
    const query = `kind=fridge&failureMode=compressor-wear&at=${changedAt}&days=60&firmware=2.0`
    const effect = await api.call<{
      before: { failures: number }
      after: { failures: number }
      ratio: { ratio: number; interval: [number, number] }
      matched: {
        appliances: number
        before: { failures: number }
        after: { failures: number }
        ratio: { ratio: number; interval: [number, number] }
      }
      lowered: boolean
    }>('GET', `/api/quality/effect?${query}`)
    expect(effect).toMatchObject({
      before: { failures: 10 },
      after: { failures: 0 },
      lowered: true,
      matched: { appliances: 20, before: { failures: 4 }, after: { failures: 5 } },
    })
    expect(effect.ratio.interval[1]).toBeLessThan(1)
    expect(effect.matched.ratio.ratio).toBeLessThan(effect.ratio.ratio)
    const others = await api.call<{ lowered: boolean }>('GET', `/api/quality/effect?${query.replace('2.0', '1.0')}`)
    expect(others.lowered).toBe(false)
  })
})
