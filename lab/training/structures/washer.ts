// Washers of drawn structures: programs, pumps, tubs and motors of many makes.
import { DAY, HOUR, type Millis, pick, type Random, uniform } from '../../../core/index.ts'
import type { Around, Machine } from './machine.ts'

interface Step {
  phase: string
  seconds: number
  target: number
}
interface Program {
  name: string
  steps: Step[]
}

const draw = (random: Random) => ({
  heaterW: uniform(random, 1_400, 2_400),
  fill: uniform(random, 0.5, 2.2),
  drain: uniform(random, 1, 4),
  pump: pick(random, ['steady', 'root'] as const),
  amps: uniform(random, 0.7, 2.4),
  tubKg: uniform(random, 28, 60),
  resonance: uniform(random, 120, 300),
  damping: uniform(random, 0.1, 0.3),
  transmits: uniform(random, 0.15, 0.9),
  rough: uniform(random, 0.15, 0.9),
  envelope: uniform(random, 0.03, 0.25),
  perWeek: uniform(random, 1.5, 8),
  tumble: uniform(random, 35, 65),
  beat: uniform(random, 0.3, 0.75),
  turn: uniform(random, 12, 34),
  ramp: uniform(random, 7, 30),
  electronics: uniform(random, 1, 8),
  balances: random.next() < 0.6,
})

function drawPrograms(random: Random): Program[] {
  return Array.from({ length: 2 + Math.floor(3 * random.next()) }, (_, n) => {
    const celsius = pick(random, [20, 30, 40, 40, 60, 60])
    const rpm = pick(random, [800, 1_000, 1_200, 1_400])
    const wash = uniform(random, 600, 3_000)
    const rinses = 1 + Math.floor(3 * random.next())
    const level = uniform(random, 60, 130)
    const rinse: Step[] = [
      { phase: 'fill', seconds: 0, target: level + 20 },
      { phase: 'rinse', seconds: uniform(random, 150, 400), target: 0 },
      { phase: 'drain', seconds: 0, target: 0 },
    ]
    if (random.next() < 0.7) rinse.push({ phase: 'spin', seconds: 60, target: 0.5 * rpm })
    return {
      name: `p${n}-${celsius}`,
      steps: [
        { phase: 'fill', seconds: 0, target: level },
        ...(celsius > 20 ? [{ phase: 'heat', seconds: 0, target: celsius }] : []),
        { phase: 'wash', seconds: wash, target: 0 },
        { phase: 'drain', seconds: 0, target: 0 },
        ...Array.from({ length: rinses }, () => rinse).flat(),
        { phase: 'spin', seconds: uniform(random, 180, 600), target: rpm },
        { phase: 'end', seconds: 60, target: 0 },
      ],
    }
  })
}

export class DrawnWasher implements Machine {
  readonly #p: ReturnType<typeof draw>
  readonly #programs: Program[]
  readonly #random: Random
  readonly #m: Record<string, number> = {}
  readonly #states: Record<string, string> = {}
  readonly lacks: readonly string[] = []
  readonly cannotHave: readonly string[] = []
  #program: Program | null = null
  #step = 0
  #elapsed = 0
  #level = 0
  #water = 18
  #rpm = 0
  #kg = 0
  #lump = 0
  #error = 0
  #tries = 0
  #next: Millis = 0
  #failed = false
  constructor(random: Random) {
    this.#p = draw(random)
    this.#programs = drawPrograms(random)
    this.#random = random
  }
  due(at: Millis): Millis {
    return at + (this.#program || (this.#next > at && this.#next < at + 600_000) ? 5_000 : 600_000)
  }
  hasFailed(): boolean {
    return this.#failed
  }
  step(around: Around, seconds: number) {
    const m = this.#m
    for (const name of ['drumSpeed', 'motorCurrent', 'waterLevel', 'load', 'vibration1x', 'doorLocked']) m[name] = 0
    m.power = this.#p.electronics
    m.inletTemp = 7 + 0.4 * Math.max(0, around.outdoor) + 0.1 * around.ambient
    m.vibrationRms = 0.03
    m.vibrationPeak = 0.1
    m.vibrationKurtosis = 3
    m.bearingEnvelope = 0.01
    this.#states.phase = 'idle'
    delete this.#states.program
    if (!this.#program) this.#wait(around)
    if (this.#program) this.#work(around, Math.min(seconds, 5))
    else this.#water += (around.ambient - this.#water) * 0.1
    m.waterTemp = this.#water
    return { metrics: m, states: this.#states }
  }
  #wait(around: Around): void {
    const random = this.#random
    if (this.#next === 0 || around.at > this.#next + HOUR) {
      let at = around.at + (-Math.log(1 - random.next()) / this.#p.perWeek) * 7 * DAY
      const hour = (at / HOUR) % 24
      if (hour < 7) at += (7 - hour) * HOUR
      this.#next = at
    }
    if (around.at < this.#next) return
    this.#next = 0
    if (around.people < 0.1) return
    this.#program = random.next() < 0.5 ? this.#programs[0]! : pick(random, this.#programs)
    this.#step = 0
    this.#elapsed = 0
    this.#tries = 0
    this.#error = 0
    this.#kg = Math.min(8, 0.5 + 1.7 * (random.next() + random.next() + random.next()))
    this.#lump = 0.04 + 0.4 * random.next() ** 2
  }
  #fail(): void {
    this.#failed = true
    this.#error = uniform(this.#random, 120, 900)
  }
  #work(around: Around, dt: number): void {
    const p = this.#p
    const m = this.#m
    const random = this.#random
    const s = around.severity
    const step = this.#program!.steps[this.#step]!
    let phase = step.phase
    let watts = p.electronics + 5
    let command = 0
    let done = false
    let lock = 1
    this.#elapsed += dt
    const locks = s('door-lock-failure')
    if (this.#error > 0) {
      phase = 'error'
      this.#error -= dt
      this.#level *= 0.9
      if (this.#error <= 0) this.#program = null
    } else if (this.#step === 0 && this.#tries >= 0 && random.next() < locks) {
      lock = 0
      if (++this.#tries > 20) this.#fail()
    } else {
      this.#tries = -1
      if (random.next() < 0.008 * locks) lock = 0.5 * random.next()
      const turns = this.#elapsed % p.turn < p.beat * p.turn ? p.tumble : 0
      const kg = 0.09 * this.#level + this.#kg
      if (phase === 'fill') {
        const goal = step.target + 4 * this.#kg
        const before = this.#level
        const flow = p.fill * (1 - 0.9 * s('inlet-valve-failure')) * uniform(random, 0.9, 1.1)
        this.#level = Math.min(goal, before + flow * dt)
        this.#water += ((m.inletTemp! - this.#water) * (this.#level - before)) / Math.max(1, this.#level)
        done = this.#level >= goal
        if (this.#elapsed > (7 * goal) / p.fill) this.#fail()
      } else if (phase === 'heat') {
        const element = s('heater-failure') > 0.98 ? 0 : 1 - 0.6 * s('heater-failure')
        const heat = p.heaterW * element
        watts += heat * (1 - 0.02 * s('heater-scale'))
        this.#water += ((heat * (1 - 0.6 * s('heater-scale')) - 8 * (this.#water - around.ambient)) * dt) / (kg * 4_186)
        command = turns
        done = this.#water >= step.target
        if (this.#elapsed > 600 + (kg * 4_186 * 45 * 2.2) / p.heaterW) this.#fail()
      } else if (phase === 'drain') {
        const clog = 1 + 3.5 * s('drain-clog')
        const speed = p.pump === 'root' ? p.drain * Math.sqrt(0.15 + this.#level / 90) : p.drain
        this.#level = Math.max(0, this.#level - (speed / clog) * dt)
        watts += 22 + 4 * clog
        done = this.#level < 2
        if (this.#elapsed > 600 / p.drain) this.#fail()
      } else if (phase === 'spin') {
        const ramp = (step.target * p.ramp) / 400
        command = Math.min(step.target, (this.#elapsed * 400) / p.ramp)
        this.#level *= 0.95
        watts += 22
        done = this.#elapsed > ramp + step.seconds
        const trips = Math.max(s('drum-imbalance'), s('damper-wear'), s('bearing-wear'))
        if (this.#elapsed > ramp + 20 && (trips > 0.985 || this.#rpm < 0.6 * step.target)) this.#fail()
      } else if (phase === 'end') {
        lock = 0
        done = this.#elapsed > step.seconds
      } else {
        command = turns
        done = this.#elapsed >= step.seconds
      }
    }
    this.#turn(around, command, step.phase === 'spin', watts)
    m.waterLevel = this.#level
    m.load = Math.round(2 * this.#kg) / 2
    m.doorLocked = lock
    this.#states.phase = this.#program ? phase : 'idle'
    if (this.#program) this.#states.program = this.#program.name
    if (!done || !this.#program) return
    this.#elapsed = 0
    if (++this.#step >= this.#program.steps.length) {
      this.#program = null
      this.#failed = false
    }
  }
  #turn(around: Around, command: number, isSpin: boolean, watts: number): void {
    const p = this.#p
    const m = this.#m
    const random = this.#random
    const slip = around.severity('belt-slip')
    const grip = 1 - slip * (0.12 + 0.2 * Math.min(1, command / 700)) * uniform(random, 0.6, 1.4)
    this.#rpm += (command * grip - this.#rpm) * 0.7
    if (command === 0 && this.#rpm < 3) this.#rpm = 0
    const friction = 1 + 0.3 * around.strength('bearing-wear') ** 2 + 0.4 * slip
    const amps = this.#rpm > 1 ? p.amps * (0.4 + 0.08 * this.#kg + 0.9 * (this.#rpm / 1_000) ** 1.2) * friction : 0
    m.drumSpeed = this.#rpm
    m.motorCurrent = amps
    m.power = watts + 140 * amps
    const r = this.#rpm / p.resonance
    const damping = p.damping * (1 - 0.75 * around.severity('damper-wear'))
    const lump =
      this.#lump * uniform(random, 0.85, 1.15) * (p.balances && isSpin ? 0.7 : 1) +
      0.45 * around.strength('drum-imbalance')
    const moves = ((lump / (p.tubKg + this.#kg)) * 240 * r * r) / Math.hypot(1 - r * r, 2 * damping * r)
    const once = Math.SQRT1_2 * moves * ((this.#rpm * Math.PI) / 30) * 0.1 * p.transmits
    const wear = around.strength('bearing-wear')
    const speed = this.#rpm / 1_000
    const broad = this.#rpm > 20 ? p.rough * speed * (1 + 2.2 * wear ** 2) + 0.03 : 0.02
    m.vibration1x = once
    m.vibrationRms = Math.hypot(once, broad)
    m.vibrationKurtosis = 3 + 4 * wear * Math.exp(-((wear - 0.6) ** 2) * 3)
    m.vibrationPeak = m.vibrationRms * (1.6 + 0.35 * m.vibrationKurtosis)
    m.bearingEnvelope = this.#rpm > 20 ? p.envelope * speed * (1 + 8 * wear) : 0.01
  }
}
