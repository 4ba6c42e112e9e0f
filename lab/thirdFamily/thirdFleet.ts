// A third family of appliances, for scoring alone: written from the catalog and textbooks, before anything of how detection,
// the simulator, training or the other family work was read. docs/prediction-third.md says how often it was looked at.
import type { Catalog } from '../../catalog/index.ts'
import { DAY, type Millis, type Random, SeededRandom, uniform } from '../../core/index.ts'
import { Climate } from './climate.ts'
import { drawFault, severityAt, type ThirdFault } from './faultCourse.ts'
import { drawNuisances, Household, type ThirdNuisance } from './household.ts'
import type { Ailment, Machine, Surroundings } from './machine.ts'
import { drawSet, Sensor } from './sensing.ts'
import { ThirdAirConditioner } from './thirdAirConditioner.ts'
import { ThirdFridge } from './thirdFridge.ts'
import { ThirdWasher } from './thirdWasher.ts'

export interface ThirdFleetOptions {
  seed: number
  catalog: Catalog
  kinds: Record<string, number>
  start: Millis
  days: number
  faultsPerYear: number
  /** No fault begins before. */
  soundDays: number
  prefix: string
}

const machines: Record<string, (random: Random, surroundings: Surroundings) => Machine> = {
  fridge: (random, surroundings) => new ThirdFridge(random, surroundings),
  washer: (random, surroundings) => new ThirdWasher(random, surroundings),
  ac: (random, surroundings) => new ThirdAirConditioner(random, surroundings),
}
/** Modes that come without warning, and those of contacts, which come and go. */
const SUDDEN = ['heater-failure']
const CONTACTS = ['door-lock-failure', 'start-relay-failure', 'inlet-valve-failure', 'fan-imbalance', 'capacitor-fade']
const PLACES = 6
const HEALTHY: Ailment = { failureMode: 'none', severity: 0, sign: 1 }

/** One appliance as a stream of readings. */
export class ThirdAppliance {
  readonly registration: { id: string; kind: string; model: string }
  readonly kind: string
  readonly model: string
  readonly faults: ThirdFault[] = []
  readonly nuisances: ThirdNuisance[]
  readonly values: Float64Array
  readonly states: Record<string, string> = {}
  ts: Millis = 0
  #at: Millis
  readonly #machine: Machine
  readonly #household: Household
  readonly #sensors: { metric: string; column: number; sensor: Sensor }[]
  readonly #saysStates: boolean
  readonly #jitter: Random
  readonly #clockOffMs: number

  constructor(o: ThirdFleetOptions, kind: string, nth: number, climates: readonly Climate[]) {
    const id = `${o.prefix}${kind}-${String(nth + 1).padStart(4, '0')}`
    const stream = (name: string): SeededRandom => new SeededRandom(o.seed, `third/${id}/${name}`)
    const draw = stream('draw')
    const spec = o.catalog.kind(kind)
    const climate = climates[Math.floor(draw.next() * climates.length)]!
    const { name, metrics } = drawSet(draw, kind)
    const has = (metric: string): boolean => metrics === null || metrics.includes(metric)
    const stuckable = spec.metricNames.filter(
      (metric) => has(metric) && /Temp$|Speed$|Level$|vibration/.test(metric) && metric !== 'setpointTemp',
    )
    this.nuisances = drawNuisances(stream('nuisances'), o.start, o.days, climate.heatWaves, stuckable)
    this.#household = new Household(stream('people'), this.nuisances)
    this.#machine = machines[kind]!(stream('machine'), { climate, household: this.#household, start: o.start })
    this.kind = kind
    this.model = `${this.#machine.layout} ${name}`
    this.registration = { id, kind, model: this.model }
    this.values = new Float64Array(spec.metricNames.length).fill(NaN)
    const isFahrenheit = draw.next() < 0.2
    this.#sensors = spec.metricNames.flatMap((metric, column) => {
      const { resolution, plausible } = spec.metrics[metric]!
      const sensor = new Sensor(stream(metric), metric, resolution, plausible, isFahrenheit)
      return has(metric) ? [{ metric, column, sensor }] : []
    })
    this.#saysStates = name !== 'plug'
    this.#jitter = stream('jitter')
    this.#clockOffMs = Math.round(uniform(draw, -60_000, 60_000))
    this.#at = o.start + Math.round(uniform(draw, 0, 60_000))
    const onset =
      o.start + o.soundDays * DAY + (-Math.log(1 - draw.next()) * 365 * DAY) / Math.max(1e-9, o.faultsPerYear)
    // In turn, so that a small fleet has each of them.
    const { modes } = this.#machine
    const mode = modes[(nth + o.seed) % modes.length]!
    if (onset < o.start + o.days * DAY)
      this.faults.push(drawFault(stream('fault'), mode, onset, SUDDEN.includes(mode), CONTACTS.includes(mode)))
  }

  nextAt(): Millis {
    return this.#at + 1000 * this.#machine.interval
  }

  /** @returns whether the reading arrives: not in a gap, without power, or while a clock that was set back repeats itself */
  next(): boolean {
    const seconds = this.#machine.interval
    this.#at += 1000 * seconds
    const at = this.#at
    const [fault] = this.faults
    const ailment = fault
      ? { failureMode: fault.failureMode, severity: severityAt(fault, at), sign: fault.sign }
      : HEALTHY
    this.#machine.advance(at, seconds, ailment)
    const household = this.#household
    if (household.size('gap', at) > 0 || household.size('power-cut', at) > 0) return false
    const skewMs = this.#clockOffMs + 1000 * household.size('clock', at)
    const ts = Math.round(at + skewMs + 300 * this.#jitter.next())
    if (ts <= this.ts) return false
    this.ts = ts
    const { measured, states } = this.#machine
    for (const { metric, column, sensor } of this.#sensors)
      this.values[column] = sensor.say(measured[metric] ?? NaN, at, this.nuisances)
    if (this.#saysStates) Object.assign(this.states, states)
    return true
  }
}

export function createThirdFleet(o: ThirdFleetOptions): { appliances: ThirdAppliance[] } {
  const climates = Array.from(
    { length: PLACES },
    (_, nth) => new Climate(new SeededRandom(o.seed, `third/place/${nth}`), nth, o.start, o.days),
  )
  return {
    appliances: Object.entries(o.kinds).flatMap(([kind, count]) =>
      Array.from({ length: count }, (_, nth) => new ThirdAppliance(o, kind, nth, climates)),
    ),
  }
}
