import { expect, test } from 'vitest'
import { loadCatalog } from '../../catalog/index.ts'
import { DAY, type Millis, SeededRandom } from '../../core/index.ts'
import { readingSchema } from '../../ingest/index.ts'
import { Climate } from './climate.ts'
import { drawFault, severityAt, thirdShapes } from './faultCourse.ts'
import { Household } from './household.ts'
import type { Machine, Surroundings } from './machine.ts'
import { ThirdAirConditioner } from './thirdAirConditioner.ts'
import { createThirdFleet } from './thirdFleet.ts'
import { ThirdFridge } from './thirdFridge.ts'
import { ThirdWasher } from './thirdWasher.ts'
import { isobutane, r32, workOf } from './vapourCycle.ts'

const start = Date.UTC(2026, 5, 20)
const catalog = loadCatalog()
const DAYS = 9

interface Mean {
  of(metric: string, where?: (metrics: Record<string, number>, states: Record<string, string>) => boolean): number
}

/** Lives through some days without nuisances. @param warmer K above the place's weather */
function live(
  machine: (surroundings: Surroundings) => Machine,
  mode: string,
  severity: number,
  warmer = 0,
  days = DAYS,
): Mean {
  const climate = new Climate(new SeededRandom(7, 'climate'), 1, start, days)
  const at0 = climate.at.bind(climate)
  climate.at = (at: Millis) => {
    const weather = at0(at)
    return { ...weather, outdoorC: weather.outdoorC + warmer }
  }
  const one = machine({ climate, household: new Household(new SeededRandom(7, 'people'), []), start })
  const rows: { metrics: Record<string, number>; states: Record<string, string> }[] = []
  for (let at = start; at < start + days * DAY; ) {
    const seconds = one.interval
    at += 1000 * seconds
    one.advance(at, seconds, { failureMode: mode, severity, sign: 1 })
    if (at > start + 2 * DAY) rows.push({ metrics: { ...one.measured }, states: { ...one.states } })
  }
  return {
    of: (metric, where = () => true) => {
      const own = rows
        .filter(({ metrics, states }) => where(metrics, states))
        .map(({ metrics }) => metrics[metric] ?? NaN)
      return own.reduce((sum, value) => sum + value, 0) / own.length
    },
  }
}

/** The first seed whose draw has that layout. */
function of<M extends Machine>(
  make: new (random: SeededRandom, surroundings: Surroundings) => M,
  layout: string,
): (surroundings: Surroundings) => M {
  for (let seed = 0; ; seed++) {
    const machine = (surroundings: Surroundings): M => new make(new SeededRandom(seed, 'machine'), surroundings)
    const climate = new Climate(new SeededRandom(1, ''), 0, start, 1)
    if (machine({ climate, household: new Household(new SeededRandom(1, ''), []), start }).layout === layout)
      return machine
  }
}
const isOn = ({ compressorOn = 0 }: Record<string, number>): boolean => compressorOn > 0.5
const frostFree = of(ThirdFridge, 'frost-free')
const larder = of(ThirdFridge, 'larder')
const split = of(ThirdAirConditioner, 'on-off')
const belt = of(ThirdWasher, 'belt')

test.each(['larder', 'frost-free', 'inverter'])('a %s fridge gains and loses as much heat as it holds', (layout) => {
  const climate = new Climate(new SeededRandom(3, ''), 1, start, DAYS)
  const fridge = of(ThirdFridge, layout)({ climate, household: new Household(new SeededRandom(3, ''), []), start })
  const held = fridge.heldJ()
  for (let at = start; at < start + DAYS * DAY; at += 60_000)
    fridge.advance(at, 60, { failureMode: 'door-seal-leak', severity: 0.3, sign: 1 })
  const { inJ, outJ } = fridge.heat
  expect(inJ).toBeGreaterThan(1e7)
  expect(Math.abs(inJ - outJ - (fridge.heldJ() - held)) / inJ).toBeLessThan(0.002)
})

test('an air-conditioned room gains and loses as much heat as it holds', () => {
  const climate = new Climate(new SeededRandom(3, ''), 2, start, DAYS)
  const ac = split({ climate, household: new Household(new SeededRandom(3, ''), []), start })
  const held = ac.heldJ()
  for (let at = start; at < start + DAYS * DAY; at += 60_000)
    ac.advance(at, 60, { failureMode: 'none', severity: 0, sign: 1 })
  const { inJ, outJ } = ac.heat
  expect(outJ).toBeGreaterThan(1e7)
  expect(Math.abs(inJ - outJ - (ac.heldJ() - held)) / inJ).toBeLessThan(0.002)
})

test('the cycle obeys the second law, cools less the colder it must, and takes more the warmer it gives off', () => {
  for (const [refrigerant, cold, warm] of [
    [isobutane, -25, 40],
    [r32, 8, 45],
  ] as const) {
    const at = (cold: number, warm: number) =>
      workOf({ refrigerant, sweptM3: 4e-4, clearance: 0.02, efficiency: 0.55 }, cold, warm, 1, 1, 0)
    const { coolingW, inputW } = at(cold, warm)
    expect(coolingW / inputW).toBeLessThan((cold + 273.15) / (warm - cold))
    expect(coolingW / inputW).toBeGreaterThan(1)
    expect(at(cold - 5, warm).coolingW).toBeLessThan(0.9 * coolingW)
    expect(at(cold, warm + 8).inputW).toBeGreaterThan(1.03 * inputW)
  }
})

test('duty grows with the warmth outside, of a fridge and of an air conditioner', () => {
  for (const machine of [frostFree, larder, split])
    expect(live(machine, 'none', 0, 6).of('compressorOn')).toBeGreaterThan(
      1.08 * live(machine, 'none', 0).of('compressorOn'),
    )
})

const drop = 'evaporatorTemp'
test.each([
  // metric, whether while running, and by what ratio it must move
  ['refrigerant-leak', frostFree, 'compressorOn', false, '>', 1.2],
  ['refrigerant-leak', frostFree, 'power', true, '<', 0.97],
  ['refrigerant-leak', frostFree, 'condenserTemp', true, '<', 0.98],
  ['condenser-fouling', frostFree, 'condenserTemp', true, '>', 1.15],
  ['condenser-fouling', frostFree, 'power', true, '>', 1.08],
  ['door-seal-leak', larder, 'compressorOn', false, '>', 1.6],
  ['compressor-wear', frostFree, 'vibration', true, '>', 1.6],
  ['compressor-wear', frostFree, 'compressorOn', false, '>', 1.1],
  ['capillary-clog', frostFree, 'compressorOn', false, '>', 1.2],
  ['capillary-clog', frostFree, drop, true, '>', 1.08],
  ['evaporator-fan-failure', frostFree, 'fanSpeed', true, '<', 0.6],
  ['evaporator-fan-failure', frostFree, drop, true, '>', 1.05],
  ['defrost-heater-failure', frostFree, 'defrost', false, '>', 1.3],
  ['start-relay-failure', larder, 'compressorStarts', false, '>', 1.5],
  ['temperature-sensor-drift', larder, 'compressorOn', false, '>', 1.15],
  ['refrigerant-leak', split, 'power', true, '<', 0.97],
  ['condenser-fouling', split, 'condenserTemp', true, '>', 1.1],
  ['condenser-fouling', split, 'power', true, '>', 1.1],
  ['compressor-wear', split, 'vibration', true, '>', 1.5],
  ['capacitor-fade', split, 'compressorStarts', false, '>', 1.3],
  ['fan-imbalance', split, 'vibration', true, '>', 1.4],
  ['condensate-drain-block', split, 'condensateLevel', true, '>', 2],
] as const)('%s moves what the catalog says', (mode, machine, metric, running, side, factor) => {
  const where = running ? isOn : undefined
  const ratio = live(machine, mode, 0.85).of(metric, where) / live(machine, 'none', 0).of(metric, where)
  if (side === '>') expect(ratio).toBeGreaterThan(factor)
  else expect(ratio).toBeLessThan(factor)
})

test('an air conditioner cools its air less with a leak and more past a clogged filter, and errs by its sensor alone', () => {
  const difference = (mean: Mean, a: string, b: string): number => mean.of(a, isOn) - mean.of(b, isOn)
  const sound = live(split, 'none', 0)
  const air = (mean: Mean): number => difference(mean, 'returnTemp', 'supplyTemp')
  expect(air(live(split, 'refrigerant-leak', 0.8))).toBeLessThan(0.85 * air(sound))
  expect(air(live(split, 'filter-clog', 0.8))).toBeGreaterThan(1.3 * air(sound))
  expect(
    difference(live(split, 'temperature-sensor-bias', 0.8), 'roomTemp', 'returnTemp') -
      difference(sound, 'roomTemp', 'returnTemp'),
  ).toBeGreaterThan(2)
  const perKw = (mean: Mean): number => mean.of('current', isOn) / mean.of('power', isOn)
  expect(perKw(live(split, 'capacitor-fade', 0.8)) / perKw(sound)).toBeGreaterThan(1.2)
})

test('a washer shows each of its faults where the catalog looks', () => {
  const inPhase = (phase: string) => (_: Record<string, number>, states: Record<string, string>) =>
    states.phase === phase
  const spins = ({ drumSpeed = 0 }: Record<string, number>): boolean => drumSpeed > 600
  const swings = ({ drumSpeed = 0 }: Record<string, number>): boolean => drumSpeed > 130 && drumSpeed < 350
  const tumbles = ({ drumSpeed = 0 }: Record<string, number>, { phase }: Record<string, string>): boolean =>
    phase === 'wash' && drumSpeed > 20
  const days = 40
  const sound = live(belt, 'none', 0, 0, days)
  const ill = (mode: string): Mean => live(belt, mode, 0.75, 0, days)
  expect(ill('drum-imbalance').of('vibration1x', spins)).toBeGreaterThan(2 * sound.of('vibration1x', spins))
  expect(ill('bearing-wear').of('bearingEnvelope', spins)).toBeGreaterThan(3 * sound.of('bearingEnvelope', spins))
  expect(ill('damper-wear').of('vibrationRms', swings)).toBeGreaterThan(1.12 * sound.of('vibrationRms', swings))
  expect(ill('heater-scale').of('power', inPhase('heat'))).toBeLessThan(0.92 * sound.of('power', inPhase('heat')))
  expect(ill('heater-failure').of('power', inPhase('heat'))).toBeLessThan(300)
  expect(ill('belt-slip').of('drumSpeed', tumbles)).toBeLessThan(0.9 * sound.of('drumSpeed', tumbles))
  expect(ill('door-lock-failure').of('doorLocked', inPhase('wash'))).toBeLessThan(0.995)
  const share = (mean: Mean, phase: string): number =>
    mean.of('isIt', (metrics, states) => {
      metrics.isIt = states.phase === phase ? 1 : 0
      return states.phase !== 'idle'
    })
  expect(share(ill('drain-clog'), 'drain')).toBeGreaterThan(1.5 * share(sound, 'drain'))
  expect(share(ill('inlet-valve-failure'), 'fill')).toBeGreaterThan(1.5 * share(sound, 'fill'))
})

test('a washer heats by the energy that its element gives', () => {
  const climate = new Climate(new SeededRandom(3, ''), 1, start, 30)
  const washer = belt({ climate, household: new Household(new SeededRandom(3, ''), []), start })
  let drawnJ = 0
  for (let at = start; at < start + 30 * DAY; ) {
    const seconds = washer.interval
    at += 1000 * seconds
    washer.advance(at, seconds, { failureMode: 'none', severity: 0, sign: 1 })
    if (washer.states.phase === 'heat') drawnJ += seconds * (washer.measured.power ?? 0)
  }
  // The drum and the electronics take the rest while it heats.
  expect(washer.heat.inJ / drawnJ).toBeGreaterThan(0.85)
  expect(washer.heat.inJ / drawnJ).toBeLessThan(1.05)
  expect(washer.heat.outJ / washer.heat.inJ).toBeLessThan(0.25)
})

test.each(thirdShapes)('a %s course goes from nothing to failure', (shape) => {
  for (let seed = 0; seed < 40; seed++) {
    const fault = { ...drawFault(new SeededRandom(seed, shape), 'any', start, false, true), shape, abrupt: false }
    const span = fault.functionalFailureAt - fault.onset
    const at = (share: number): number => severityAt(fault, fault.onset + share * span)
    expect(severityAt(fault, start - 1)).toBe(0)
    expect(at(1)).toBe(1)
    let most = 0
    for (let share = 0; share <= 1; share += 0.01) {
      expect(at(share)).toBeGreaterThanOrEqual(0)
      expect(at(share)).toBeLessThanOrEqual(1)
      if (shape !== 'relapsing') expect(at(share)).toBeGreaterThanOrEqual(most)
      most = Math.max(most, at(share))
    }
  }
})

test('readings of the fleet pass the door of ingest, within what each metric can be, and are the same again', () => {
  const options = {
    seed: 4,
    catalog,
    kinds: { fridge: 5, washer: 5, ac: 5 },
    start,
    days: 8,
    faultsPerYear: 60,
    soundDays: 2,
    prefix: 't-',
  }
  const [fleet, again] = [createThirdFleet(options), createThirdFleet(options)]
  let counted = 0
  const layouts = new Set<string>()
  for (const [nth, appliance] of fleet.appliances.entries()) {
    const kind = catalog.kind(appliance.kind)
    const schema = readingSchema(kind)
    const twin = again.appliances[nth]!
    let last = 0
    while (appliance.nextAt() < start + options.days * DAY) {
      const said = appliance.next()
      if (twin.next() !== said) throw new Error(`${appliance.model} is not itself again`)
      if (!said) continue
      counted++
      if (appliance.ts <= last) throw new Error(`${appliance.model} goes back in time`)
      last = appliance.ts
      if (counted % 50 !== 0) continue
      expect(twin.values).toEqual(appliance.values)
      const metrics = Object.fromEntries(
        kind.metricNames.flatMap((name, m) =>
          Number.isNaN(appliance.values[m]!) ? [] : [[name, appliance.values[m]!]],
        ),
      )
      for (const [name, value] of Object.entries(metrics)) {
        const [low, high] = kind.metrics[name]!.plausible
        if (value < low || value > high) throw new Error(`${appliance.model} ${name} ${value}`)
      }
      expect(schema.safeParse({ ts: appliance.ts, metrics, states: appliance.states }).error).toBeUndefined()
    }
    layouts.add(appliance.model.split(' ')[0]!)
  }
  expect(counted).toBeGreaterThan(90_000)
  expect(layouts.size).toBeGreaterThan(5)
  expect(fleet.appliances.filter(({ faults }) => faults.length > 0).length).toBeGreaterThan(4)
})

test('every mode that the catalog foresees is had by some appliance', () => {
  const had = new Set<string>()
  const climate = new Climate(new SeededRandom(1, ''), 0, start, 1)
  const surroundings = { climate, household: new Household(new SeededRandom(1, ''), []), start }
  for (let seed = 0; seed < 30; seed++) {
    const random = (): SeededRandom => new SeededRandom(seed, '')
    for (const mode of new ThirdFridge(random(), surroundings).modes) had.add(`fridge ${mode}`)
    for (const mode of new ThirdWasher(random(), surroundings).modes) had.add(`washer ${mode}`)
    for (const mode of new ThirdAirConditioner(random(), surroundings).modes) had.add(`ac ${mode}`)
  }
  const all = ['fridge', 'washer', 'ac'].flatMap((kind) =>
    Object.keys(catalog.kind(kind).failureModes).map((mode) => `${kind} ${mode}`),
  )
  expect([...had].sort()).toEqual(all.sort())
})
