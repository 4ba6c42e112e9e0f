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

interface CooledDay {
  /** The day on which it first does more than blow. */
  from: number
  /** How long its compressor runs and rests in turn, minutes, from eight in the morning on. */
  runs: number
  rests: number
  watts: (random: SeededRandom) => number
  /** While its compressor rests, W. */
  blower: number
  without: readonly string[]
  fault: (day: number) => { amperes?: number; vibration?: number; pan?: number }
}

/** An air conditioner that cools from eight to six, a reading a minute. */
const cooled = (days: number, o: CooledDay): Reading[] => {
  const random = new SeededRandom(12, 'cooled')
  let watts = 600
  return Array.from({ length: days * 1440 }, (_, minute) => {
    const t = minute % 1440
    const fault = o.fault(minute / 1440)
    const isOn = o.runs > 0 && t >= 480 && t < 1080
    const runs = isOn && minute >= 1440 * o.from && (t - 480) % (o.runs + o.rests) < o.runs
    if (t % 20 === 0) watts = o.watts(random)
    const power = (runs ? watts : isOn ? o.blower : 3) * (1 + 0.01 * gaussian(random))
    const noisy = (value: number, sd: number): number => value + sd * gaussian(random)
    const metrics: Record<string, number> = {
      roomTemp: noisy(25, 0.2),
      setpointTemp: 25,
      returnTemp: noisy(25.3, 0.2),
      supplyTemp: noisy(runs ? 14 : 25, 0.2),
      outdoorTemp: noisy(29 + 3 * Math.sin(minute / 2_000), 0.2),
      power,
      current: noisy((power / 218) * (1 + (runs ? (fault.amperes ?? 0) : 0)), 0.01),
      compressorOn: Number(runs),
      vibration: Math.max(0, noisy(runs ? 1 + (fault.vibration ?? 0) : 0.05, 0.04)),
      condensateLevel: Math.max(0, noisy(4 + (fault.pan ?? 0), 0.7)),
    }
    return {
      ts: START + (minute + 1) * MINUTE,
      metrics: Object.fromEntries(Object.entries(metrics).filter(([name]) => !o.without.includes(name))),
      states: { mode: isOn ? 'cool' : 'off' },
    }
  })
}
const steady: CooledDay = { from: 0, runs: 40, rests: 10, watts: () => 700, blower: 30, without: [], fault: () => ({}) }
const grows = (day: number): number => Math.max(0, Math.min(1, (day - 18) / 10))

test('what an air conditioner draws tells when its compressor runs, however that goes up and down, and not when it blows', async () => {
  const watts = (random: SeededRandom) => (random.next() < 0.5 ? 160 : 420)
  const inverter = { ...steady, from: 3, runs: 15, rests: 25, watts, blower: 55, without: ['compressorOn'] }
  const { told, cycles } = await watch('ac', cooled(30, { ...inverter, fault: (day) => ({ vibration: grows(day) }) }))
  expect(cycles.length).toBeGreaterThan(350)
  for (const { from, to } of cycles) expect(Math.abs((to - from) / MINUTE - 15)).toBeLessThanOrEqual(2)
  expect(told[0]?.hypotheses[0]?.failureMode).toBe('fan-imbalance')
  expect((await watch('ac', cooled(30, inverter))).told).toEqual([])
})

test('a compressor that never runs for longer than five minutes shows its capacitor no less', async () => {
  const short = { ...steady, runs: 5, rests: 6 }
  const { told } = await watch('ac', cooled(30, { ...short, fault: (day) => ({ amperes: 0.2 * grows(day) }) }))
  expect(told[0]?.hypotheses[0]?.failureMode).toBe('capacitor-fade')
  expect((await watch('ac', cooled(30, short))).told).toEqual([])
})

test('water that stands in the pan of an air conditioner at rest is a blocked drain, also to models that were trained before it was watched', async () => {
  const resting = { ...steady, runs: 0 }
  const { tickets } = await watch('ac', cooled(30, { ...resting, fault: (day) => ({ pan: 15 * grows(day) }) }))
  expect(tickets[0]?.hypotheses[0]?.failureMode).toBe('condensate-drain-block')
  expect((await watch('ac', cooled(30, resting))).told).toEqual([])
})

interface Washed {
  /** Minutes of heating, and what the heater draws then; 0 for a cold program. */
  heats: (day: number) => { minutes: number; watts: number }
}

/** A washer that says its phase, two programs a day, a reading every ten seconds of them; its thermometer follows in 90 s. */
const phased = (days: number, { heats }: Washed): Reading[] => {
  const random = new SeededRandom(13, 'phased')
  const readings: Reading[] = []
  for (let half = 0; half < 2 * days; half++) {
    const from = START + (half / 2) * DAY + 6 * HOUR
    const { minutes, watts } = heats(half / 2)
    let water = 15
    let shown = 15
    const say = (second: number, phase: string, power: number): void => {
      water += phase === 'heat' ? (watts / 2_000) * (1.2 / 6) : phase === 'idle' ? (15 - water) / 12 : 0
      shown += (water - shown) * (10 / 100)
      readings.push({
        ts: from + 1_000 * second,
        metrics: {
          power: Math.max(0, power * (1 + 0.01 * gaussian(random))),
          waterTemp: Math.round(10 * (shown + 0.05 * gaussian(random))) / 10,
          waterLevel: phase === 'idle' ? 0 : 90,
        },
        states: { phase },
      })
    }
    const parts: [string, number, number][] = [
      ['fill', 3, 20],
      ['heat', minutes, watts],
      ['wash', 20, 150],
      ['rinse', 10, 120],
      ['spin', 5, 350],
    ]
    let second = 0
    for (const [phase, lasts, power] of parts)
      for (let i = 0; i < 6 * lasts; i++) {
        second += 10
        say(second, phase, power)
      }
    for (let rest = second + 300; rest < 42_000; rest += 300) say(rest, 'idle', 3)
  }
  return readings
}
const warm = { minutes: 25, watts: 2_000 }

test('weeks of cold washes are no broken heater, and a heater that draws nothing is one', async () => {
  const cold = await watch('washer', phased(25, { heats: (day) => (day < 17 ? warm : { minutes: 0, watts: 0 }) }))
  expect(cold.told).toEqual([])
  const broken = await watch('washer', phased(25, { heats: (day) => (day < 17 ? warm : { minutes: 25, watts: 60 }) }))
  expect(broken.told[0]?.hypotheses[0]?.failureMode).toBe('heater-failure')
})
