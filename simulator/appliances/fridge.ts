import { HOUR, type Millis } from '../../core/index.ts'
import type { Surroundings } from '../world/home.ts'
import { type FridgeEffects, fridgeEffects, soundFridge } from './fridgeEffects.ts'
import { drawFridge, type FridgeParameters } from './fridgeParameters.ts'
import { type Machine, type MachineEvent, noEvents } from './machine.ts'
import type { Noise } from './noise.ts'

const STEP = 15
/** Steps of a minute are as long as the control still works with. */
const MOST_COARSE = 4
const FAILED_AFTER = 6 * HOUR

const fresh = () => ({
  at: 0,
  air: 4,
  food: 4,
  freezer: -18,
  evaporator: -18,
  condenser: 25,
  on: false,
  /** 0 to 1, follows `on`: the coil takes a minute or two. */
  flow: 0,
  /** s since it last started or stopped. */
  since: 0,
  /** s that it may not start (pressure must settle; a relay cools). */
  locked: 0,
  /** s until a failed start trips. */
  stalled: 0,
  sinceDefrost: 0,
  defrosting: 0,
  frost: 0,
  hotSince: 0,
  failed: false,
  born: 0,
})

/** A fridge: air and food, a freezer beside, a hysteresis thermostat, a compressor, a defrost clock, a door. */
export class Fridge implements Machine {
  readonly parameters: FridgeParameters
  #s = fresh()
  #fx: FridgeEffects = soundFridge()
  #door: Float64Array
  #sound = soundFridge()
  #at: Record<string, number>
  /** Readings and steps are so many times longer. */
  #coarse: number
  constructor(
    noise: Noise,
    options: {
      hasFan: boolean
      hasDefrost: boolean
      meals: Float64Array
      people: number
      bandShift: number
      coarse?: number
    },
    columns: Map<string, number>,
    start: Millis,
  ) {
    this.parameters = drawFridge(noise, options)
    this.#coarse = options.coarse ?? 1
    this.#door = options.meals
    this.#at = Object.fromEntries(columns)
    const s = this.#s
    s.at = start
    s.born = start
    s.air = this.parameters.setpoint + noise.between(-1, 1)
    s.food = this.parameters.setpoint
    s.sinceDefrost = noise.between(0, this.parameters.defrostAfter)
  }
  due(ts: Millis): Millis {
    return ts + 60_000 * this.#coarse
  }
  afflict(faults: Parameters<Machine['afflict']>[0]): void {
    this.#fx = faults.length === 0 ? this.#sound : soundFridge()
    for (const { failureMode, severity, strength } of faults) {
      fridgeEffects(this.#fx, failureMode, severity, strength, this.parameters.duty)
    }
  }
  hasFailed(): boolean {
    return this.#s.failed
  }
  takeEvents(): readonly MachineEvent[] {
    return noEvents
  }
  keep(): unknown {
    return { ...this.#s }
  }
  putBack(state: unknown): void {
    this.#s = { ...fresh(), ...(state as ReturnType<typeof fresh>) }
  }

  advance(ts: Millis, around: Surroundings, noise: Noise, values: Float64Array): void {
    const p = this.parameters
    const fx = this.#fx
    const s = this.#s
    const steps = Math.max(1, Math.round((ts - s.at) / 1000 / (STEP * Math.min(this.#coarse, MOST_COARSE))))
    const dt = (ts - s.at) / 1000 / steps
    s.at = ts
    if (dt > 600) {
      this.#settle(around)
      return
    }

    const set = p.setpoint + around.setpointShift
    const age = (ts - s.born) / (365.25 * 24 * HOUR)
    const kitchen = around.ambient
    const openings = (p.openingsPerDay * around.activity * this.#door[around.localHour | 0]!) / 86_400
    const span = dt * steps
    let doorSeconds = 0
    if (noise.next() < openings * span) {
      doorSeconds = Math.min(span, p.openingSeconds * (0.3 + 1.4 * noise.next()))
      if (noise.next() < 0.25) s.food += noise.between(5_000, 40_000) / p.foodCapacity
    }
    if (around.warmFood > 0) {
      s.food += around.warmFood / p.foodCapacity
      around.warmFood = 0
    }
    const doorW = (doorSeconds * 260) / span
    const cooling = p.coolingW * fx.capacity * (1 - 0.05 * age) * (1 - 0.008 * (kitchen - 22)) * (1 - 0.15 * s.frost)
    const running = p.powerW * fx.power * (1 + 0.012 * (kitchen - 22))
    const ua = p.ua * fx.leakage
    const heater = p.defrostW * fx.defrost
    const evaporatorOn = p.evaporatorTemp + fx.evaporator + 0.25 * (kitchen - 22) + 0.3 * (s.air - set)
    const condenserOn = kitchen + p.condenserRise + fx.condenser

    let onSeconds = 0
    let energy = 0
    let starts = 0
    let defrostSeconds = 0
    let fanSeconds = 0
    for (let i = 0; i < steps; i++) {
      if (!around.powered) {
        s.on = false
        s.defrosting = 0
        s.stalled = 0
      } else if (s.defrosting > 0) {
        s.defrosting -= dt
        defrostSeconds += dt
        energy += heater * dt
        if (s.defrosting <= 0) {
          s.locked = 120
          s.sinceDefrost = 0
          s.frost = Math.max(0, s.frost * (1 - fx.defrost))
        }
      } else if (s.on) {
        if (s.stalled > 0) {
          s.stalled -= dt
          energy += running * 2.2 * dt
          if (s.stalled <= 0) {
            s.on = false
            s.locked = 180 + 120 * noise.next()
          }
        } else {
          const inrush = s.since < 30 ? 1.25 : 1 + 0.08 * Math.exp(-s.since / 400)
          energy += running * inrush * dt
          s.sinceDefrost += dt
          if (s.air + fx.sensorBias < set - p.band / 2) {
            s.on = false
            s.since = 0
            s.locked = 180
          }
        }
        onSeconds += dt
      } else if (s.locked > 0) {
        s.locked -= dt
      } else if (p.hasDefrost && s.sinceDefrost > p.defrostAfter) {
        s.defrosting = 900
      } else if (s.air + fx.sensorBias > set + p.band / 2) {
        s.on = true
        s.since = 0
        starts++
        if (fx.startFails > 0 && noise.next() < fx.startFails) s.stalled = 15 + 25 * noise.next()
      }
      s.since += dt
      const cools = s.on && s.stalled <= 0
      s.flow += ((cools ? 1 : 0) - s.flow) * (1 - 75 / (75 + dt))
      if (cools) fanSeconds += dt
      const exchange = p.coupling * (s.food - s.air)
      s.air += (dt / p.airCapacity) * (ua * (kitchen - s.air) + exchange + doorW - s.flow * cooling)
      s.food -= (dt / p.foodCapacity) * exchange
      const coil = s.defrosting > 0 ? 10 * fx.defrost - 4 : cools ? evaporatorOn : Math.min(s.freezer + 2, -3)
      s.evaporator += ((coil - s.evaporator) * dt) / (dt + (s.defrosting > 0 ? 240 : cools ? 200 : 900))
      s.condenser += (((cools ? condenserOn : kitchen) - s.condenser) * dt) / (dt + (cools ? 280 : 700))
      s.freezer +=
        (dt / p.freezerWarmup) *
        (0.05 * (kitchen - s.freezer) - s.flow * p.freezerPull * (s.freezer - s.evaporator + 6) * fx.capacity)
      s.frost = Math.max(fx.frost, Math.min(1, s.frost + (cools ? (dt * 0.1) / p.defrostAfter : 0)))
    }
    if (around.powered) energy += p.standbyW * span
    this.#watch(ts, set, around.powered)

    const at = this.#at
    const on = onSeconds / span
    const fan = p.hasFan ? fanSeconds / span : 0
    values[at.cabinetTemp!] = s.air + fx.sensorBias + 0.04 * noise.normal()
    values[at.freezerTemp!] = s.freezer + 0.06 * noise.normal()
    values[at.evaporatorTemp!] = s.evaporator + 0.12 * noise.normal()
    values[at.condenserTemp!] = s.condenser + 0.15 * noise.normal()
    values[at.ambientTemp!] = kitchen + 0.08 * noise.normal()
    values[at.setpointTemp!] = set
    values[at.power!] = Math.max(0, (energy / span) * (1 + 0.008 * noise.normal()))
    values[at.compressorOn!] = on
    values[at.compressorStarts!] = starts
    values[at.doorOpen!] = Math.round(doorSeconds)
    values[at.defrost!] = defrostSeconds / span
    values[at.fanSpeed!] = fan > 0 ? Math.max(0, p.fanRpm * fx.fan * fan * (1 + 0.01 * noise.normal())) : 0
    values[at.vibration!] = Math.max(0, 0.03 + on * p.vibration * fx.vibration + 0.02 * noise.normal())
  }
  /** After a long stretch that nobody simulated (bought, moved): everything at rest, the control takes over. */
  #settle(around: Surroundings): void {
    const s = this.#s
    s.air = s.food = this.parameters.setpoint + around.setpointShift
    s.on = false
  }
  /** EVALUATION.md: cabinet 4 K over the set-point for 6 h; an hour of power cut says nothing about the fridge. */
  #watch(ts: Millis, set: number, powered: boolean): void {
    const s = this.#s
    if (s.air <= set + 4 || !powered) {
      s.hotSince = 0
      s.failed = false
    } else if (s.hotSince === 0) s.hotSince = ts
    else if (ts - s.hotSince >= FAILED_AFTER) s.failed = true
  }
}
