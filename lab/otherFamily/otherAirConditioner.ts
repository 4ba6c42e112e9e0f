// An air conditioner of the other family: heat exchangers by effectiveness, a coil that condenses, a room of two masses.
import { type Millis, type Random, uniform } from '../../core/index.ts'
import { type OtherAround, type OtherMachine, severityIn, strengthIn } from './otherMachine.ts'

const drawParameters = (random: Random) => ({
  inverter: random.next() < 0.6,
  set: uniform(random, 22.5, 25.5),
  kw: uniform(random, 2.4, 3.8),
  cop: uniform(random, 3, 3.8),
  airflow: uniform(random, 0.14, 0.2),
  fanRpm: uniform(random, 800, 1_250),
  outRpm: uniform(random, 700, 950),
  indoorNtu: uniform(random, 1.1, 1.8),
  outdoorUa: uniform(random, 0.3, 0.5),
  roomKj: uniform(random, 350, 700),
  wallsKj: uniform(random, 3_000, 7_000),
  wallsUa: uniform(random, 0.25, 0.45),
  shellUa: uniform(random, 0.09, 0.16),
  sunKw: uniform(random, 0.3, 1.1),
  powerFactor: uniform(random, 0.93, 0.98),
  shakes: uniform(random, 0.4, 1.2),
  offset: uniform(random, -0.6, 0.8),
  from: uniform(random, 6, 16),
  hours: uniform(random, 6, 15),
})

export class OtherAirConditioner implements OtherMachine {
  readonly #p: ReturnType<typeof drawParameters>
  readonly #random: Random
  readonly #metrics: Record<string, number> = {}
  readonly #states: Record<string, string> = {}
  #room = 23
  #walls = 22
  #coil = 23
  #outCoil = 20
  #hertz = 0
  #mode: 'off' | 'cool' | 'heat' = 'off'
  #rest = 0
  #pan = 3
  #short = 0
  constructor(random: Random) {
    this.#p = drawParameters(random)
    this.#random = random
  }
  due(at: Millis): Millis {
    return at + 60_000
  }
  hasFailed(): boolean {
    return this.#short > 5 * 3_600
  }

  step(around: OtherAround, seconds: number): { metrics: Record<string, number>; states: Record<string, string> } {
    const p = this.#p
    const random = this.#random
    const dt = Math.min(60, seconds)
    const bias =
      (around.faults['temperature-sensor-bias']?.sign ?? 1) * 4.5 * severityIn(around, 'temperature-sensor-bias')
    const set = p.set + around.setpointShift
    const sensed = this.#room + bias
    const wanted = around.people > 0.1 && (around.hour - p.from + 24) % 24 < p.hours
    if (!wanted) this.#mode = 'off'
    else if (this.#mode === 'off')
      this.#mode =
        sensed > set + 0.8 && around.outdoor > 17 ? 'cool' : sensed < set - 2.5 && around.outdoor < 14 ? 'heat' : 'off'
    const goal = this.#mode === 'heat' ? set - 2 : set
    const error = this.#mode === 'cool' ? sensed - goal : this.#mode === 'heat' ? goal - sensed : -9
    const starved = severityIn(around, 'capacitor-fade')
    let starts = 0
    if (this.#rest > 0) this.#rest -= dt
    const wasOn = this.#hertz > 0
    if (this.#mode === 'off' || error < (p.inverter ? -0.9 : -0.5)) {
      if (wasOn) this.#rest = 180
      this.#hertz = 0
    } else if (!wasOn && error > 0.4 && this.#rest <= 0) {
      starts = 1
      if (random.next() < (0.9 * Math.max(0, starved - 0.4)) / 0.6) this.#rest = 200
      else this.#hertz = p.inverter ? 45 : 50
    } else if (wasOn && p.inverter) {
      const aim = 22 + 48 * Math.max(0, Math.min(1, error / 1.6 + 0.3))
      this.#hertz += ((aim - this.#hertz) * dt) / 240
    }
    const on = this.#hertz > 0
    const f = this.#hertz / 50
    const leak = strengthIn(around, 'refrigerant-leak')
    const wear = severityIn(around, 'compressor-wear')
    const filter = severityIn(around, 'filter-clog')
    const fouling = severityIn(around, 'condenser-fouling')
    const heats = this.#mode === 'heat'
    const flow = p.airflow * (1 - 0.55 * filter)
    const side = heats ? 0.022 * (around.outdoor - 7) : -0.012 * (around.outdoor - 35)
    const charge = 1 - 0.7 * severityIn(around, 'refrigerant-leak')
    const most =
      p.kw * f ** 0.9 * (1 + side) * charge * (1 - 0.65 * wear) * (1 - 0.4 * fouling) * (1 - 0.05 * around.years)
    // A little air gives a cold coil: capacity falls less than the flow does.
    const kw = on ? most * (1 - 0.28 * filter) : 0
    const ntu = p.indoorNtu * (p.airflow / flow) ** 0.4
    const effect = 1 - Math.exp(-ntu)
    const humidity = 52 + 9 * Math.sin((2 * Math.PI * around.at) / (4.7 * 86_400_000)) - (on && !heats ? 5 : 0)
    const sensible = heats ? 1 : Math.max(0.6, Math.min(0.95, 0.86 - 0.006 * (humidity - 50)))
    const change = (kw * sensible) / (flow * 1.2)
    const inlet = this.#room + p.offset * (on ? 0.5 : 1)
    const toCoil = change / effect + (heats ? 0 : 3.5 * leak * Number(on))
    const ends = kw * (heats ? 0.7 : 1.3)
    const outUa = p.outdoorUa * (1 - 0.6 * fouling)
    const outRise = (ends / outUa) * (1 - 0.2 * leak)
    const watts = on
      ? ((1_000 * p.kw * f ** 1.1) / p.cop) *
        (1 + 0.018 * ((heats ? 0 : around.outdoor - 35) + (outRise - (p.kw * f * 1.3) / p.outdoorUa))) *
        (1 - 0.18 * leak) *
        (1 + 0.06 * wear)
      : 0
    const total = Math.max(4, watts + (this.#mode === 'off' ? 0 : 30))
    const sun = Math.max(0, Math.sin((Math.PI * (around.hour - 7)) / 12)) * p.sunKw
    this.#room +=
      (dt / p.roomKj) *
      (p.wallsUa * (this.#walls - this.#room) +
        p.shellUa * (around.outdoor - this.#room) +
        0.12 * around.people +
        0.3 * sun +
        (heats ? kw : -kw * sensible))
    this.#walls +=
      (dt / p.wallsKj) * (p.wallsUa * (this.#room - this.#walls) + 0.12 * (around.outdoor - this.#walls) + 0.5 * sun)
    this.#coil += ((inlet + (heats ? toCoil : -toCoil) - this.#coil) * dt) / (dt + 70)
    this.#outCoil += ((around.outdoor + (heats ? -outRise : outRise) - this.#outCoil) * dt) / (dt + 90)
    const block = severityIn(around, 'condensate-drain-block')
    if (on && !heats) this.#pan += dt * 0.006 * (1 - sensible) * kw
    this.#pan += ((4 + 40 * block ** 1.3 - this.#pan) * dt) / (dt + 5_400)
    this.#short = on && error > 3 ? this.#short + dt : 0
    const m = this.#metrics
    m.roomTemp = sensed
    m.outdoorTemp = around.outdoor
    m.setpointTemp = Math.round(2 * goal) / 2
    m.returnTemp = inlet
    m.supplyTemp = on ? inlet + (this.#coil - inlet) * effect + (heats ? 0 : 2 * leak * (1 - effect)) : inlet
    m.coilTemp = this.#coil
    m.condenserTemp = this.#outCoil
    m.humidity = humidity
    m.power = total
    m.current = total / (230 * p.powerFactor * (1 - 0.22 * Math.min(1, 1.6 * starved)))
    m.compressorFrequency = this.#hertz
    m.compressorOn = on ? 1 : 0
    m.compressorStarts = starts
    m.indoorFanSpeed = this.#mode === 'off' ? 0 : p.fanRpm * (1 - 0.08 * filter)
    m.outdoorFanSpeed = on ? p.outRpm * (1 - 0.12 * starved) : 0
    m.vibration =
      0.05 +
      Number(on) *
        p.shakes *
        (0.6 + 0.4 * f) *
        (1 + 2.5 * strengthIn(around, 'fan-imbalance') + 1.8 * strengthIn(around, 'compressor-wear'))
    m.condensateLevel = Math.max(0, this.#pan)
    this.#states.mode = this.#mode
    return { metrics: m, states: this.#states }
  }
}
