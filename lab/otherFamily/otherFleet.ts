// The other family of simulated appliances, for scoring alone: other equations, parameters, noise, sensors and shapes than
// simulator/. Training never sees it, and nothing of it is tuned to what the catalog believes.
import type { Catalog } from '../../catalog/index.ts'
import { DAY, HOUR, type Millis, SeededRandom, uniform } from '../../core/index.ts'
import { drawOtherFault, type OtherFault, otherSeverity } from './course.ts'
import { OtherAirConditioner } from './otherAirConditioner.ts'
import { OtherFridge } from './otherFridge.ts'
import type { OtherAround, OtherMachine } from './otherMachine.ts'
import { OtherWasher } from './otherWasher.ts'
import { drawNuisances, normal, type OtherNuisance, OtherWeather } from './surroundings.ts'

export interface OtherFleetOptions {
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

/** Without what no appliance of its kind can do without; each of the others is missing from one in six. */
const kept: Record<string, readonly string[]> = {
  fridge: ['power', 'cabinetTemp', 'setpointTemp'],
  washer: ['power', 'drumSpeed', 'waterLevel'],
  ac: ['power', 'returnTemp', 'supplyTemp', 'setpointTemp', 'roomTemp'],
}
const modes: Record<string, string> = {
  fridge:
    'refrigerant-leak condenser-fouling door-seal-leak compressor-wear evaporator-fan-failure capillary-clog defrost-heater-failure start-relay-failure temperature-sensor-drift',
  washer:
    'drum-imbalance bearing-wear damper-wear drain-clog heater-scale heater-failure belt-slip inlet-valve-failure door-lock-failure',
  ac: 'refrigerant-leak filter-clog condenser-fouling compressor-wear capacitor-fade fan-imbalance condensate-drain-block temperature-sensor-bias',
}

/** Standard noise of a sensor, by its metric: in its unit, or as a share of the value. */
function noiseOf(metric: string): { own: number; share: number } {
  if (/Temp/.test(metric)) return { own: 0.12, share: 0 }
  if (metric === 'power') return { own: 0.3, share: 0.01 }
  if (/[cC]urrent/.test(metric)) return { own: 0.01, share: 0.01 }
  if (/vibration|Envelope/.test(metric)) return { own: 0.015, share: 0.07 }
  if (/Speed|Frequency/.test(metric)) return { own: 0, share: 0.008 }
  if (/Level|humidity/.test(metric)) return { own: 0.8, share: 0 }
  return { own: 0, share: 0 }
}

/** One appliance as a stream of readings; the same face as the simulator's. */
export class OtherAppliance {
  readonly registration: { id: string; kind: string; model: string }
  readonly kind: string
  readonly model: string
  readonly faults: OtherFault[] = []
  readonly nuisances: OtherNuisance[]
  readonly values: Float64Array
  readonly states: Record<string, string> = {}
  ts: Millis = 0
  #at: Millis
  readonly #start: Millis
  readonly #machine: OtherMachine
  readonly #weather: OtherWeather
  readonly #random: SeededRandom
  readonly #columns: { name: string; own: number; share: number; drift: number; gain: number; step: number }[]
  readonly #around: OtherAround
  #last: Float64Array

  constructor(o: OtherFleetOptions, kind: string, nth: number, weathers: OtherWeather[]) {
    const id = `${o.prefix}${kind}-${String(nth + 1).padStart(4, '0')}`
    const draw = new SeededRandom(o.seed, `other/${id}`)
    const names = o.catalog.kind(kind).metricNames
    this.#random = new SeededRandom(o.seed, `other-readings/${id}`)
    this.#start = o.start
    this.#at = o.start + Math.floor(draw.next() * 600) * 1_000
    this.#weather = weathers[nth % weathers.length]!
    this.#machine =
      kind === 'fridge'
        ? new OtherFridge(draw)
        : kind === 'washer'
          ? new OtherWasher(draw, id)
          : new OtherAirConditioner(draw)
    // One fridge in ten is a plug that measures power alone.
    const plug = kind === 'fridge' && draw.next() < 0.1
    const has = names.map((name) => !(plug && name !== 'power') && (kept[kind]!.includes(name) || draw.next() > 1 / 6))
    this.#columns = names.map((name, i) => ({
      name: has[i] ? name : '',
      ...noiseOf(name),
      drift: 0,
      gain: uniform(draw, 0.99, 1.01),
      step: o.catalog.kind(kind).metrics[name]?.resolution ?? 0.01,
    }))
    this.kind = kind
    this.model = plug ? 'plug' : has.every(Boolean) ? 'all sensors' : 'some sensors'
    this.registration = { id, kind, model: `other-${nth % 3}` }
    this.values = new Float64Array(names.length)
    this.#last = new Float64Array(names.length).fill(NaN)
    this.nuisances = drawNuisances(draw, o.start, o.days, this.#columns.map(({ name }) => name).filter(Boolean))
    const onset = o.start + o.soundDays * DAY - (Math.log(1 - draw.next()) / o.faultsPerYear) * 365.25 * DAY
    const possible = modes[kind]!.split(' ')
    const mode = possible[Math.floor(draw.next() * possible.length)]!
    if (onset < o.start + o.days * DAY) this.faults.push(drawOtherFault(draw, mode, onset))
    this.#around = { at: 0, outdoor: 15, ambient: 21, hour: 0, people: 1, setpointShift: 0, years: 0, faults: {} }
  }

  nextAt(): Millis {
    return this.#machine.due(this.#at)
  }

  next(): boolean {
    const at = this.nextAt()
    const seconds = (at - this.#at) / 1_000
    this.#at = at
    const around = this.#around
    around.at = at
    around.hour = (at / HOUR) % 24
    around.outdoor = this.#weather.outdoor(at)
    around.people = 1
    around.setpointShift = 0
    around.years = (at - this.#start) / (365.25 * DAY)
    around.ambient = 21 + 0.25 * (around.outdoor - 15) + 0.8 * Math.sin((2 * Math.PI * (around.hour - 11)) / 24)
    let silent = false
    let stuck = ''
    let rescaled = ''
    let gain = 1
    for (const { kind, from, to, size, metric } of this.nuisances) {
      if (at < from || at >= to) continue
      if (kind === 'vacation') around.people = 0
      else if (kind === 'party') around.people = size
      else if (kind === 'set-point') around.setpointShift = Math.max(-2, Math.min(2, around.setpointShift + size))
      else if (kind === 'new-place') around.ambient += size
      else if (kind === 'gap') silent = true
      else if (kind === 'stuck') stuck = metric!
      else if (kind === 'rescaled') {
        rescaled = metric!
        gain = size
      }
    }
    around.faults = {}
    for (const fault of this.faults) {
      const severity = otherSeverity(fault, at)
      if (severity > 0) around.faults[fault.failureMode] = { severity, strength: fault.strength, sign: fault.sign }
    }
    const { metrics, states } = this.#machine.step(around, seconds)
    if (this.#machine.hasFailed())
      for (const fault of this.faults)
        if (at > fault.onset && at < fault.functionalFailureAt) fault.functionalFailureAt = at
    this.ts = at
    for (const [i, column] of this.#columns.entries()) {
      const { name, own, share, step } = column
      if (name === '') {
        this.values[i] = NaN
        continue
      }
      let value = metrics[name]!
      if (own > 0 || share > 0) {
        // Slow wander, and now and then a wild value.
        column.drift = 0.999 * column.drift + 0.02 * normal(this.#random)
        const wild = this.#random.next() < 0.0004 ? 6 : 1
        value = value * column.gain + (own + share * Math.abs(value)) * (wild * normal(this.#random) + column.drift)
        if (name === rescaled) value *= gain
        if (!/Temp/.test(name) && value < 0) value = 0
      }
      value = Math.round(value / step) * step
      this.values[i] = name === stuck && !Number.isNaN(this.#last[i]!) ? this.#last[i]! : value
      this.#last[i] = this.values[i]!
    }
    for (const key of Object.keys(this.states)) delete this.states[key]
    Object.assign(this.states, states)
    return !silent
  }
}

/** A fleet of the other family, the same for the same options. */
export function createOtherFleet(o: OtherFleetOptions): { appliances: OtherAppliance[] } {
  const weathers = [0, 1, 2, 3].map((region) => new OtherWeather(o.seed, region))
  return {
    appliances: Object.entries(o.kinds).flatMap(([kind, count]) =>
      Array.from({ length: count }, (_, nth) => new OtherAppliance(o, kind, nth, weathers)),
    ),
  }
}
