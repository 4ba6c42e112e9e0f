// The tests that simulated appliances know by themselves, whatever the product's catalog says of them.
import type { Surroundings } from '../../world/home.ts'

/** A reading of a test: minutes since it was told to begin. */
export interface SeenReading {
  minute: number
  values: Float64Array
  phase: string
}
type Value = (metric: string, seen: SeenReading | undefined) => number

/** How a kind of appliance runs a test. */
export interface TestRun {
  name: string
  /** Over at the latest after. */
  minutes: number
  /** How far its control aims from what is set meanwhile. */
  shiftK: number
  /** Why it will not now; undefined: it will. */
  refuses?: (around: Surroundings, words: readonly string[]) => string | undefined
  /** What it measured, NaN where a sensor is absent. */
  measure(seen: readonly SeenReading[], value: Value): Record<string, number>
}

/** So many of the first and the last minutes count: one reading is noise. */
const FIRST_MINUTES = 3.5
const LAST_MINUTES = 8
/** Colder outside, cooling says little and is hard on a compressor. */
const COLDEST_OUTDOOR = 15
/** Watts of a heater that is on, at the least. */
const HEATS_W = 150

const mean = (some: readonly number[]): number => some.reduce((sum, one) => sum + one, 0) / some.length

/** The mean over the last minutes. */
const atEnd =
  (seen: readonly SeenReading[], value: Value) =>
  (metric: string): number => {
    const end = seen.at(-1)?.minute ?? 0
    return mean(seen.filter(({ minute }) => minute > end - LAST_MINUTES).map((one) => value(metric, one)))
  }

const pullDown: TestRun = {
  name: 'pull-down',
  minutes: 30,
  shiftK: -8,
  measure(seen, value) {
    const last = atEnd(seen, value)
    const early = seen.filter(({ minute }) => minute <= FIRST_MINUTES)
    const first = early.length > 0 ? early : seen.slice(0, 1)
    const end = seen.at(-1)?.minute ?? 0
    const late = seen.filter(({ minute }) => minute > end - FIRST_MINUTES)
    const cabinet = (some: readonly SeenReading[]): number => mean(some.map((one) => value('cabinetTemp', one)))
    return {
      rate: ((cabinet(first) - cabinet(late)) * 60) / this.minutes,
      evaporator: last('evaporatorTemp'),
      condenserRise: last('condenserTemp') - last('ambientTemp'),
      fan: last('fanSpeed'),
    }
  },
}

const coolingRun: TestRun = {
  name: 'cooling-run',
  minutes: 25,
  shiftK: -8,
  refuses: ({ outdoor }) => (outdoor < COLDEST_OUTDOOR ? 'too cold outside' : undefined),
  measure(seen, value) {
    const last = atEnd(seen, value)
    return {
      difference: last('returnTemp') - last('supplyTemp'),
      coil: last('supplyTemp') - last('coilTemp'),
      condenserRise: last('condenserTemp') - last('outdoorTemp'),
      outdoorFan: last('outdoorFanSpeed'),
      powerFactor: last('power') / (230 * last('current')),
      vibration: last('vibration'),
      pan: last('condensateLevel'),
      control: last('roomTemp') - last('returnTemp'),
    }
  },
}

/** Readings of one phase, and how long it took. */
function phaseOf(seen: readonly SeenReading[], phase: string): { some: SeenReading[]; minutes: number } {
  const some = seen.filter((one) => one.phase === phase)
  return { some, minutes: (some.at(-1)?.minute ?? 0) - (some[0]?.minute ?? 0) }
}

const selfTest: TestRun = {
  name: 'self-test',
  minutes: 40,
  shiftK: 0,
  refuses: (_, words) => (words.includes('idle') ? undefined : 'a program runs'),
  measure(seen, value) {
    const fill = phaseOf(seen, 'fill')
    const heat = phaseOf(seen, 'heat')
    const drain = phaseOf(seen, 'drain')
    const spin = phaseOf(seen, 'spin')
    const pick = (metric: string, some: readonly SeenReading[]): number[] => some.map((one) => value(metric, one))
    const heating = heat.some.filter((one) => !(value('power', one) < HEATS_W))
    const top = Math.max(...pick('drumSpeed', spin.some))
    const fast = spin.some.filter((one) => value('drumSpeed', one) > 0.9 * top)
    const level = Math.max(...pick('waterLevel', seen))
    return {
      fillRate: level / fill.minutes,
      heatRate: (value('waterTemp', heat.some.at(-1)) - value('waterTemp', heat.some[0])) / heat.minutes,
      heatPower: mean(pick('power', heating)),
      drainMinutes: drain.minutes,
      spinSpeed: top,
      envelope: mean(pick('bearingEnvelope', fast)),
      once: mean(pick('vibration1x', fast)),
      lock: mean(pick('doorLocked', fill.some)),
    }
  },
}

export const testRuns: Record<string, Record<string, TestRun>> = {
  fridge: { 'pull-down': pullDown },
  ac: { 'cooling-run': coolingRun },
  washer: { 'self-test': selfTest },
}
