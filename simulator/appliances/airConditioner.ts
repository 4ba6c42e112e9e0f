import { HOUR, type Millis } from '../../core/index.ts'
import type { Surroundings } from '../world/home.ts'
import { type AirConditionerEffects, airConditionerEffects, soundAirConditioner } from './airConditionerEffects.ts'
import { type AirConditionerParameters, drawAirConditioner } from './airConditionerParameters.ts'
import { clamp, type Machine, type MachineEvent, noEvents } from './machine.ts'
import type { Noise } from './noise.ts'

const STEP = 15
/** Steps of a minute are as long as the control still works with. */
const MOST_COARSE = 4
const FAILED_AFTER_RUNNING_S = 6 * 3600
/** Level at which the pan runs over, mm. */
const OVERFLOW = 55

const fresh = () => ({
  at: 0,
  room: 23,
  /** 1 cools, −1 heats, 0 off, 2 fan. */
  mode: 0,
  on: false,
  hertz: 0,
  integral: 0,
  locked: 0,
  stalled: 0,
  coil: 23,
  condenser: 20,
  pan: 0,
  offSeconds: 0,
  failed: false,
  born: 0,
})

/** A split air conditioner, fixed-speed or inverter, in one room of shell, sun and people. */
export class AirConditioner implements Machine {
  readonly parameters: AirConditionerParameters
  #s = fresh()
  #fx: AirConditionerEffects = soundAirConditioner()
  #sound = soundAirConditioner()
  #at: Record<string, number>
  #modeAt: number
  /** Readings and steps are so many times longer. */
  #coarse: number
  constructor(
    noise: Noise,
    options: { inverter: boolean; people: number; hottest: number; coldest: number; coarse?: number },
    columns: Map<string, number>,
    stateNames: string[],
    start: Millis,
  ) {
    this.parameters = drawAirConditioner(noise, options)
    this.#coarse = options.coarse ?? 1
    this.#at = Object.fromEntries(columns)
    this.#modeAt = stateNames.indexOf('mode')
    this.#s.at = start
    this.#s.born = start
    this.#s.room = noise.between(20, 25)
  }
  due(ts: Millis): Millis {
    return ts + 60_000 * this.#coarse
  }
  afflict(faults: Parameters<Machine['afflict']>[0]): void {
    this.#fx = faults.length === 0 ? this.#sound : soundAirConditioner()
    for (const { failureMode, severity, strength } of faults)
      airConditionerEffects(this.#fx, failureMode, severity, strength)
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

  advance(ts: Millis, around: Surroundings, noise: Noise, values: Float64Array, words: string[]): void {
    const p = this.parameters
    const fx = this.#fx
    const s = this.#s
    const span = Math.min(3_600, (ts - s.at) / 1000)
    const steps = Math.max(1, Math.round(span / (STEP * Math.min(this.#coarse, MOST_COARSE))))
    const dt = span / steps
    s.at = ts
    const age = (ts - s.born) / (365.25 * 24 * HOUR)
    const out = around.outdoor
    this.#choose(around)
    const cools = s.mode === 1
    const sign = cools ? 1 : -1
    const set = (cools || s.mode !== -1 ? p.coolAt : p.heatAt) + around.setpointShift
    const bias = fx.sensorBias * -sign
    const gains = p.sunW * around.sun + p.peopleW * clamp(around.activity, 0.2, 4)
    // How far the outside is from the rating point, 35 Cel for cooling, 7 Cel for heating.
    const hard = cools ? out - 35 : 7 - out
    const full = p.ratedW * fx.capacity * (1 - 0.05 * age) * clamp(1 - 0.008 * hard, 0.6, 1.25)
    const cop = p.cop * clamp(1 - p.copSlope * hard, 0.55, 1.6)
    let delivered = 0
    let energy = 0
    let onSeconds = 0
    let starts = 0
    let hertzSeconds = 0
    for (let i = 0; i < steps; i++) {
      const error = sign * (s.room + bias - set)
      if (!around.powered || s.mode === 0 || s.mode === 2) {
        s.on = false
        s.integral = 0
        s.locked = Math.max(s.locked - dt, 0)
      } else if (s.on) {
        if (s.stalled > 0) {
          s.stalled -= dt
          energy += (p.ratedW / p.cop) * 2 * dt
          if (s.stalled <= 0) {
            s.on = false
            s.locked = 180
          }
        } else if (error < (p.inverter ? -0.7 : -0.5)) {
          s.on = false
          s.locked = 180
        }
      } else if (s.locked > 0) s.locked -= dt
      else if (error > 0.5) {
        s.on = true
        starts++
        if (fx.startFails > 0 && noise.next() < fx.startFails) s.stalled = 10 + 10 * noise.next()
      }
      const runs = s.on && s.stalled <= 0
      if (p.inverter) {
        s.integral = runs ? clamp(s.integral + (error * dt) / 1_200, 0, 1) : 0
        const wanted = runs ? clamp(20 + 45 * error + 70 * s.integral, 18, 90) : 0
        s.hertz += clamp(wanted - s.hertz, -dt, dt)
        if (!runs) s.hertz = 0
      } else s.hertz = runs ? 50 : 0
      const share = s.hertz / (p.inverter ? 60 : 50)
      const heat = runs ? full * share : 0
      if (runs) {
        const part = p.inverter ? 1.25 - 0.25 * share : 1
        energy += ((p.ratedW * share * clamp(1 - 0.008 * hard, 0.6, 1.25)) / (cop * part)) * fx.power * dt
        onSeconds += dt
        hertzSeconds += s.hertz * dt
      }
      delivered += heat * dt
      // A home that gets cold has other heating, too.
      const stove = 250 * Math.max(0, 17 - s.room)
      s.room += (dt / p.capacity) * ((out - s.room) / p.resistance + gains + stove - sign * heat * 0.8)
    }
    const on = onSeconds / span
    const blows = around.powered && s.mode !== 0
    const load = delivered / span / p.ratedW
    const fan = blows ? p.indoorRpm * (0.7 + 0.3 * Math.min(1, load)) * (1 + (0.008 + fx.wobble) * noise.normal()) : 0
    const outdoorFan = on > 0 ? p.outdoorRpm * fx.outdoorFan * on * (1 + 0.01 * noise.normal()) : 0
    const flow = p.airflow * fx.airflow * clamp(fan / p.indoorRpm, 0.3, 1.2)
    const difference = (0.8 * delivered) / span / (flow * 1_005 * 1.2)
    const returned = s.room + 0.3
    const supply = blows ? returned - sign * difference : s.room
    const coil = on > 0 ? supply - sign * (2.5 + 2 * load + fx.coil * on) : s.room
    const condenser = on > 0 ? out + sign * (4 + 13 * load + fx.condenser * on) : out
    const slow = span / (span + 90)
    s.coil += (coil - s.coil) * slow
    s.condenser += (condenser - s.condenser) * slow
    const electronics = around.powered ? p.standbyW + (blows ? 28 : 0) + (on > 0 ? 45 * on : 0) : 0
    const power = energy / span + electronics
    this.#drain(cools ? (load * Math.max(0, around.humidity - 35)) / 40 : 0, span)
    this.#watch(on > 0.05 || s.stalled > 0 || fx.startFails > 0.9, sign * (s.room - set), span)

    const at = this.#at
    values[at.roomTemp!] = s.room + bias * (s.mode === 0 ? 0 : 1) + 0.05 * noise.normal()
    values[at.outdoorTemp!] = out + 0.1 * noise.normal()
    values[at.setpointTemp!] = set
    values[at.returnTemp!] = returned + 0.08 * noise.normal()
    values[at.supplyTemp!] = supply + 0.12 * noise.normal()
    values[at.coilTemp!] = s.coil + 0.12 * noise.normal()
    values[at.condenserTemp!] = s.condenser + 0.15 * noise.normal()
    values[at.humidity!] = clamp(around.humidity - 8 * load * sign + noise.normal(), 5, 100)
    values[at.power!] = Math.max(0, power * (1 + 0.008 * noise.normal()))
    values[at.current!] = Math.max(0, (power / (230 * p.powerFactor * fx.powerFactor)) * (1 + 0.008 * noise.normal()))
    values[at.compressorFrequency!] = onSeconds > 0 ? hertzSeconds / onSeconds : 0
    values[at.compressorOn!] = on
    values[at.compressorStarts!] = starts
    values[at.indoorFanSpeed!] = Math.max(0, fan)
    values[at.outdoorFanSpeed!] = Math.max(0, outdoorFan)
    const turns = fan / p.indoorRpm
    const shaking =
      0.05 + (0.15 + fx.fanVibration) * turns * turns + on * p.vibration * fx.vibration * (0.5 + s.hertz / 100)
    values[at.vibration!] = Math.max(0, shaking * (1 + 0.05 * noise.normal()))
    values[at.condensateLevel!] = s.pan + 0.3 * noise.normal()
    words[this.#modeAt] = s.mode === 1 ? 'cool' : s.mode === -1 ? 'heat' : s.mode === 2 ? 'fan' : 'off'
  }

  /** A test cools, whoever is at home. Else the owner's hand: on in the hours of habit, when the room is not as liked; off when away or out of season. */
  #choose(around: Surroundings): void {
    const p = this.parameters
    const s = this.#s
    if (around.testing !== '') {
      s.mode = 1
      return
    }
    const hour = around.localHour
    const hours = p.from < p.to ? hour >= p.from && hour < p.to : hour >= p.from || hour < p.to
    if (!hours || around.activity < 0.05) {
      s.mode = 0
      return
    }
    const cool = p.coolAt + around.setpointShift
    const heat = p.heatAt + around.setpointShift
    if (s.mode === 1 && around.outdoor < cool - 7 && !s.on) s.mode = 0
    else if (s.mode === -1 && around.outdoor > heat + 1 && !s.on) s.mode = 0
    if (s.mode === 0) s.mode = s.room > cool + 1 ? 1 : s.room < heat - 1 ? -1 : 0
  }

  /** The pan under the coil: what condenses (share of the most) runs off, unless the way is blocked. mm. */
  #drain(condenses: number, span: number): void {
    const s = this.#s
    const inflow = condenses * 0.01 * span
    s.pan += inflow
    const out = (1 - this.#fx.blocked) * 0.004 * s.pan * span
    const seeps = 0.00002 * s.pan * span
    s.pan = clamp(s.pan - Math.min(s.pan, out + seeps), 0, OVERFLOW + 10)
  }

  /** 3 K off the set-point over 6 h of running, or the pan runs over. */
  #watch(runs: boolean, off: number, span: number): void {
    const s = this.#s
    if (s.pan >= OVERFLOW) s.failed = true
    else if (s.mode === 1 || s.mode === -1) {
      if (off > 3 && runs) s.offSeconds += span
      else if (off < 2.5) s.offSeconds = 0
      s.failed = s.offSeconds >= FAILED_AFTER_RUNNING_S
    }
  }
}
