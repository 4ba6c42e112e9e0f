// Fridges of drawn structures: what controls them, how they defrost, what they are made of.
import { type Millis, pick, type Random, uniform } from '../../../core/index.ts'
import type { Around, Machine } from './machine.ts'

const draw = (random: Random) => ({
  control: pick(random, ['cabinet', 'cabinet', 'coil', 'inverter'] as const),
  defrost: pick(random, ['timer', 'running', 'demand', 'rest', 'none'] as const),
  hasFreezer: random.next() < 0.7,
  hasFan: random.next() < 0.7,
  fanAlways: random.next() < 0.25,
  set: uniform(random, 2.5, 7),
  band: uniform(random, 1.4, 4.2),
  ua: uniform(random, 0.9, 2.2),
  airJ: uniform(random, 8_000, 26_000),
  foodJ: uniform(random, 30_000, 240_000),
  foodUa: uniform(random, 1.5, 6),
  freezerUa: uniform(random, 0.15, 0.45),
  freezerJ: uniform(random, 40_000, 200_000),
  coilJ: uniform(random, 1_500, 5_000),
  coilUa: uniform(random, 2.4, 6),
  freezerCoilUa: uniform(random, 3, 8),
  condUa: uniform(random, 6, 15),
  condJ: uniform(random, 1_500, 5_000),
  /** Times what it needs at 25 °C. */
  spare: uniform(random, 1.9, 3.6),
  efficiency: uniform(random, 1.3, 2.1),
  heaterW: uniform(random, 110, 300),
  every: uniform(random, 6, 20) * 3_600,
  standby: uniform(random, 0.4, 6),
  doors: uniform(random, 6, 45),
  rpm: uniform(random, 900, 2_800),
  shakes: uniform(random, 0.2, 1.8),
  sees: uniform(random, 0, 0.2),
  coilAt: uniform(random, -2, 4),
  condAt: uniform(random, 0.55, 1),
  nearCondenser: uniform(random, 0, 0.12),
  leakCools: uniform(random, -0.2, 0.6),
  failsBy: uniform(random, 0.7, 0.9),
})

export class DrawnFridge implements Machine {
  readonly #p: ReturnType<typeof draw>
  readonly #random: Random
  readonly #m: Record<string, number> = {}
  readonly #capacity: number
  readonly #need: number
  readonly lacks: readonly string[]
  readonly cannotHave: readonly string[]
  #air = 5
  #food = 5
  #freezer = -18
  #coil = -8
  #cond = 25
  #speed = 0
  #integral = 0.5
  #rest = 0
  #ran = 0
  #sinceDefrost = 0
  #defrosting = 0
  #ice = 0
  #warm = 0
  #door = 0
  constructor(random: Random) {
    this.#p = draw(random)
    this.#random = random
    const p = this.#p
    const load = p.ua * 20 + (p.hasFreezer ? p.freezerUa * 43 : 0) + p.doors * 0.35 + 3
    this.#capacity = load * p.spare
    this.#need = 1 / p.spare
    const heats = p.defrost === 'timer' || p.defrost === 'running' || p.defrost === 'demand'
    this.lacks = [
      ...(p.hasFreezer ? [] : ['freezerTemp']),
      ...(p.hasFan ? [] : ['fanSpeed']),
      ...(heats ? [] : ['defrost']),
    ]
    this.cannotHave = [...(p.hasFan ? [] : ['evaporator-fan-failure']), ...(heats ? [] : ['defrost-heater-failure'])]
  }
  due(at: Millis): Millis {
    return at + 60_000
  }
  hasFailed(): boolean {
    return this.#warm > 6 * 3_600
  }
  step(around: Around, seconds: number) {
    const p = this.#p
    const parts = 3
    const dt = Math.min(600, seconds) / parts
    const sum = { energy: 0, on: 0, starts: 0, defrost: 0, blows: 0, open: 0 }
    this.#openDoor(around, seconds)
    for (let i = 0; i < parts; i++) this.#move(around, dt, sum)
    const total = parts * dt
    const fan = around.severity('evaporator-fan-failure')
    const set = p.set + around.setShift
    if (this.#air > set + 4) this.#warm += seconds
    else this.#warm = 0
    const share = sum.on / total
    const m = this.#m
    m.cabinetTemp = this.#sensed(around)
    m.freezerTemp = this.#freezer
    m.evaporatorTemp = this.#coil + p.coilAt
    m.condenserTemp = around.ambient + p.condAt * (this.#cond - around.ambient)
    m.ambientTemp = around.ambient + p.nearCondenser * (this.#cond - around.ambient)
    m.setpointTemp = set
    m.power = sum.energy / total
    m.compressorOn = share
    m.compressorStarts = sum.starts
    m.doorOpen = Math.round(sum.open)
    m.defrost = sum.defrost / total
    m.fanSpeed = (sum.blows / total) * p.rpm * (1 - 0.95 * fan)
    m.vibration =
      0.03 +
      share * p.shakes * (1 + 2 * around.strength('compressor-wear')) +
      (sum.blows / total) * 0.3 * fan * (1 - fan)
    return { metrics: m, states: {} }
  }
  #sensed(around: Around): number {
    const p = this.#p
    const bias = around.sign('temperature-sensor-drift') * 6 * around.severity('temperature-sensor-drift')
    return this.#air + p.sees * (this.#food - this.#air) + bias
  }
  #openDoor(around: Around, seconds: number): void {
    const p = this.#p
    const random = this.#random
    const meal =
      Math.exp(-(((around.hour - 7.5) / 1.5) ** 2)) + 1.4 * Math.exp(-(((around.hour - 18.7) / 2) ** 2)) + 0.35
    const awake = around.hour > 6 && around.hour < 23.5 ? 1 : 0.08
    if (random.next() < (p.doors * meal * awake * around.people * seconds) / 86_400 / 0.55) {
      this.#door = Math.min(seconds, uniform(random, 3, 45))
      if (random.next() < 0.15) this.#food += uniform(random, 2_000, 40_000) / p.foodJ
    }
    if (around.restock > 0) this.#food += (around.restock * 250_000 * (seconds / 3_600)) / p.foodJ
  }
  #move(
    around: Around,
    dt: number,
    sum: { energy: number; on: number; starts: number; defrost: number; blows: number; open: number },
  ): void {
    const p = this.#p
    const s = around.severity
    const fan = s('evaporator-fan-failure')
    const heater = 1 - s('defrost-heater-failure')
    const lost = (mode: string): number => 1 - s(mode) * (1 - p.failsBy * this.#need)
    const leak = around.strength('refrigerant-leak')
    const clog = around.strength('capillary-clog')
    const blows = p.hasFan && (this.#speed > 0 || p.fanAlways) && this.#defrosting <= 0
    const air = p.hasFan ? (blows ? 1 - 0.85 * fan : 0.2) : 0.8
    const coilUa = p.coilUa * air * (1 - 0.75 * this.#ice) * (1 - 0.4 * leak)
    const condUa = p.condUa * (1 - 0.72 * s('condenser-fouling'))
    const ua = p.ua * (1 + s('door-seal-leak') * around.strength('door-seal-leak') * (1.3 / this.#need - 1) * 0.55)
    this.#control(around, dt, sum)
    let q = 0
    if (this.#speed > 0 && this.#defrosting <= 0) {
      const full = this.#capacity * (1 - 0.05 * around.years) * lost('compressor-wear') * lost('refrigerant-leak')
      const choked =
        full * lost('capillary-clog') * lost('condenser-fouling') * (1 - fan * (1 - p.failsBy * this.#need))
      q = Math.max(0, choked * this.#speed * (1 + 0.02 * (this.#coil + 18)) * (1 - 0.008 * (this.#cond - 38)))
      const watts =
        (this.#capacity / p.efficiency) *
        this.#speed ** 1.15 *
        (1 + 0.01 * (this.#coil + 18)) *
        (1 + 0.011 * (this.#cond - 38)) *
        (1 - 0.25 * s('refrigerant-leak') - 0.1 * s('capillary-clog')) *
        (1 + 0.16 * around.strength('compressor-wear'))
      sum.energy += watts * dt
      sum.on += dt
      this.#ran += dt
      this.#cond += ((q + watts) / condUa + around.ambient - this.#cond) * (dt / (dt + p.condJ / condUa))
      this.#ice = Math.min(1, this.#ice + (dt / p.every) * 0.1 * (1 + 2 * s('door-seal-leak')))
    } else this.#cond += (around.ambient - this.#cond) * (dt / (dt + p.condJ / condUa))
    if (blows) {
      sum.blows += dt
      sum.energy += 3 * dt
    }
    sum.energy += p.standby * dt
    if (this.#defrosting > 0) {
      sum.defrost += dt
      sum.energy += p.heaterW * heater * dt
      this.#coil += ((14 * heater - 2 - this.#coil) * dt) / 300
    } else {
      const freezerUa = p.hasFreezer ? p.freezerCoilUa : 0
      const all = coilUa + freezerUa
      const target =
        (coilUa * this.#air + freezerUa * this.#freezer - q) / all -
        6 * clog * Number(q > 0) +
        5 * p.leakCools * leak * Number(q > 0)
      this.#coil += (target - this.#coil) * (dt / (dt + p.coilJ / all))
    }
    const open = Math.min(dt, this.#door)
    this.#door -= open
    sum.open += open
    const toCoil = this.#defrosting > 0 ? 0 : coilUa * (this.#air - this.#coil) * (q > 0 || !p.hasFreezer ? 1 : 0.15)
    const exchange = p.foodUa * (this.#food - this.#air)
    this.#air += (dt / p.airJ) * (ua * (around.ambient - this.#air) + exchange + (open / dt) * 260 - toCoil)
    this.#food -= (dt / p.foodJ) * exchange
    if (!p.hasFreezer) return
    const cold = this.#defrosting > 0 ? 0 : p.freezerCoilUa * (this.#freezer - this.#coil) * (q > 0 ? 1 : 0.1)
    this.#freezer += (dt / p.freezerJ) * (p.freezerUa * (around.ambient - this.#freezer) - cold)
  }
  #control(around: Around, dt: number, sum: { energy: number; on: number; starts: number }): void {
    const p = this.#p
    this.#sinceDefrost += dt
    if (this.#defrosting > 0) {
      this.#speed = 0
      this.#defrosting -= dt
      if (this.#defrosting <= 0) {
        this.#ice *= around.severity('defrost-heater-failure')
        this.#rest = 180
        this.#ran = 0
        this.#sinceDefrost = 0
      }
      return
    }
    if (this.#rest > 0) {
      this.#rest -= dt
      return
    }
    const set = p.set + around.setShift
    const value = p.control === 'coil' ? this.#coil : this.#sensed(around)
    const [on, off] =
      p.control === 'coil' ? [3.5 + 0.4 * around.setShift, -19 + around.setShift] : [set + p.band / 2, set - p.band / 2]
    if (this.#speed === 0) {
      const due =
        p.defrost === 'timer'
          ? this.#sinceDefrost > p.every
          : p.defrost === 'running'
            ? this.#ran > 0.5 * p.every
            : p.defrost === 'demand' && this.#ice > 0.09
      if (due) {
        this.#defrosting = uniform(this.#random, 700, 1_500)
        return
      }
      if (p.defrost === 'rest' || p.defrost === 'none') this.#ice *= 1 - dt / 3_000
      if (value <= on) return
      sum.starts++
      if (this.#random.next() < around.severity('start-relay-failure')) {
        sum.energy += (this.#capacity / p.efficiency) * 3 * 9
        sum.on += 9
        this.#rest = uniform(this.#random, 200, 500)
      } else {
        this.#speed = p.control === 'inverter' ? 0.6 : 1
        this.#integral = 0.5
      }
    } else if (value < off) {
      this.#speed = 0
      this.#rest = 200
    } else if (p.control === 'inverter') {
      const error = value - set
      this.#integral = Math.max(0, Math.min(1, this.#integral + (error * dt) / 20_000))
      this.#speed = Math.max(0.3, Math.min(1, 0.3 + 0.25 * error + 0.6 * this.#integral))
    }
  }
}
