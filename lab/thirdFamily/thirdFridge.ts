// A fridge of the third family: air, food, freezer, evaporator and condenser as heat balances around a vapour cycle.
import { DAY, gaussian, logUniform, type Millis, type Random, uniform } from '../../core/index.ts'
import { saturatedRatio } from './climate.ts'
import { type Ailment, agedAt, type Machine, type Surroundings, severityOf } from './machine.ts'
import { COOLING_SLOPE, type Compressor, isobutane, workOf } from './vapourCycle.ts'

const MELTING = 334e3
/** Air that one opening exchanges carries so much water, kg a second open and kg/kg of difference (EN ISO 15502's doors). */
const DOOR_AIR_KG = 0.02
const STEP_S = 20
/** Of the condenser, at which the motor's protector opens. */
const MOTOR_TRIPS_C = 74

export type FridgeLayout = 'larder' | 'frost-free' | 'inverter'

/**
 * `larder`: a plate behind the wall, which thaws at every rest. `frost-free`: one finned coil with a fan for freezer and
 * cabinet, and a heater that thaws it by the clock or by running time. `inverter`: the same with three speeds.
 * Balances: Incropera and DeWitt, chapter 11 (effectiveness of a coil, 1 − e^−NTU); Bansal, Fricke and others for parts.
 */
export class ThirdFridge implements Machine {
  readonly layout: FridgeLayout
  readonly modes: readonly string[]
  readonly measured: Record<string, number> = {}
  readonly states: Record<string, string> = {}
  readonly interval = 60
  /** Heat that came in, J, heat that the cycle took out, and what is held now: for the balance. */
  heat = { inJ: 0, outJ: 0 }

  readonly #at: Surroundings
  readonly #random: Random
  readonly #compressor: Compressor
  readonly #draw
  #airC: number
  #foodC: number
  #freezerC: number
  #coilC: number
  #condenserC: number
  #sensedC: number
  #frostKg = 0.05
  #speed = 0
  #onS = 0
  #restS = 400
  #runSinceThawS: number
  #thawS = -1
  #lastThawAt: Millis
  #overloadS = 0
  #doorLeftS = 0
  #isDamperOpen = true
  #foodLoadJ = 0
  #wasRestocked = false
  // Sums over an interval.
  #sum = { energyJ: 0, onS: 0, starts: 0, doorS: 0, thawS: 0, vibration: 0, fan: 0 }

  constructor(random: Random, surroundings: Surroundings) {
    const kind = random.next()
    const layout = kind < 0.3 ? 'larder' : kind < 0.72 ? 'frost-free' : 'inverter'
    this.layout = layout
    this.#random = random
    this.#at = surroundings
    const isLarder = layout === 'larder'
    this.modes = [
      ...['refrigerant-leak', 'condenser-fouling', 'door-seal-leak', 'compressor-wear', 'capillary-clog'],
      ...(layout === 'inverter' ? [] : ['start-relay-failure']),
      'temperature-sensor-drift',
      ...(isLarder ? [] : ['evaporator-fan-failure', 'defrost-heater-failure']),
    ]
    const size = uniform(random, 0.75, 1.3)
    this.#draw = {
      cabinetWK: size * (isLarder ? uniform(random, 1.1, 1.7) : uniform(random, 0.8, 1.2)),
      freezerWK: isLarder ? 0 : size * uniform(random, 0.3, 0.5),
      airJK: size * uniform(random, 9e3, 16e3),
      foodJK: size * uniform(random, 5e4, 1.6e5),
      foodWK: uniform(random, 3.5, 7),
      freezerJK: size * uniform(random, 4e4, 9e4),
      coilJK: isLarder ? uniform(random, 1800, 3200) : uniform(random, 900, 1800),
      coilWK: size * (isLarder ? uniform(random, 5, 7.5) : uniform(random, 14, 20)),
      fanWK: size * uniform(random, 13, 18),
      toCabinet: uniform(random, 0.09, 0.14),
      hasDamper: !isLarder && random.next() < 0.55,
      condenserWK: size * uniform(random, 6, 10),
      condenserJK: uniform(random, 2500, 5000),
      bandK: isLarder ? uniform(random, 2.5, 5) : uniform(random, 1.4, 3),
      setpointC: Math.round(2 * uniform(random, 3, 6)) / 2,
      freezerSetC: Math.round(uniform(random, -20, -17)),
      lagS: logUniform(random, 60, 400),
      superheat: uniform(random, 0.25, 0.7),
      thawsByRun: random.next() < 0.5,
      thawEveryS: uniform(random, 7, 13) * 3600,
      heaterW: uniform(random, 120, 230),
      thawEndC: uniform(random, 6, 13),
      fanW: uniform(random, 2.5, 6),
      fanRpm: uniform(random, 1100, 2500),
      idleW: uniform(random, 0.6, 2.5),
      lampW: uniform(random, 2, 14),
      vibration: logUniform(random, 0.25, 1.2),
      // Wear is leaking valves in some, dragging bearings in others.
      friction: uniform(random, 0.1, 0.6),
      openings: uniform(random, 14, 34),
      openS: logUniform(random, 7, 22),
      roomC: uniform(random, 18.5, 22.5),
      roomFollows: uniform(random, 0.15, 0.55),
    }
    this.#compressor = {
      refrigerant: isobutane,
      sweptM3: size * (isLarder ? uniform(random, 1.1e-4, 1.7e-4) : uniform(random, 3.6e-4, 4.8e-4)),
      clearance: uniform(random, 0.012, 0.03),
      efficiency: uniform(random, 0.46, 0.58),
    }
    this.#airC = this.#draw.setpointC
    this.#foodC = this.#airC
    this.#sensedC = this.#airC
    this.#freezerC = this.#draw.freezerSetC
    this.#coilC = isLarder ? 0 : -18
    this.#condenserC = this.#draw.roomC
    this.#runSinceThawS = uniform(random, 0, 0.8) * this.#draw.thawEveryS
    this.#lastThawAt = surroundings.start - this.#runSinceThawS * 1000
  }

  /** Heat that its masses and its frost hold, J; what is cold holds less. */
  heldJ(): number {
    const { airJK, foodJK, freezerJK, coilJK } = this.#draw
    const freezer = this.layout === 'larder' ? 0 : freezerJK * this.#freezerC
    return airJK * this.#airC + foodJK * this.#foodC + freezer + coilJK * this.#coilC - MELTING * this.#frostKg
  }

  advance(at: Millis, seconds: number, ailment: Ailment): void {
    const { household, climate } = this.#at
    const weather = climate.at(at)
    const setpointC = this.#draw.setpointC + Math.round(2 * household.size('set-point', at)) / 2
    const room = this.#draw.roomC + household.size('move', at)
    // A house holds much of the outside off, and more of the cold (it is heated) than of the heat.
    const ambientC =
      room +
      this.#draw.roomFollows * Math.max(-5, weather.outdoorC - 19) +
      0.8 * Math.sin(at / 1.37e7) +
      (household.present(at) > 0 ? 0.6 : 0)
    const hasPower = household.size('power-cut', at) === 0
    this.#restock(household.size('warm-restock', at), ambientC)
    this.#sum = { energyJ: 0, onS: 0, starts: 0, doorS: 0, thawS: 0, vibration: 0, fan: 0 }
    const aged = agedAt(this.#at, at)
    const activity = household.activity(at)
    for (let left = seconds; left > 0; left -= STEP_S) {
      const s = Math.min(STEP_S, left)
      this.#control(at, s, setpointC, hasPower, ailment)
      this.#exchange(s, ambientC, weather.waterRatio, this.#doorSeconds(s, activity), hasPower, aged, ailment)
    }
    this.#say(seconds, ambientC, setpointC)
  }

  #restock(kg: number, ambientC: number): void {
    // Water-rich food, 3.6 kJ/(kg·K), brought home somewhat cooler than the room (ASHRAE Refrigeration, chapter 19).
    if (kg > 0 && !this.#wasRestocked) this.#foodLoadJ += kg * 3600 * Math.max(0, ambientC - 4 - this.#foodC)
    this.#wasRestocked = kg > 0
  }

  #doorSeconds(s: number, activity: number): number {
    if (this.#doorLeftS <= 0 && this.#random.next() < (this.#draw.openings * activity * s) / (DAY / 1000))
      this.#doorLeftS = this.#draw.openS * Math.exp(0.6 * gaussian(this.#random))
    const open = Math.min(s, Math.max(0, this.#doorLeftS))
    this.#doorLeftS -= s
    return open
  }

  /** Thermostat with its dead band, or steps of speed; thawing; a relay that does not start its motor. */
  #control(at: Millis, s: number, setpointC: number, hasPower: boolean, ailment: Ailment): void {
    const { bandK, hasDamper, freezerSetC, thawsByRun, thawEveryS, thawEndC } = this.#draw
    const senses = this.#sensedC
    // The freezer's own thermostat rules where a damper serves the cabinet.
    const over = hasDamper ? this.#freezerC - freezerSetC : senses - setpointC
    if (senses > setpointC + bandK / 3) this.#isDamperOpen = true
    else if (senses < setpointC - bandK / 3) this.#isDamperOpen = false
    this.#overloadS -= s
    if (this.layout !== 'larder' && this.#thawS < 0) {
      const since = thawsByRun ? this.#runSinceThawS : (at - this.#lastThawAt) / 1000
      if (since > thawEveryS && hasPower) {
        this.#thawS = 0
        this.#speed = 0
      }
    } else if (this.#thawS >= 0) {
      this.#thawS += s
      if (this.#coilC > thawEndC || this.#thawS > 1680) {
        this.#thawS = -1
        this.#runSinceThawS = 0
        this.#lastThawAt = at
        this.#restS = 0
      }
      return
    }
    const relay = severityOf(ailment, 'start-relay-failure')
    if (this.#speed > 0) {
      this.#onS += s
      this.#restS = 0
      if (over < -bandK / 2 || !hasPower) this.#speed = 0
      else if (this.#condenserC > MOTOR_TRIPS_C) this.#trip()
      // A hot winding trips the overload: the worse the relay, the sooner.
      else if (relay > 0.25 && this.#onS > 240 && this.#random.next() < (relay * relay * s) / 700) this.#trip()
      else if (this.layout === 'inverter')
        this.#speed = this.#onS < 1500 && over < bandK ? 0.55 : this.#onS < 4200 && over < 2 * bandK ? 0.75 : 1
      return
    }
    this.#restS += s
    this.#onS = 0
    if (over < bandK / 2 || this.#restS < 240 || this.#overloadS > 0 || !hasPower) return
    this.#sum.starts++
    // Locked rotor: five to six times the current for some seconds, then the overload opens for minutes.
    if (this.#random.next() < 0.85 * relay * relay) {
      this.#sum.energyJ += 750 * uniform(this.#random, 3, 8)
      this.#trip()
    } else this.#speed = this.layout === 'inverter' ? 0.55 : 1
  }
  #trip(): void {
    this.#speed = 0
    this.#overloadS = uniform(this.#random, 150, 420)
  }

  #exchange(
    s: number,
    ambientC: number,
    roomWater: number,
    doorS: number,
    hasPower: boolean,
    aged: number,
    ailment: Ailment,
  ): void {
    const d = this.#draw
    const isLarder = this.layout === 'larder'
    const isThawing = this.#thawS >= 0 && hasPower
    const seal = severityOf(ailment, 'door-seal-leak')
    const leak = severityOf(ailment, 'refrigerant-leak')
    const clog = severityOf(ailment, 'capillary-clog')
    const wear = severityOf(ailment, 'compressor-wear')
    const fanFault = severityOf(ailment, 'evaporator-fan-failure')
    // A starved coil is wet in a part of it only.
    const wet = 1 - 0.92 * leak - 0.92 * clog
    const tight = 1 - 0.8 * wear * (1 - d.friction)
    const isOn = this.#speed > 0
    const fan = !isLarder && isOn && hasPower ? (fanFault > 0.95 ? 0 : 1 - 0.75 * fanFault) : 0
    const frostFactor = 1 / (1 + (this.#frostKg / 0.4) ** 2)
    const flowWK = d.fanWK * (0.04 + 0.96 * fan) * frostFactor
    const toCabinet = d.hasDamper ? (this.#isDamperOpen ? 2.2 * d.toCabinet : 0.02) : d.toCabinet
    const effective = 1 - Math.exp(-(d.coilWK * wet * frostFactor) / Math.max(0.1, flowWK))
    const conductance = isLarder ? d.coilWK * (0.25 + 0.75 * wet) * frostFactor : effective * flowWK
    const sourceC = isLarder ? this.#airC : toCabinet * this.#airC + (1 - toCabinet) * this.#freezerC
    const heaterW = isThawing ? d.heaterW * (1 - severityOf(ailment, 'defrost-heater-failure')) : 0
    const work =
      isOn && hasPower
        ? workOf(this.#compressor, this.#coilC, this.#condenserC, this.#speed, tight * aged, 0.15 * leak)
        : { coolingW: 0, inputW: 0 }
    // Linearly implicit: a coil is quicker than a step.
    const pull = COOLING_SLOPE * work.coolingW
    const rise =
      (s * (conductance * (sourceC - this.#coilC) + heaterW - work.coolingW)) / (d.coilJK + s * (conductance + pull))
    const meltJ = this.#melt(s, this.#coilC + rise)
    this.#coilC += rise - meltJ / d.coilJK
    const takenW = work.coolingW + pull * rise
    const fromAirW = conductance * (sourceC - this.#coilC - meltJ / d.coilJK)
    const water = Math.max(0, roomWater - saturatedRatio(Math.min(this.#coilC, 0)))
    const frost = isOn || this.#coilC < -1 ? water * (DOOR_AIR_KG * doorS + (6e-5 + 3e-4 * seal) * s) : 0
    this.#frostKg += frost

    const doorW = (9 * doorS * (ambientC - this.#airC)) / s
    const wallW = (d.cabinetWK * (1 + 2.4 * seal) * (ambientC - this.#airC)) / aged
    const coldW = (d.freezerWK * (1 + 0.8 * seal) * (ambientC - this.#freezerC)) / aged
    const fanW = fan > 0 ? d.fanW * fan : 0
    const foodW = Math.min(this.#foodLoadJ / s, 60)
    this.#foodLoadJ -= foodW * s
    const toFoodW = d.foodWK * (this.#airC - this.#foodC)
    const cabinetShareW = isLarder
      ? fromAirW
      : fromAirW > 0 || fan > 0
        ? this.#shareOfCabinet(fromAirW, flowWK, toCabinet, sourceC)
        : 0
    const between = isLarder ? 0 : 0.25 * (this.#airC - this.#freezerC)
    this.#airC += (s * (wallW + doorW + foodW - toFoodW - cabinetShareW - between)) / d.airJK
    this.#foodC += (s * toFoodW) / d.foodJK
    if (!isLarder) this.#freezerC += (s * (coldW + fanW + between - (fromAirW - cabinetShareW))) / d.freezerJK
    const dirt = 1 - 0.78 * severityOf(ailment, 'condenser-fouling') - 0.2 * clog
    const rejectWK = d.condenserWK * dirt
    this.#condenserC +=
      (s * (takenW + 0.85 * work.inputW - rejectWK * (this.#condenserC - ambientC))) / (d.condenserJK + s * rejectWK)
    this.#sensedC +=
      (this.#airC + 6 * ailment.sign * severityOf(ailment, 'temperature-sensor-drift') - this.#sensedC) *
      (1 - Math.exp(-s / d.lagS))
    this.heat.inJ += s * (wallW + doorW + foodW + heaterW + (isLarder ? 0 : coldW + fanW)) - MELTING * frost
    this.heat.outJ += s * takenW
    if (isOn && hasPower) {
      this.#sum.onS += s
      this.#runSinceThawS += s
    }
    // Gas that leaks back is compressed again: power falls less than the flow.
    const inputW = work.inputW * tight ** -0.8 * (1 + 0.8 * wear * d.friction)
    if (hasPower) this.#sum.energyJ += s * (inputW + heaterW + fanW + d.idleW) + d.lampW * doorS
    this.#sum.doorS += doorS
    this.#sum.thawS += isThawing ? s : 0
    this.#sum.vibration =
      (isOn ? d.vibration * (0.6 + 0.4 * this.#speed) * (1 + 2.2 * wear) : 0.04) + 0.1 * fan * d.vibration
    this.#sum.fan = fan * d.fanRpm
    this.measured.evaporatorTemp = this.#coilC + d.superheat * (leak + 0.3 * clog) * 0.6 * (sourceC - this.#coilC)
  }

  /** Of the heat that the stream gives to the coil, the cabinet's part: each share comes back at the supply's temperature. */
  #shareOfCabinet(fromAirW: number, flowWK: number, toCabinet: number, sourceC: number): number {
    const supplyC = sourceC - fromAirW / flowWK
    return toCabinet * flowWK * (this.#airC - supplyC)
  }

  /** @returns heat that goes into melting instead of warming the coil, J */
  #melt(s: number, wouldBeC: number): number {
    if (wouldBeC <= 0 || this.#frostKg <= 0) return 0
    const joules = Math.min(this.#draw.coilJK * wouldBeC * Math.min(1, s / 60), this.#frostKg * MELTING)
    this.#frostKg -= joules / MELTING
    return joules
  }

  #say(seconds: number, ambientC: number, setpointC: number): void {
    const { energyJ, onS, starts, doorS, thawS, vibration, fan } = this.#sum
    const said = this.measured
    said.cabinetTemp = this.#sensedC
    said.ambientTemp = ambientC
    said.setpointTemp = setpointC
    said.condenserTemp = this.#condenserC
    said.power = energyJ / seconds
    said.compressorOn = onS / seconds
    said.compressorStarts = starts
    said.doorOpen = doorS
    said.vibration = vibration
    if (this.layout === 'larder') return
    said.freezerTemp = this.#freezerC
    said.defrost = thawS / seconds
    said.fanSpeed = fan
  }

  /** The cabinet's air as it is, whatever the sensor says: by which failure is judged. */
  get airC(): number {
    return this.#airC
  }
}
