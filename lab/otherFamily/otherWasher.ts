// A washer of the other family: other programs, a tub as a mass on springs with play, water by pressure, a slipping belt.
import { DAY, HOUR, type Millis, type Random, SeededRandom, uniform } from '../../core/index.ts'
import { type OtherAround, type OtherMachine, severityIn, strengthIn } from './otherMachine.ts'

const drawParameters = (random: Random) => ({
  heaterW: uniform(random, 1_750, 2_250),
  fillMm: uniform(random, 0.8, 1.8),
  drainMm: uniform(random, 1.6, 3.4),
  amps: uniform(random, 0.9, 2),
  tubKg: uniform(random, 34, 52),
  resonance: uniform(random, 130, 260),
  damping: uniform(random, 0.13, 0.26),
  transmits: uniform(random, 0.25, 0.7),
  rough: uniform(random, 0.25, 0.7),
  envelope: uniform(random, 0.04, 0.16),
  perWeek: uniform(random, 2, 7),
  favourite: Math.floor(random.next() * 3),
  tumble: uniform(random, 42, 58),
})

type Step = { phase: string; seconds: number; target: number }
const rinse = (rpm: number): Step[] => [
  { phase: 'fill', seconds: 0, target: 110 },
  { phase: 'rinse', seconds: 330, target: 0 },
  { phase: 'drain', seconds: 0, target: 0 },
  { phase: 'spin', seconds: 60, target: rpm },
]
const programs: { name: string; steps: Step[] }[] = [
  ['normal40', 40, 2_000, 1_100, 2],
  ['hot60', 60, 2_400, 1_400, 2],
  ['short30', 30, 800, 900, 1],
].map(([name, celsius, seconds, rpm, times]) => ({
  name: String(name),
  steps: [
    { phase: 'fill', seconds: 0, target: 90 },
    { phase: 'heat', seconds: 0, target: Number(celsius) },
    { phase: 'wash', seconds: Number(seconds), target: 0 },
    { phase: 'drain', seconds: 0, target: 0 },
    ...Array.from({ length: Number(times) }, () => rinse(0.55 * Number(rpm))).flat(),
    { phase: 'spin', seconds: 360, target: Number(rpm) },
    { phase: 'end', seconds: 40, target: 0 },
  ],
}))

export class OtherWasher implements OtherMachine {
  readonly #p: ReturnType<typeof drawParameters>
  readonly #random: Random
  readonly #name: string
  readonly #metrics: Record<string, number> = {}
  readonly #states: Record<string, string> = {}
  #steps: Step[] | null = null
  #program = ''
  #step = 0
  #elapsed = 0
  #level = 0
  #water = 18
  #rpm = 0
  #kg = 0
  #lumpKg = 0
  #error = 0
  #failed = false
  #next: Millis = 0
  #lockTries = 0
  constructor(random: Random, name: string) {
    this.#p = drawParameters(random)
    this.#random = random
    this.#name = name
  }
  due(at: Millis): Millis {
    return at + (this.#steps || (this.#next > at && this.#next < at + 600_000) ? 5_000 : 600_000)
  }
  hasFailed(): boolean {
    return this.#failed
  }

  step(around: OtherAround, seconds: number): { metrics: Record<string, number>; states: Record<string, string> } {
    const m = this.#metrics
    for (const name of ['drumSpeed', 'motorCurrent', 'waterLevel', 'load', 'vibration1x', 'doorLocked']) m[name] = 0
    m.power = 1.2
    m.inletTemp = 8 + 0.4 * Math.max(0, around.outdoor) + 0.1 * around.ambient
    m.vibrationRms = 0.04
    m.vibrationPeak = 0.12
    m.vibrationKurtosis = 3
    m.bearingEnvelope = 0.01
    this.#states.phase = 'idle'
    delete this.#states.program
    if (!this.#steps) this.#wait(around)
    if (this.#steps) this.#work(around, Math.min(seconds, 5))
    else this.#water += (around.ambient - this.#water) * 0.1
    m.waterTemp = this.#water
    return { metrics: m, states: this.#states }
  }

  /** Washes are a Poisson process of waking hours. */
  #wait(around: OtherAround): void {
    if (this.#next === 0 || around.at > this.#next + HOUR) {
      const random = new SeededRandom(1, `${this.#name}/${around.at}`)
      let at = around.at + (-Math.log(1 - random.next()) / this.#p.perWeek) * 7 * DAY
      const hour = (at / HOUR) % 24
      if (hour < 8) at += (8 - hour) * HOUR
      this.#next = at
    }
    if (around.at < this.#next) return
    this.#next = 0
    if (around.people < 0.1) return
    const random = this.#random
    const program = programs[random.next() < 0.55 ? this.#p.favourite : Math.floor(random.next() * programs.length)]!
    this.#steps = program.steps
    this.#program = program.name
    this.#step = 0
    this.#elapsed = 0
    this.#lockTries = 0
    this.#error = 0
    this.#kg = Math.min(8, 1 + 1.6 * (random.next() + random.next() + random.next()))
    this.#lumpKg = 0.06 + 0.32 * random.next() ** 2
  }

  #work(around: OtherAround, dt: number): void {
    const p = this.#p
    const m = this.#metrics
    const random = this.#random
    const step = this.#steps![this.#step]!
    let phase = step.phase
    let command = 0
    let watts = 7
    let done = false
    let lock = 1
    this.#elapsed += dt
    const lockFault = severityIn(around, 'door-lock-failure')
    if (this.#error > 0) {
      phase = 'error'
      this.#error -= dt
      this.#level *= 0.85
      if (this.#error <= 0) this.#steps = null
    } else if (this.#step === 0 && this.#lockTries >= 0 && random.next() < lockFault) {
      lock = 0
      phase = 'fill'
      if (++this.#lockTries > 14) this.#fail()
    } else {
      this.#lockTries = -1
      if (random.next() < 0.012 * lockFault) lock = 0.4 * random.next()
      const heatKg = 0.08 * this.#level + this.#kg
      switch (phase) {
        case 'fill': {
          const goal = step.target + 5 * this.#kg
          const flow = p.fillMm * (1 - 0.88 * severityIn(around, 'inlet-valve-failure')) * uniform(random, 0.95, 1.05)
          const before = this.#level
          this.#level = Math.min(goal, before + flow * dt)
          this.#water += ((m.inletTemp! - this.#water) * (this.#level - before)) / Math.max(1, this.#level)
          done = this.#level >= goal
          if (this.#elapsed > (7 * goal) / p.fillMm) this.#fail()
          break
        }
        case 'heat': {
          const scale = 1 - 0.62 * severityIn(around, 'heater-scale')
          const element =
            severityIn(around, 'heater-failure') > 0.98 ? 0 : 1 - 0.55 * severityIn(around, 'heater-failure')
          const heat = p.heaterW * element
          watts += heat * (1 - 0.04 * (1 - scale))
          this.#water += ((heat * scale - 9 * (this.#water - around.ambient)) * dt) / (heatKg * 4_186)
          command = this.#elapsed % 24 < 14 ? p.tumble : 0
          done = this.#water >= step.target
          if (this.#elapsed > 500 + (heatKg * 4_186 * 45 * 2.3) / p.heaterW) this.#fail()
          break
        }
        case 'wash':
        case 'rinse':
          command = this.#elapsed % 24 < 14 ? p.tumble : 0
          done = this.#elapsed >= step.seconds
          break
        case 'drain': {
          // Torricelli: the last of it is slow.
          const clog = 1 + 3.2 * severityIn(around, 'drain-clog')
          this.#level = Math.max(0, this.#level - ((p.drainMm * Math.sqrt(0.2 + this.#level / 100)) / clog) * dt)
          watts += 24 + 4 * clog
          done = this.#level < 2
          if (this.#elapsed > 480 / p.drainMm) this.#fail()
          break
        }
        case 'spin': {
          const ramp = step.target / 14
          command = Math.min(step.target, 14 * this.#elapsed)
          this.#level *= 0.96
          watts += 24
          done = this.#elapsed > ramp + step.seconds
          const trips = Math.max(
            severityIn(around, 'drum-imbalance'),
            severityIn(around, 'damper-wear'),
            severityIn(around, 'bearing-wear'),
          )
          if (this.#elapsed > ramp + 20 && (trips > 0.985 || this.#rpm < 0.65 * step.target)) this.#fail()
          break
        }
        default:
          done = this.#elapsed > step.seconds
          lock = 0
      }
    }
    const slip = severityIn(around, 'belt-slip')
    const grip = 1 - slip * (0.1 + 0.22 * Math.min(1, command / 700)) * uniform(random, 0.7, 1.3)
    this.#rpm += (command * grip - this.#rpm) * 0.75
    if (command === 0 && this.#rpm < 3) this.#rpm = 0
    this.#shake(around, step.phase === 'spin')
    const friction = 1 + 0.25 * strengthIn(around, 'bearing-wear') ** 2 + 0.5 * slip
    const amps = this.#rpm > 1 ? p.amps * (0.45 + 0.08 * this.#kg + 0.9 * (this.#rpm / 1_000) ** 1.3) * friction : 0
    m.drumSpeed = this.#rpm
    m.motorCurrent = amps
    m.power = watts + 135 * amps
    m.waterLevel = this.#level
    m.load = Math.round(2 * this.#kg) / 2
    m.doorLocked = lock
    this.#states.phase = this.#steps ? phase : 'idle'
    this.#states.program = this.#program
    if (!done || !this.#steps) return
    this.#elapsed = 0
    if (++this.#step >= this.#steps.length) {
      this.#steps = null
      this.#failed = false
    }
  }

  #shake(around: OtherAround, spinning: boolean): void {
    const p = this.#p
    const m = this.#metrics
    const random = this.#random
    const r = this.#rpm / p.resonance
    const damping = p.damping * (1 - 0.72 * severityIn(around, 'damper-wear'))
    const lump = this.#lumpKg * uniform(random, 0.9, 1.1) + 0.45 * strengthIn(around, 'drum-imbalance')
    // Displacement of a rotating unbalance, times ω, velocity in mm/s RMS.
    const moves = ((lump / (p.tubKg + this.#kg)) * 250 * (r * r)) / Math.hypot(1 - r * r, 2 * damping * r)
    const once = Math.SQRT1_2 * moves * ((this.#rpm * Math.PI) / 30) * 0.1 * p.transmits
    const wear = strengthIn(around, 'bearing-wear')
    const speed = this.#rpm / 1_000
    const rumble = (p.rough * (0.15 + speed ** 1.2) + 5 * wear ** 2.5 * speed) * uniform(random, 0.92, 1.08)
    const rms = Math.hypot(once, rumble)
    const impacts = spinning ? 11 * Math.max(0, wear - 0.15) * Math.max(0, 1.2 - wear) : 0
    m.vibration1x = once
    m.vibrationRms = rms
    m.vibrationKurtosis = 3 + impacts
    m.vibrationPeak = rms * (2.4 + 0.35 * Math.sqrt(impacts))
    m.bearingEnvelope = 0.012 + p.envelope * speed * (1 + 12 * wear ** 0.8)
  }

  #fail(): void {
    this.#error = 120
    this.#failed = true
  }
}
