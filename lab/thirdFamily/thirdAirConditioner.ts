// An air conditioner of the third family: a room with walls, people and sun, two coils and a vapour cycle, cooling or heating.
import { gaussian, type Millis, type Random, uniform } from '../../core/index.ts'
import { saturatedRatio, type Weather } from './climate.ts'
import { type Ailment, agedAt, type Machine, type Surroundings, severityOf } from './machine.ts'
import { COOLING_SLOPE, type Compressor, r32, workOf } from './vapourCycle.ts'

const AIR_JKG = 1006
/** Heat that condensing water gives off, J/kg. */
const DEW_JKG = 2.45e6
const STEP_S = 20
const OVERFLOW_MM = 38
const LOCK_OUT_S = 180

export type AcLayout = 'on-off' | 'inverter'

/**
 * Room: air and walls as two capacities (Underwood and Yik, Modelling Methods for Energy in Buildings, chapter 2). Coils: the
 * bypass factor e^−NTU of Carrier, sensible and latent (ASHRAE Handbook, HVAC Systems, chapter 23). Fan laws: flow as speed,
 * forces as its square.
 */
export class ThirdAirConditioner implements Machine {
  readonly layout: AcLayout
  readonly modes = [
    ...['refrigerant-leak', 'filter-clog', 'condenser-fouling', 'compressor-wear', 'capacitor-fade'],
    ...['fan-imbalance', 'condensate-drain-block', 'temperature-sensor-bias'],
  ]
  readonly measured: Record<string, number> = {}
  readonly states: Record<string, string> = { mode: 'off' }
  readonly interval = 60
  /** Heat of the room: what came in through walls, sun and people, and what the coil took (negative: gave), J. */
  heat = { inJ: 0, outJ: 0 }

  readonly #at: Surroundings
  readonly #random: Random
  readonly #compressor: Compressor
  readonly #draw
  #roomC: number
  #wallC: number
  #insideC: number
  #outsideC: number
  #water: number
  #sensedC: number
  #speed = 0
  #integral = 0.5
  #onS = 0
  #restS = 999
  #iceS = 0
  #panMm = 0
  #pumps = false
  #isWanted = false
  #wave = 0
  #sum = { energyJ: 0, ampS: 0, onS: 0, starts: 0, hertzS: 0 }

  constructor(random: Random, surroundings: Surroundings) {
    this.layout = random.next() < 0.4 ? 'on-off' : 'inverter'
    this.#random = random
    this.#at = surroundings
    const size = uniform(random, 0.7, 1.6)
    this.#draw = {
      roomJK: size * uniform(random, 1.6e5, 3.5e5),
      wallJK: size * uniform(random, 3e6, 9e6),
      windowWK: size * uniform(random, 18, 40),
      toWallWK: size * uniform(random, 90, 170),
      wallOutWK: size * uniform(random, 20, 45),
      windowM2: size * uniform(random, 0.8, 2.4),
      devicesW: uniform(random, 60, 350),
      volumeKg: size * uniform(random, 55, 90),
      airKgS: size * uniform(random, 0.13, 0.19),
      insideWK: size * uniform(random, 190, 300),
      outsideWK: size * uniform(random, 260, 420),
      coilJK: size * uniform(random, 2500, 6000),
      fanW: uniform(random, 15, 40),
      outFanW: uniform(random, 25, 60),
      fanRpm: uniform(random, 850, 1350),
      outFanRpm: uniform(random, 650, 950),
      fanSharesCapacitor: random.next() < 0.6,
      fanStepsUp: random.next() < 0.5,
      idleW: uniform(random, 1, 6),
      factor: this.layout === 'inverter' ? uniform(random, 0.94, 0.985) : uniform(random, 0.86, 0.94),
      vibration: uniform(random, 0.5, 1.6),
      fanVibration: uniform(random, 0.15, 0.5),
      friction: uniform(random, 0.1, 0.6),
      setpointC: Math.round(uniform(random, 23, 27)),
      heatingC: Math.round(uniform(random, 19, 22)),
      startsAboveK: uniform(random, 0.8, 2.5),
      heats: random.next() < 0.7,
      nights: random.next() < 0.5,
      bandK: uniform(random, 0.8, 1.6),
      returnAboveK: uniform(random, -0.2, 0.7),
      lagS: uniform(random, 60, 300),
      drainGS: uniform(random, 0.06, 0.16),
      hasPump: random.next() < 0.25,
      topHz: uniform(random, 75, 105),
    }
    this.#compressor = {
      refrigerant: r32,
      sweptM3: size * uniform(random, 3.4e-4, 5e-4),
      clearance: uniform(random, 0.015, 0.04),
      efficiency: uniform(random, 0.52, 0.66),
    }
    this.#roomC = 22
    this.#wallC = surroundings.climate.at(surroundings.start).outdoorC * 0.5 + 11
    this.#sensedC = this.#roomC
    this.#insideC = this.#roomC
    this.#outsideC = this.#roomC
    this.#water = 0.008
  }

  /** Heat that room and walls hold, J. */
  heldJ(): number {
    return this.#draw.roomJK * this.#roomC + this.#draw.wallJK * this.#wallC
  }
  get roomC(): number {
    return this.#roomC
  }

  advance(at: Millis, seconds: number, ailment: Ailment): void {
    const { household, climate } = this.#at
    const weather = climate.at(at)
    const people = household.present(at)
    const hasPower = household.size('power-cut', at) === 0
    const shift = Math.round(2 * household.size('set-point', at)) / 2
    this.#wish(at, people, weather.outdoorC)
    const setpointC = (this.states.mode === 'heat' ? this.#draw.heatingC : this.#draw.setpointC) + shift
    this.#wave += -this.#wave / 240 + 0.09 * gaussian(this.#random)
    this.#sum = { energyJ: 0, ampS: 0, onS: 0, starts: 0, hertzS: 0 }
    const volts = 230 + 3 * Math.sin(at / 1.1e7) + this.#wave
    for (let left = seconds; left > 0; left -= STEP_S) {
      const s = Math.min(STEP_S, left)
      this.#control(s, setpointC, hasPower, ailment)
      this.#exchange(s, weather, people, hasPower, volts, agedAt(this.#at, at), ailment)
    }
    this.#say(seconds, weather, setpointC, ailment)
  }

  /** When people want it: somebody is there, and it is too warm or too cold. */
  #wish(at: Millis, people: number, outdoorC: number): void {
    const { setpointC, heatingC, startsAboveK, heats, nights } = this.#draw
    const hour = this.#at.household.hourOf(at)
    const isThere = people > 0 && (nights || (hour > 7 && hour < 23.5))
    const mode = this.states.mode
    if (!isThere) this.states.mode = 'off'
    else if (mode === 'off' && this.#roomC > setpointC + startsAboveK && outdoorC > 19)
      this.states.mode = this.#water > 0.0135 && this.#roomC < setpointC + startsAboveK + 0.4 ? 'dry' : 'cool'
    else if (mode === 'off' && heats && this.#roomC < heatingC - startsAboveK && outdoorC < 15)
      this.states.mode = 'heat'
    else if (mode === 'dry' && this.#roomC > setpointC + startsAboveK + 0.8) this.states.mode = 'cool'
    // Switched off again where it has long had nothing to do.
    else if (mode !== 'off' && this.#restS > 2 * 3600) this.states.mode = 'off'
    this.#isWanted = this.states.mode !== 'off'
    if (!this.#isWanted) this.#restS = Math.max(this.#restS, LOCK_OUT_S)
  }

  /** A thermostat with dead band and lock-out, or proportional and integral control of speed. */
  #control(s: number, setpointC: number, hasPower: boolean, ailment: Ailment): void {
    const { bandK } = this.#draw
    const isInverter = this.layout === 'inverter'
    const sign = this.states.mode === 'heat' ? -1 : 1
    const over = sign * (this.#sensedC - setpointC)
    const fade = severityOf(ailment, 'capacitor-fade')
    if (!hasPower || !this.#isWanted) {
      this.#speed = 0
      this.#restS += s
      this.#onS = 0
      return
    }
    if (this.#speed > 0) {
      this.#onS += s
      this.#restS = 0
      const isColdEnough = isInverter ? over < -bandK && this.#onS > 300 : over < -bandK / 2
      if (isColdEnough) this.#speed = 0
      else if (isInverter) {
        this.#integral = Math.min(1, Math.max(0.15, this.#integral + (0.00035 * over * s) / bandK))
        this.#speed = Math.min(1, Math.max(0.22, this.#integral + 0.35 * over))
      }
      // Too little torque at high pressure: the motor stalls and its protector opens.
      else if (fade > 0.5 && this.#random.next() < ((fade - 0.5) * s) / 2500) this.#speed = 0
      return
    }
    this.#onS = 0
    this.#restS += s
    if (over < (isInverter ? 0.3 : bandK / 2) || this.#restS < LOCK_OUT_S) return
    this.#sum.starts++
    if (!isInverter && this.#random.next() < 0.8 * fade ** 2) {
      this.#sum.energyJ += 2600
      this.#sum.ampS += 60
      this.#restS = uniform(this.#random, 0, 60)
    } else this.#speed = isInverter ? 0.4 : 1
  }

  #exchange(
    s: number,
    weather: Weather,
    people: number,
    hasPower: boolean,
    volts: number,
    aged: number,
    ailment: Ailment,
  ): void {
    const d = this.#draw
    const isHeating = this.states.mode === 'heat'
    const leak = severityOf(ailment, 'refrigerant-leak')
    const wear = severityOf(ailment, 'compressor-wear')
    const fade = severityOf(ailment, 'capacitor-fade')
    const clog = severityOf(ailment, 'filter-clog')
    const dirt = severityOf(ailment, 'condenser-fouling')
    const tight = 1 - 0.75 * wear * (1 - d.friction)
    const isOn = this.#speed > 0 && hasPower
    const isFanOn = this.#isWanted && hasPower
    const wet = 1 - 0.85 * leak
    const airKgS = d.airKgS * (isFanOn ? this.#fanShare() * (1 - 0.7 * clog) : 0.02)
    const effective = 1 - Math.exp(-(d.insideWK * (isHeating ? 1 : wet)) / (airKgS * AIR_JKG))
    const insideWK = effective * airKgS * AIR_JKG
    const blows = isOn ? this.#outFanShare(fade) : 0.05
    // Frost of a cold outdoor coil comes and is thawed again about every hour and a half.
    this.#iceS = isHeating && isOn && this.#outsideC < -2 ? (this.#iceS + s) % 5400 : 0
    const outsideWK = d.outsideWK * blows ** 0.7 * (1 - 0.72 * dirt) * (isHeating ? wet : 1) * (1 - this.#iceS / 12_000)
    const [takesC, givesC] = isHeating ? [this.#outsideC, this.#insideC] : [this.#insideC, this.#outsideC]
    const work = isOn
      ? workOf(this.#compressor, takesC, givesC, this.#speed, tight * aged, 0.12 * leak)
      : { coolingW: 0, inputW: 0 }
    // What leaks back is compressed again, what drags heats: power falls less than the flow, or rises.
    const inputW = work.inputW * tight ** -0.8 * (1 + 0.8 * wear * d.friction)
    const givenW = work.coolingW + 0.92 * work.inputW
    const returnC = this.#roomC + d.returnAboveK
    const dewW = isHeating ? 0 : effective * airKgS * DEW_JKG * Math.max(0, this.#water - saturatedRatio(this.#insideC))
    const slope = COOLING_SLOPE * work.coolingW
    const insideRise =
      (s * (insideWK * (returnC - this.#insideC) + dewW + (isHeating ? givenW : -work.coolingW))) /
      (d.coilJK + s * (insideWK + 2 * dewW * COOLING_SLOPE + (isHeating ? 0 : slope)))
    this.#insideC += insideRise
    this.#outsideC +=
      (s * (outsideWK * (weather.outdoorC - this.#outsideC) + (isHeating ? -work.coolingW : givenW))) /
      (2 * d.coilJK + s * (outsideWK + (isHeating ? slope : 0)))
    const sensibleW = insideWK * (returnC - this.#insideC)
    this.#live(s, weather, people, sensibleW - (isFanOn ? d.fanW : 0), dewW)
    this.#drain(s, (1000 * dewW) / DEW_JKG, ailment)

    const fansW = (isFanOn ? d.fanW * this.#fanShare() ** 2 : 0) + (isOn ? d.outFanW * blows ** 2 : 0)
    const powerW = hasPower ? inputW + fansW + d.idleW + (this.#pumps ? 8 : 0) : 0
    const factor = d.factor * (1 - 0.32 * fade) * (isOn ? 1 : 0.6)
    this.#sum.energyJ += s * powerW
    this.#sum.ampS += (s * powerW) / (volts * factor)
    this.#sum.onS += isOn ? s : 0
    this.#sum.hertzS += isOn && this.layout === 'inverter' ? s * this.#speed * d.topHz : 0
    const bias = 5 * ailment.sign * severityOf(ailment, 'temperature-sensor-bias')
    this.#sensedC += (this.#roomC + bias - this.#sensedC) * (1 - Math.exp(-s / d.lagS))
    this.measured.returnTemp = returnC
    this.measured.supplyTemp = isFanOn
      ? returnC - sensibleW / (airKgS * AIR_JKG) + d.fanW / (d.airKgS * AIR_JKG)
      : returnC
    // The sensor is clamped to a bend: of a starved coil it feels the part that is dry.
    this.measured.coilTemp = this.#insideC + (isHeating ? 0 : 0.22 * leak * (returnC - this.#insideC))
  }

  #fanShare(): number {
    return this.#draw.fanStepsUp && this.layout === 'inverter' ? 0.6 + 0.4 * this.#speed : 0.85
  }
  #outFanShare(fade: number): number {
    const slow = this.#draw.fanSharesCapacitor ? 0.3 * fade : 0
    return (this.layout === 'inverter' ? 0.55 + 0.45 * this.#speed : 1) * (1 - slow)
  }

  /** The room: walls, windows, sun, people, devices; windows stand open while nothing runs and it is pleasant outside. */
  #live(s: number, weather: Weather, people: number, coilW: number, dewW: number): void {
    const d = this.#draw
    const isAired = !this.#isWanted && people > 0 && weather.outdoorC > 17 && weather.outdoorC < 25
    const windowWK = d.windowWK + (isAired ? 120 : 0)
    // Homes that cannot be warmed by this machine have radiators.
    const radiatorW = this.states.mode === 'heat' || this.#roomC > 18.5 || d.heats ? 0 : 1200
    const gainW =
      d.windowM2 * weather.sunWPerM2 + (people > 0 ? d.devicesW : 0.3 * d.devicesW) + 75 * people + radiatorW
    const throughW = windowWK * (weather.outdoorC - this.#roomC)
    const wallW = d.toWallWK * (this.#wallC - this.#roomC)
    const outerW = d.wallOutWK * (weather.outdoorC - this.#wallC)
    this.#roomC += (s * (gainW + throughW + wallW - coilW)) / d.roomJK
    this.#wallC += (s * (outerW - wallW)) / d.wallJK
    const changes = (windowWK / d.windowWK) * (0.4 / 3600)
    this.#water +=
      s * (changes * (weather.waterRatio - this.#water) + (people * 1.4e-5) / d.volumeKg - dewW / DEW_JKG / d.volumeKg)
    this.heat.inJ += s * (gainW + throughW + outerW)
    this.heat.outJ += s * coilW
  }

  /** A pan that empties as it stands high (Torricelli for a short pipe is nearly linear), or by a float and a pump. */
  #drain(s: number, gramS: number, ailment: Ailment): void {
    const open = (1 - severityOf(ailment, 'condensate-drain-block')) ** 1.3
    const pan = 38
    if (this.#draw.hasPump) {
      if (this.#panMm > 11) this.#pumps = true
      if (this.#panMm < 2.5) this.#pumps = false
    }
    const outGS = this.#draw.hasPump ? (this.#pumps ? 1.5 * open : 0) : this.#draw.drainGS * this.#panMm * open
    const dries = 0.0006 * Math.min(1, this.#panMm)
    this.#panMm = Math.min(OVERFLOW_MM, Math.max(0, this.#panMm + (s * (gramS - outGS - dries)) / pan))
  }

  #say(seconds: number, weather: Weather, setpointC: number, ailment: Ailment): void {
    const { energyJ, ampS, onS, starts, hertzS } = this.#sum
    const d = this.#draw
    const said = this.measured
    const isOn = onS > seconds / 2
    const fan = this.#isWanted ? this.#fanShare() : 0
    const blows = isOn ? this.#outFanShare(severityOf(ailment, 'capacitor-fade')) : 0
    said.roomTemp = this.#sensedC
    said.outdoorTemp = weather.outdoorC
    said.setpointTemp = setpointC
    said.condenserTemp = this.#outsideC
    said.humidity = Math.min(100, (100 * this.#water) / saturatedRatio(this.#roomC))
    said.power = energyJ / seconds
    said.current = ampS / seconds
    said.compressorOn = onS / seconds
    said.compressorStarts = starts
    if (this.layout === 'inverter') said.compressorFrequency = onS > 0 ? hertzS / onS : 0
    // A centrifugal wheel that is throttled runs lighter, so a little faster (fan laws; Bleier, Fan Handbook, chapter 4).
    said.indoorFanSpeed = fan * d.fanRpm * (1 + 0.05 * severityOf(ailment, 'filter-clog'))
    said.outdoorFanSpeed = blows * d.outFanRpm
    const shakes = d.fanVibration * (1 + 13 * severityOf(ailment, 'fan-imbalance'))
    const wear = 1 + 3 * severityOf(ailment, 'compressor-wear')
    said.vibration = Math.hypot((isOn ? d.vibration : 0) * (0.5 + 0.5 * this.#speed) * wear, shakes * blows ** 2, 0.03)
    said.condensateLevel = this.#panMm
  }
}
