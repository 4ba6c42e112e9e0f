// A fridge of the other family: capacity and power follow from the balance of evaporator and condenser, not from tables.
import { type Millis, type Random, uniform } from '../../core/index.ts'
import { type OtherAround, type OtherMachine, severityIn, strengthIn } from './otherMachine.ts'

/** Physical draws: W, W/K, J/K, K, minutes. */
const drawParameters = (random: Random) => ({
  set: uniform(random, 3, 6),
  band: uniform(random, 2, 3.8),
  wallUa: uniform(random, 1.2, 2.1),
  freezerUa: uniform(random, 0.22, 0.42),
  airJ: uniform(random, 14_000, 30_000),
  foodJ: uniform(random, 50_000, 160_000),
  foodUa: uniform(random, 5, 10),
  freezerJ: uniform(random, 60_000, 140_000),
  coilUa: uniform(random, 2.6, 4.2),
  freezerCoilUa: uniform(random, 4, 8),
  condenserUa: uniform(random, 7, 13),
  capacity: uniform(random, 120, 175),
  watts: uniform(random, 62, 118),
  fanRpm: uniform(random, 1_100, 2_600),
  shakes: uniform(random, 0.3, 1.4),
  heaterW: uniform(random, 130, 260),
  defrostEvery: uniform(random, 6, 12) * 3_600,
  doorsADay: uniform(random, 8, 32),
  electronics: uniform(random, 0.8, 4),
})

export class OtherFridge implements OtherMachine {
  readonly #p: ReturnType<typeof drawParameters>
  readonly #random: Random
  readonly #metrics: Record<string, number> = {}
  readonly #need: number
  #air = 5
  #food = 5
  #freezer = -17
  #coil = -15
  #condenser = 25
  #on = false
  #rest = 0
  #ran = 0
  #defrosting = 0
  #ice = 0
  #warm = 0
  constructor(random: Random) {
    this.#p = drawParameters(random)
    this.#random = random
    const p = this.#p
    this.#need = Math.min(0.75, (p.wallUa * 18 + 14 + p.doorsADay * 0.4) / (0.62 * p.capacity))
  }
  due(at: Millis): Millis {
    return at + 60_000
  }
  hasFailed(): boolean {
    return this.#warm > 6 * 3_600
  }

  step(around: OtherAround, seconds: number): { metrics: Record<string, number>; states: Record<string, string> } {
    const p = this.#p
    const random = this.#random
    const starve = (mode: string): number => 1 - severityIn(around, mode) * (1 - 0.5 * this.#need)
    const wear = severityIn(around, 'compressor-wear')
    const leak = strengthIn(around, 'refrigerant-leak')
    const clog = strengthIn(around, 'capillary-clog')
    const fan = severityIn(around, 'evaporator-fan-failure')
    const heater = 1 - severityIn(around, 'defrost-heater-failure')
    const age = 1 - 0.05 * around.years
    const capacity =
      p.capacity * age * starve('compressor-wear') * starve('refrigerant-leak') * starve('capillary-clog')
    const coilUa = p.coilUa * (1 - 0.8 * this.#ice) * (1 - 0.88 * fan)
    const condenserUa = p.condenserUa * (1 - 0.8 * severityIn(around, 'condenser-fouling'))
    const fouled = 1 - severityIn(around, 'condenser-fouling') * (1 - 0.55 * this.#need)
    const wallUa = p.wallUa * (1 + 1.9 * strengthIn(around, 'door-seal-leak'))
    const sealNeed = 1 - severityIn(around, 'door-seal-leak') * (1 - Math.min(1, 1.4 * this.#need))
    const bias =
      (around.faults['temperature-sensor-drift']?.sign ?? 1) * 6 * severityIn(around, 'temperature-sensor-drift')
    const set = p.set + around.setpointShift
    const meal =
      Math.exp(-(((around.hour - 8) / 1.4) ** 2)) + 1.5 * Math.exp(-(((around.hour - 18.5) / 1.8) ** 2)) + 0.25
    const awake = around.hour > 6.5 && around.hour < 23.5 ? 1 : 0.1
    let door = 0
    if (random.next() < ((p.doorsADay * meal * awake * around.people) / 1_440 / 0.62) * (seconds / 60)) {
      door = Math.min(seconds, uniform(random, 4, 38))
      if (random.next() < 0.2) this.#food += uniform(random, 4_000, 50_000) / p.foodJ
    }
    let energy = p.electronics * seconds
    let onFor = 0
    let starts = 0
    let defrost = 0
    let blows = 0
    const parts = seconds > 300 ? 1 : 3
    const dt = Math.min(300, seconds) / parts
    for (let i = 0; i < parts; i++) {
      const sensed = this.#air + bias
      let [toAir, toFreezer] = [0, 0]
      if (this.#defrosting > 0) {
        this.#defrosting -= dt
        defrost += dt
        energy += p.heaterW * heater * dt
        this.#coil += ((12 * heater - 3 - this.#coil) * dt) / 300
        if (this.#defrosting <= 0) {
          this.#ice *= 1 - heater
          this.#ran = 0
          this.#rest = 150
        }
      } else if (this.#on) {
        // Linear balance: what coil and freezer give equals what the compressor takes at that evaporator temperature.
        const lift = capacity * fouled * sealNeed
        const tc = this.#condenser
        const slope = 0.022 * lift
        const atZero = lift * (1 + 0.022 * 25 - 0.007 * (tc - 40))
        const te =
          (coilUa * this.#air + p.freezerCoilUa * this.#freezer - atZero) / (slope + coilUa + p.freezerCoilUa) -
          5 * clog
        toAir = Math.max(0, coilUa * (this.#air - te - 5 * clog))
        toFreezer = Math.max(0, p.freezerCoilUa * (this.#freezer - te - 5 * clog))
        const watts =
          p.watts * (1 + 0.01 * (te + 25) + 0.009 * (tc - 40)) * (1 - 0.22 * leak - 0.1 * clog) * (1 + 0.12 * wear)
        energy += watts * dt
        onFor += dt
        blows += dt
        this.#ran += dt
        const ends = (toAir + toFreezer + watts) / condenserUa
        this.#coil += ((te - this.#coil) * dt) / (dt + 120)
        this.#condenser += ((around.ambient + ends - this.#condenser) * dt) / (dt + 240)
        this.#ice = Math.min(1, this.#ice + (dt / p.defrostEvery) * 0.12)
        if (sensed < set - p.band / 2) {
          this.#on = false
          this.#rest = 240
        }
      } else {
        this.#coil += ((Math.min(this.#freezer + 4, 0) - this.#coil) * dt) / 800
        this.#condenser += ((around.ambient - this.#condenser) * dt) / 600
        if (this.#rest > 0) this.#rest -= dt
        else if (this.#ran > p.defrostEvery) this.#defrosting = uniform(random, 780, 1_100)
        else if (sensed > set + p.band / 2) {
          starts++
          if (random.next() < severityIn(around, 'start-relay-failure')) {
            energy += p.watts * 3 * 8
            onFor += 8
            this.#rest = uniform(random, 240, 420)
          } else this.#on = true
        }
      }
      const exchange = p.foodUa * (this.#food - this.#air)
      const doorW = door > 0 ? (door / seconds) * 300 : 0
      this.#air += (dt / p.airJ) * (wallUa * (around.ambient - this.#air) + exchange + doorW - toAir)
      this.#food -= (dt / p.foodJ) * exchange
      this.#freezer += (dt / p.freezerJ) * (p.freezerUa * (around.ambient - this.#freezer) - toFreezer)
    }
    if (severityIn(around, 'defrost-heater-failure') > 0)
      this.#ice = Math.max(this.#ice, 0.95 * severityIn(around, 'defrost-heater-failure'))
    if (this.#air > set + 4) this.#warm += seconds
    else this.#warm = 0
    const share = onFor / (parts * dt)
    const m = this.#metrics
    m.cabinetTemp = this.#air + bias
    m.freezerTemp = this.#freezer
    m.evaporatorTemp = this.#coil
    m.condenserTemp = this.#condenser
    m.ambientTemp = around.ambient
    m.setpointTemp = Math.round(2 * set) / 2
    m.power = energy / seconds
    m.compressorOn = share
    m.compressorStarts = starts
    m.doorOpen = Math.round(door)
    m.defrost = defrost / (parts * dt)
    m.fanSpeed = (blows / (parts * dt)) * p.fanRpm * (1 - 0.9 * fan)
    m.vibration = 0.05 + share * p.shakes * (1 + 2.2 * strengthIn(around, 'compressor-wear') + 0.7 * fan * (1 - fan))
    return { metrics: m, states: {} }
  }
}
