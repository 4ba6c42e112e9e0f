// What real machines do and no simulated one did: each series is what a recording showed, made small.
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadCatalog } from '../catalog/index.ts'
import { type AnalysisOutput, DAY, gaussian, HOUR, MINUTE, type Reading, SeededRandom } from '../core/index.ts'
import { createAnalysis } from './createAnalysis.ts'
import { inputOf } from './features/readingBatches.ts'
import { afterDays, madeFridge, START } from './handMade.fixture.ts'

const catalog = loadCatalog()
const modelsDir = fileURLToPath(new URL('../models', import.meta.url))

async function watch(kind: string, readings: Reading[], models: string | null = modelsDir) {
  const analysis = await createAnalysis({ catalog, clock: 'telemetry', modelsDir: models })
  const out: AnalysisOutput[] = []
  for (let i = 0; i < readings.length; i += 4_000)
    out.push(
      await analysis.accept(
        inputOf(
          catalog.kind(kind),
          readings.slice(i, i + 4_000).map((reading, n) => ({ appliance: 'one', reading, offset: 100 + i + n })),
        ),
      ),
    )
  const detections = out.flatMap((each) => each.detections)
  return {
    detections,
    told: detections.filter(({ phase }) => phase === 'confirmed'),
    tickets: detections.filter(({ phase, severity }) => phase === 'confirmed' && severity !== 'info'),
    cycles: out.flatMap((each) => each.cycles),
    health: out.flatMap((each) => each.health),
  }
}

/** Power alone, a reading a minute. @param watts by minute */
const plug = (days: number, watts: (minute: number, random: SeededRandom) => number): Reading[] => {
  const random = new SeededRandom(11, 'plug')
  return Array.from({ length: days * 1440 }, (_, minute) => ({
    ts: START + (minute + 1) * MINUTE,
    metrics: { power: Math.round(10 * Math.max(0, watts(minute, random))) / 10 },
  }))
}

/** 4 W at rest; a program a day: 3 min 20 W, 22 min 2,150 W, 45 min of 100 and 20 W in turn, 10 min 350 W. */
const washed = (minute: number, random: SeededRandom): number => {
  const t = (minute % 1440) - 600
  const noise = 1 + 0.02 * gaussian(random)
  if (t < 0 || t >= 80) return 4
  if (t < 3) return 20 * noise
  if (t < 25) return 2150 * noise
  if (t < 70) return (Math.floor(t / 3) % 2 === 0 ? 100 : 20) * noise
  return 350 * noise
}

test('a program a day of a washer behind a plug is a program a day, and says nothing of its heater', async () => {
  const { cycles, told } = await watch('washer', plug(30, washed))
  expect(cycles.length).toBeGreaterThanOrEqual(28)
  expect(cycles.length).toBeLessThanOrEqual(30)
  for (const { from, to } of cycles) expect((to - from) / MINUTE).toBeCloseTo(80, -1)
  expect(told).toEqual([])
})

test('a display that flickers is no program', async () => {
  const { cycles, told } = await watch(
    'washer',
    plug(20, (minute, random) => (random.next() < 0.01 ? 13 : 0.5) + washed(minute, random) - 4),
  )
  expect(cycles.length).toBeGreaterThanOrEqual(18)
  expect(cycles.length).toBeLessThanOrEqual(20)
  expect(told).toEqual([])
})

test.each([8, 1])('what always runs, by ± %i W, is found to, and no baseline is made of its noise', async (noise) => {
  const { told, health, cycles } = await watch(
    'fridge',
    plug(25, (_, random) => 105 + noise * gaussian(random)),
  )
  expect(told).toEqual([])
  expect(health.at(-1)).toMatchObject({ neverCycles: true })
  expect(health.at(-1)!.health).toBeGreaterThan(85)
  expect(cycles.filter(({ from }) => from > afterDays(2))).toEqual([])
})

test('a freezer that runs for ten hours at a time opens nothing', async () => {
  let on = true
  let until = 600
  const { told } = await watch(
    'fridge',
    plug(40, (minute, random) => {
      if (minute >= until) {
        on = !on
        until = minute + (on ? 540 + 180 * random.next() : 200 + 200 * random.next())
      }
      return on ? 105 + 8 * gaussian(random) : 2
    }),
  )
  expect(told).toEqual([])
})

test.each([3, 9, 12, 16])('a compressor that dies on day %i is told within three hours', async (fromDay) => {
  const { tickets } = await watch('fridge', madeFridge(3, fromDay + 2, { fromDay, dead: true }))
  expect(tickets[0]?.at).toBeLessThan(afterDays(fromDay) + 3 * HOUR)
  expect(tickets[0]?.at).toBeGreaterThan(afterDays(fromDay))
  expect(tickets[0]).toMatchObject({ severity: 'critical' })
  expect(['start-relay-failure', 'compressor-wear']).toContain(tickets[0]!.hypotheses[0]!.failureMode)
})

test('by its power alone a dead compressor is told too, and never by a sensor that is not there', async () => {
  for (const fromDay of [5, 16]) {
    const { detections } = await watch('fridge', madeFridge(3, fromDay + 4, { fromDay, dead: true }, ['power']))
    const tickets = detections.filter(({ phase, severity }) => phase === 'confirmed' && severity !== 'info')
    expect(tickets[0]?.at).toBeLessThan(afterDays(fromDay) + DAY)
    for (const { hypotheses } of detections)
      expect(hypotheses.map(({ failureMode }) => failureMode)).not.toContain('temperature-sensor-drift')
  }
})

test('nothing opens without proof, and while it is learned nothing is said of how long it will last', async () => {
  const { told } = await watch('fridge', madeFridge(1, 9, { fromDay: 6, dead: true }))
  expect(told.length).toBeGreaterThan(0)
  for (const { evidence, remainingLife, explanation } of told) {
    expect(evidence.length).toBeGreaterThan(0)
    expect(remainingLife).toBeUndefined()
    expect(explanation.engineer.en).not.toMatch(/Fails in/)
  }
})

test('a program that does not heat is another program, and no dead heater', async () => {
  const { told } = await watch(
    'washer',
    plug(45, (minute, random) => {
      const watts = washed(minute, random)
      return Math.floor(minute / 1440) % 4 === 3 && watts > 400 ? 120 : watts
    }),
  )
  expect(told).toEqual([])
})

test('a fridge whose readings have holes of some minutes runs as often as it does', async () => {
  const whole = await watch('fridge', madeFridge(5, 12))
  const random = new SeededRandom(2, 'holes')
  let hole = 0
  const holed = madeFridge(5, 12).filter(() => {
    if (hole === 0 && random.next() < 0.004) hole = 3 + Math.floor(4 * random.next())
    return hole === 0 || --hole < 0
  })
  const { cycles } = await watch('fridge', holed)
  expect(holed.length).toBeLessThan(0.99 * 12 * 1440)
  expect(cycles.length).toBeGreaterThan(0.97 * whole.cycles.length)
  expect(cycles.length).toBeLessThan(1.03 * whole.cycles.length)
})

test('a program with a short hole is one program', async () => {
  const holed = plug(20, washed).filter(({ ts }) => {
    const t = (((ts - START) / MINUTE - 1) % 1440) - 600
    return !(t > 30 && t < 38)
  })
  const { cycles } = await watch('washer', holed)
  expect(cycles.length).toBeGreaterThanOrEqual(18)
})
