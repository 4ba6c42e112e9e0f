// Air conditioners of drawn structures: what drives them, where their sensors sit, which rooms they serve.
import { type Millis, pick, type Random, uniform } from '../../../core/index.ts'
import type { Around, Machine } from './machine.ts'

const draw = (random: Random) => ({
  inverter: random.next() < 0.6,
  heats: random.next() < 0.65,
  habit: pick(random, ['hours', 'hours', 'always', 'presence'] as const),
  fan: pick(random, ['fixed', 'levels', 'follows'] as const),
  set: uniform(random, 21.5, 26.5),
  swing: uniform(random, 0.3, 1.1),
  kw: uniform(random, 2, 4.5),
  cop: uniform(random, 2.7, 4.2),
  cools: uniform(random, 17, 24),
  warms: uniform(random, 6, 14),
  flow: uniform(random, 0.11, 0.24),
  rpm: uniform(random, 700, 1_350),
  outRpm: uniform(random, 600, 1_000),
  outUa: uniform(random, 0.22, 0.55),
  airKj: uniform(random, 150, 500),
  wallsKj: uniform(random, 2_000, 9_000),
  wallsUa: uniform(random, 0.2, 0.5),
  shell: uniform(random, 0.07, 0.2),
  sun: uniform(random, 0.2, 1.3),
  people: uniform(random, 0.08, 0.3),
  effect: uniform(random, 0.6, 0.85),
  /** Where along the coil its sensor sits: 0 at its inlet (coldest), 1 at its outlet. */
  coilAt: random.next(),
  factor: uniform(random, 0.9, 0.99),
  shakes: uniform(random, 0.3, 1.6),
  offset: uniform(random, -1, 1.2),
  begins: uniform(random, 5, 18),
  hours: uniform(random, 5, 16),
  standby: uniform(random, 1, 9),
  blower: uniform(random, 15, 55),
  panS: uniform(random, 2_000, 9_000),
  panAt: uniform(random, 2, 9),
  overflow: uniform(random, 25, 55),
  humid: uniform(random, 40, 65),
  failsBy: uniform(random, 0.35, 0.55),
})

export class DrawnAirConditioner implements Machine {
  readonly #p: ReturnType<typeof draw>
  readonly #random: Random
  readonly #m: Record<string, number> = {}
  readonly #states: Record<string, string> = {}
  readonly lacks: readonly string[]
  readonly cannotHave: readonly string[] = []
  #room = 23
  #walls = 22
  #coil = 22
  #supply = 22
  #out = 20
  #speed = 0
  #mode: 'off' | 'cool' | 'heat' = 'off'
  #rest = 0
  #pan = 3
  #short = 0
  #since = 0
  constructor(random: Random) {
    this.#p = draw(random)
    this.#random = random
    this.lacks = this.#p.inverter ? [] : ['compressorFrequency']
  }
  due(at: Millis): Millis {
    return at + 60_000
  }
  hasFailed(): boolean {
    return this.#short > 6 * 3_600
  }
  #choose(around: Around, sensed: number, set: number): void {
    const p = this.#p
    const isHome = around.people > 0.1
    const isTime = (around.hour - p.begins + 24) % 24 < p.hours
    const wanted =
      p.habit === 'always'
        ? isHome
        : p.habit === 'hours'
          ? isHome && isTime
          : isHome && (around.hour < 8.5 || around.hour > 16.5)
    if (!wanted) this.#mode = 'off'
    else if (this.#mode === 'off') {
      if (sensed > set + 0.7 && around.outdoor > p.cools - 4) this.#mode = 'cool'
      else if (p.heats && sensed < set - 2 && around.outdoor < p.warms) this.#mode = 'heat'
    }
  }
  /** Turns the compressor. @returns starts */
  #drive(around: Around, error: number, dt: number): number {
    const p = this.#p
    const fade = around.severity('capacitor-fade')
    if (this.#rest > 0) this.#rest -= dt
    const isOn = this.#speed > 0
    if (this.#mode === 'off' || error < -p.swing) {
      if (isOn) this.#rest = 180
      this.#speed = 0
      return 0
    }
    if (!isOn) {
      if (error < p.swing * 0.6 || this.#rest > 0) return 0
      if (this.#random.next() < Math.max(0, fade - 0.5) * 1.7) this.#rest = 240
      else this.#speed = p.inverter ? 0.5 : 1
      return 1
    }
    if (p.inverter)
      this.#speed += (Math.max(0.25, Math.min(1.15, 0.45 + 0.35 * error)) - this.#speed) * (dt / (dt + 300))
    return 0
  }
  step(around: Around, seconds: number) {
    const p = this.#p
    const dt = Math.min(120, seconds)
    const s = around.severity
    const bias = around.sign('temperature-sensor-bias') * 4.5 * s('temperature-sensor-bias')
    const set = p.set + around.setShift
    const sensed = this.#room + bias
    const before = this.#mode
    this.#choose(around, sensed, set)
    if (this.#mode !== before) this.#since = 0
    this.#since += dt
    const isHeat = this.#mode === 'heat'
    const goal = isHeat ? set - 2 : set
    const error = this.#mode === 'off' ? -9 : isHeat ? goal - sensed : sensed - goal
    const starts = this.#drive(around, error, dt)
    const v = this.#speed
    const isOn = v > 0
    const leak = around.strength('refrigerant-leak')
    const level =
      p.fan === 'fixed' ? 1 : p.fan === 'levels' ? (Math.abs(error) > 1 ? 1 : 0.75) : 0.6 + 0.4 * Math.min(1, v)
    const lost = (mode: string, most: number): number => 1 - most * s(mode)
    const flow = p.flow * level * lost('filter-clog', 0.6)
    const outUa = p.outUa * lost('condenser-fouling', 0.65)
    const side = isHeat ? 0.02 * (around.outdoor - 7) : -0.011 * (around.outdoor - 35)
    const kw =
      p.kw *
      v ** 0.92 *
      Math.max(0.4, 1 + side) *
      (1 - 0.05 * around.years) *
      lost('refrigerant-leak', 1 - p.failsBy) *
      lost('compressor-wear', 1 - p.failsBy) *
      lost('condenser-fouling', 0.45) *
      (1 - 0.35 * s('filter-clog'))
    const humidity =
      p.humid + 10 * Math.sin((2 * Math.PI * around.at) / (5.3 * 86_400_000)) + 0.4 * (around.outdoor - 18)
    const dry = isHeat ? 1 : Math.max(0.6, Math.min(1, 0.95 - 0.006 * (humidity - 40)))
    const inlet = this.#room + p.offset * (isOn ? 0.6 : 1)
    const change = isOn ? (kw * dry) / (flow * 1.2) : 0
    const toCoil = change / (1 - (1 - p.effect) ** ((p.flow / flow) ** 0.4))
    const warmer = leak * (p.coilAt - 0.5) * 9
    const coil = inlet + (isHeat ? toCoil : -toCoil + Number(isOn) * warmer)
    const ends = (kw * (isHeat ? 1 - 1 / p.cop : 1 + 1 / p.cop)) / outUa
    const rise = ends * (1 - 0.15 * leak)
    const hard = (rise - (p.kw * v * (1 + 1 / p.cop)) / p.outUa) * 0.018 + (isHeat ? 0 : 0.016 * (around.outdoor - 35))
    const watts = isOn
      ? ((1_000 * p.kw * v ** 1.12) / p.cop) *
        Math.max(0.5, 1 + hard) *
        (1 - 0.2 * leak) *
        (1 + 0.08 * around.strength('compressor-wear')) *
        (1 - 0.05 * s('filter-clog'))
      : 0
    const total = watts + p.standby + (this.#mode === 'off' ? 0 : p.blower * level)
    const sun = Math.max(0, Math.sin((Math.PI * (around.hour - 6.5)) / 12.5)) * p.sun
    const gain =
      p.wallsUa * (this.#walls - this.#room) +
      p.shell * (around.outdoor - this.#room) +
      p.people * around.people +
      0.25 * sun
    this.#room += (dt / p.airKj) * (gain + (isHeat ? kw : -kw * dry))
    this.#walls +=
      (dt / p.wallsKj) * (p.wallsUa * (this.#room - this.#walls) + 0.1 * (around.outdoor - this.#walls) + 0.45 * sun)
    this.#coil += (coil - this.#coil) * (dt / (dt + 80))
    this.#supply += ((isOn ? inlet + (isHeat ? change : -change) : inlet) - this.#supply) * (dt / (dt + 60))
    this.#out += (around.outdoor + (isHeat ? -rise : rise) - this.#out) * (dt / (dt + 100))
    const block = s('condensate-drain-block')
    const water = isOn && !isHeat ? kw * (1 - dry) : 0
    this.#pan += (dt / p.panS) * (p.panAt * (1 + water) + (p.overflow - p.panAt) * block ** 1.2 - this.#pan)
    this.#short = (isOn && error > 3) || this.#pan > p.overflow ? this.#short + dt : 0
    return this.#say(around, { inlet, sensed, humidity, total, isOn, level, starts, goal })
  }
  #say(
    around: Around,
    now: {
      inlet: number
      sensed: number
      humidity: number
      total: number
      isOn: boolean
      level: number
      starts: number
      goal: number
    },
  ) {
    const p = this.#p
    const m = this.#m
    const s = around.severity
    const { inlet, sensed, humidity, total, isOn, level, starts, goal } = now
    const fade = s('capacitor-fade')
    m.roomTemp = sensed
    m.outdoorTemp = around.outdoor
    m.setpointTemp = Math.round(2 * goal) / 2
    m.returnTemp = inlet
    m.supplyTemp = this.#supply
    m.coilTemp = this.#coil
    m.condenserTemp = this.#out
    m.humidity = humidity
    m.power = total
    m.current = total / (230 * p.factor * (1 - Number(isOn) * 0.24 * Math.min(1, 1.4 * fade)))
    m.compressorFrequency = 60 * this.#speed
    m.compressorOn = Number(isOn)
    m.compressorStarts = starts
    m.indoorFanSpeed = this.#mode === 'off' ? 0 : p.rpm * level * (1 - 0.1 * s('filter-clog'))
    m.outdoorFanSpeed = isOn ? p.outRpm * (1 - 0.14 * fade) : 0
    m.vibration =
      0.04 +
      Number(isOn) *
        p.shakes *
        (0.5 + 0.5 * this.#speed) *
        (1 + 2.2 * around.strength('fan-imbalance') + 1.5 * around.strength('compressor-wear'))
    m.condensateLevel = Math.max(0, this.#pan)
    this.#states.mode = this.#mode
    return { metrics: m, states: this.#states }
  }
}
