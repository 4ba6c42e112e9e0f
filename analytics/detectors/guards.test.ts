import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { type Detection, MINUTE, type Reading } from '../../core/index.ts'
import { createAnalysis } from '../createAnalysis.ts'
import { inputOf } from '../features/readingBatches.ts'
import { afterDays, madeFridge, START } from '../handMade.fixture.ts'

const catalog = loadCatalog()

/** A fridge told to be at −6 °C that never comes below 2.5: by its kind's limits too warm from its first hour on. */
const strange = (change: (reading: Reading) => number): Reading[] =>
  madeFridge(12, 12).map((reading) => ({
    ...reading,
    metrics: {
      ...reading.metrics,
      setpointTemp: -6,
      cabinetTemp: reading.metrics.cabinetTemp! + change(reading),
    },
  }))

async function said(readings: Reading[], kind = 'fridge', cadenceSeconds?: number): Promise<Detection[]> {
  const analysis = await createAnalysis({ catalog, clock: 'telemetry', modelsDir: null })
  const sent = readings.map((reading, i) => ({ appliance: 'a', reading, offset: i + 2 }))
  const control = { type: 'register', appliance: 'a', kind, model: 'm', cadenceSeconds } as const
  const controls = cadenceSeconds ? [{ control, offset: 1 }] : []
  const { detections } = await analysis.accept({ ...inputOf(catalog.kind(kind), sent), controls })
  return detections.filter(({ phase }) => phase === 'confirmed')
}
const confirmed = async (readings: Reading[]): Promise<number[]> => (await said(readings)).map(({ at }) => at)

test('what its kind’s limits do not fit is watched by its own, once they are known', async () => {
  const between = ({ ts }: Reading, from: number, to: number) => ts > afterDays(from) && ts <= afterDays(to)
  expect(await confirmed(strange((reading) => (between(reading, 4, 5.5) ? 2.5 : 0)))).toEqual([])
  const [first] = await confirmed(strange((reading) => (between(reading, 9, 12) ? 8 : 0)))
  expect(first).toBeGreaterThan(afterDays(9))
  expect(first).toBeLessThan(afterDays(9.5))
})

test('time in which nobody knows whether it runs is no time that it has been running', async () => {
  // By its power alone it never rests for a week, so that nothing is known of its runs; then it begins to.
  const readings = madeFridge(12, 16, null, ['power']).map(({ ts, metrics }) => ({
    ts,
    metrics: ts <= afterDays(8) ? { power: 70 + (metrics.power! > 20 ? 1 : 0) } : metrics,
  }))
  expect(await confirmed(readings)).toEqual([])
})

/** An air conditioner heard every quarter of an hour, by its mean power: air of the room comes out as it went in. */
const heardSeldom = (starts: number): Reading[] =>
  Array.from({ length: 400 }, (_, nth) => ({
    ts: START + 15 * nth * MINUTE,
    metrics: {
      power: nth % 40 < 10 ? 30 : 160,
      compressorStarts: nth % 40 < 10 ? 0 : starts,
      returnTemp: 24,
      supplyTemp: 24,
    },
    states: { mode: 'cool' },
  }))

test('a short run in every quarter of an hour, which its starts tell, is no compressor that runs and does not cool', async () => {
  expect(await said(heardSeldom(1), 'ac', 900)).toEqual([])
  // One that never started again ran through.
  expect((await said(heardSeldom(0), 'ac', 900))[0]?.evidence[0]?.feature).toBe('noCooling')
})

/** A washer that is heard every minute, and comes to stand in error for half an hour. */
const standsInError = (...phases: string[]): Reading[] =>
  [...Array.from({ length: 120 }, () => 'idle'), ...phases, ...Array.from({ length: 30 }, () => 'error')].map(
    (phase, minute) => ({ ts: START + minute * MINUTE, metrics: { power: 5 }, states: { phase } }),
  )

test.each([
  // Without its door's lock a washer does not let water in either.
  [['fill'], ['inlet-valve-failure', 'door-lock-failure']],
  [['fill', 'heat'], ['heater-failure']],
  [['fill', 'wash', 'drain'], ['drain-clog']],
  [['idle'], ['door-lock-failure']],
  // A drum that cannot be spun: what cannot be told apart is said together.
  [
    ['fill', 'wash', 'drain', 'spin'],
    ['drum-imbalance', 'bearing-wear', 'damper-wear', 'belt-slip'],
  ],
])('an error after %j is of what that step needs', async (phases, modes) => {
  const [first] = await said(standsInError(...phases), 'washer')
  const likeliest = first!.hypotheses[0]!.probability
  const together = first!.hypotheses.filter(({ probability }) => probability > 0.6 * likeliest)
  expect(together.map(({ failureMode }) => failureMode)).toEqual(modes)
})
