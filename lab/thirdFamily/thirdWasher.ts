// A washer of the third family: valve, heater, drum, motor, suspension and pump as the textbooks have them.
import { DAY, gaussian, logUniform, type Millis, pick, type Random, uniform } from '../../core/index.ts'
import { type Ailment, agedAt, type Machine, type Surroundings, severityOf } from './machine.ts'
import { drawProgram, type Phase, type Program, type ProgramStep } from './washProgram.ts'

const STEP_S = 1
const IDLE_S = 600
const RUNNING_S = 5
const FILL_LIMIT_S = 900
const DRAIN_LIMIT_S = 420
const WATER_JKG = 4186
const TEXTILE_JKG = 1400
const LITRE_PER_MM = 0.09
/** What textile holds, and what spinning leaves of it at most, l/kg. */
const HOLDS = 1.5
/** Frequencies of the bearing over those of the drum. */
const ACCELERATES = 15

export type WasherLayout = 'belt' | 'direct' | 'top-loader'

/**
 * Suspension: rotating unbalance on springs and dampers (Den Hartog, Mechanical Vibrations, chapter 2; Rao, section 3.7).
 * Pump: its curve falls with the square of the flow, pipes ask the square of it (White, Fluid Mechanics, chapter 11). Valve:
 * an orifice under the main's pressure. Bearing: outer race first in the envelope, then impulses, then everything (Randall,
 * Vibration-based Condition Monitoring, chapter 5). Belt: Euler and Eytelwein, what slips grows with the torque.
 */
export class ThirdWasher implements Machine {
  readonly layout: WasherLayout
  readonly modes: readonly string[]
  readonly measured: Record<string, number> = {}
  readonly states: Record<string, string> = { phase: 'idle' }
  /** Heat that the element gave in the last program and what is in the bath, J: for the balance. */
  heat = { inJ: 0, outJ: 0 }

  readonly #at: Surroundings
  readonly #random: Random
  readonly #draw
  #program: Program | null = null
  #step = 0
  #stepS = 0
  #spins = 0
  #nextAt: Millis
  #litres = 0
  #soakedKg = 0
  #waterC = 20
  #elementTrips = 0
  #speed = 0
  #lock = 1
  #pressure = 1
  #sum = { energyJ: 0, ampS: 0, lockS: 0, heatS: 0 }

  constructor(random: Random, surroundings: Surroundings) {
    const kind = random.next()
    this.layout = kind < 0.5 ? 'belt' : kind < 0.82 ? 'direct' : 'top-loader'
    this.#random = random
    this.#at = surroundings
    const heats = this.layout !== 'top-loader'
    this.modes = [
      ...['drum-imbalance', 'bearing-wear', 'damper-wear', 'drain-clog', 'inlet-valve-failure', 'door-lock-failure'],
      ...(heats ? ['heater-scale', 'heater-failure'] : []),
      ...(this.layout === 'belt' ? ['belt-slip'] : []),
    ]
    const massKg = uniform(random, 42, 60)
    this.#draw = {
      heats,
      capacityKg: uniform(random, 5, 9),
      topSpeed: heats ? 100 * Math.round(uniform(random, 10, 14)) : uniform(random, 700, 820),
      tumble: heats ? uniform(random, 42, 55) : uniform(random, 60, 110),
      fillLS: uniform(random, 0.1, 0.17),
      inletC: uniform(random, 12, 19),
      heaterW: uniform(random, 1650, 2200),
      scaleCycles: uniform(random, 0.25, 0.65),
      lossWK: uniform(random, 5, 11),
      tubJK: uniform(random, 3e3, 7e3),
      massKg,
      resonance: uniform(random, 160, 270),
      damping: uniform(random, 0.17, 0.3),
      radiusM: uniform(random, 0.22, 0.27),
      // On the tub the motion itself is felt, on the cabinet what springs and dampers hand on.
      isOnCabinet: random.next() < 0.45,
      cabinetKg: uniform(random, 25, 40),
      rough: logUniform(random, 0.12, 0.45),
      envelope: logUniform(random, 0.03, 0.16),
      kurtosis: uniform(random, 2.9, 3.6),
      motorW: uniform(random, 70, 130),
      factor: uniform(random, 0.55, 0.8),
      pumpHead: uniform(random, 1.3, 1.9),
      pumpFall: uniform(random, 7, 12),
      lift: uniform(random, 0.55, 0.95),
      pipe: uniform(random, 4, 9),
      pumpW: uniform(random, 28, 45),
      perWeek: logUniform(random, 2, 8.5),
      idleW: uniform(random, 0.4, 2),
    }
    this.#nextAt = surroundings.start + uniform(random, 0, 3) * DAY
  }

  get interval(): number {
    return this.#program ? RUNNING_S : IDLE_S
  }

  advance(at: Millis, seconds: number, ailment: Ailment): void {
    const { household } = this.#at
    this.#sum = { energyJ: 0, ampS: 0, lockS: 0, heatS: 0 }
    const hasPower = household.size('power-cut', at) === 0
    if (!this.#program && at >= this.#nextAt && hasPower) this.#begin(at)
    if (this.#program && hasPower)
      for (let s = 0; s < seconds; s += STEP_S) this.#live(at, Math.min(STEP_S, seconds - s), ailment)
    else this.#speed = 0
    this.#say(at, seconds, hasPower, ailment)
  }

  #begin(at: Millis): void {
    const { household } = this.#at
    const d = this.#draw
    const perDay = (d.perWeek / 7) * (household.size('party', at) > 0 ? 2 : 1)
    this.#nextAt = at + (-Math.log(1 - this.#random.next()) * DAY) / perDay
    const hour = household.hourOf(at)
    if (household.present(at) === 0 || hour < 7 || hour > 21.5) {
      this.#nextAt = at + uniform(this.#random, 1, 7) * 3_600_000
      return
    }
    this.#program = drawProgram(this.#random, d.topSpeed, d.heats, d.tumble, d.capacityKg)
    this.#step = -1
    this.#spins = 0
    this.#soakedKg = 0
    this.#elementTrips = 0
    this.#pressure = Math.sqrt(
      Math.max(0.4, 1 + 0.12 * gaussian(this.#random) + (0.03 * household.size('move', at)) / 5),
    )
    this.#advanceStep()
  }

  #advanceStep(): void {
    const program = this.#program
    if (!program) return
    this.#step++
    this.#stepS = 0
    const step = program.steps[this.#step]
    if (step?.phase === 'spin') this.#spins++
    if (step) this.#toPhase(step.phase, program.name)
    else {
      this.#program = null
      this.#litres = 0
      this.#toPhase('idle', '')
    }
  }
  #toPhase(phase: Phase, program: string): void {
    this.states.phase = phase
    this.states.program = program
  }
  /** The machine gives up: it shows its error until somebody comes, and empties itself. */
  #fail(): void {
    const program = this.#program
    if (!program) return
    program.steps = [
      { phase: 'error', seconds: uniform(this.#random, 600, 2400), speed: 0 },
      { phase: 'drain', seconds: 60, speed: 0 },
    ]
    this.#step = -1
    this.#advanceStep()
  }

  #live(at: Millis, s: number, ailment: Ailment): void {
    const program = this.#program
    const step = program?.steps[this.#step]
    if (!program || !step) return
    this.#stepS += s
    const d = this.#draw
    if (!this.#holdsLock(step.phase, s, ailment)) return
    this.#sum.energyJ += s * d.idleW * 3
    if (step.toMm !== undefined) this.#fill(step.toMm, s, program.loadKg, ailment)
    if (step.toC !== undefined) this.#heatUp(at, step.toC, s, program.loadKg, ailment)
    else if (this.#litres > 0) this.#waterC -= (s * d.lossWK * (this.#waterC - 20)) / this.#bathJK(program.loadKg)
    if (step.phase === 'drain' || step.phase === 'spin')
      this.#pump(s, step.phase === 'spin' ? 0.02 * this.#soakedKg : 0, ailment)
    this.#turn(step, s, program.loadKg, ailment)
    const isLate =
      (step.toMm !== undefined && this.#stepS > FILL_LIMIT_S) || (step.phase === 'drain' && this.#stepS > DRAIN_LIMIT_S)
    if (isLate) this.#fail()
    else if (this.#isDone(step, program.loadKg)) this.#advanceStep()
  }

  /** A worn contact opens under the shaking: the machine waits, tries again, gives up at last. */
  #holdsLock(phase: Phase, s: number, ailment: Ailment): boolean {
    const bad = severityOf(ailment, 'door-lock-failure')
    if (phase === 'error' || phase === 'end') {
      this.#lock = 0
      return true
    }
    if (this.#lock === 0 && this.#random.next() < (s / 12) * (1 - 0.85 * bad)) this.#lock = 1
    else if (this.#lock === 1 && this.#random.next() < (bad ** 1.5 * s) / 400) {
      this.#lock = 0
      if (this.#random.next() < 0.35 * bad ** 2) this.#fail()
    }
    this.#sum.lockS += s * this.#lock
    return this.#lock === 1
  }

  #bathJK(loadKg: number): number {
    return WATER_JKG * Math.max(1, this.#litres + this.#soakedKg) + TEXTILE_JKG * loadKg + this.#draw.tubJK
  }

  #fill(toMm: number, s: number, loadKg: number, ailment: Ailment): void {
    const litres = this.#draw.fillLS * this.#pressure * (1 - 0.82 * severityOf(ailment, 'inlet-valve-failure')) * s
    const drinks = Math.min(litres * 0.6, Math.max(0, HOLDS * loadKg - this.#soakedKg) * 0.03 * s)
    const inletC = this.#draw.inletC
    const held = this.#litres + this.#soakedKg
    this.#waterC = held < 0.5 ? inletC : (this.#waterC * held + inletC * litres) / (held + litres)
    this.#soakedKg += drinks
    if (this.#litres / LITRE_PER_MM < toMm) this.#litres += litres - drinks
  }

  /**
   * Energy of the element goes into bath, textile and tub, less what is lost. Scale insulates: the element's own thermostat
   * opens again and again, and its sludge hands a part to the sump and the air instead (Kern, Process Heat Transfer, chapter 6).
   */
  #heatUp(at: Millis, toC: number, s: number, loadKg: number, ailment: Ailment): void {
    const d = this.#draw
    const scale = severityOf(ailment, 'heater-scale')
    const broken = severityOf(ailment, 'heater-failure')
    const isOpen = this.#random.next() < 0.75 * scale * d.scaleCycles
    const powerW = broken > 0.5 || isOpen ? 0 : d.heaterW * agedAt(this.#at, at)
    const usedW = powerW * (1 - 0.65 * scale * (1 - d.scaleCycles))
    this.#waterC += (s * (usedW - d.lossWK * (this.#waterC - 20))) / this.#bathJK(loadKg)
    this.heat.inJ += s * powerW
    this.heat.outJ += s * (powerW - usedW + d.lossWK * (this.#waterC - 20))
    this.#sum.energyJ += s * powerW
    this.#sum.heatS += powerW > 0 ? s : 0
    this.#elementTrips += s
    if (this.#elementTrips > 4200 && this.#waterC < toC - 8) this.#fail()
  }

  /** Where the pump's curve meets the pipe's. @param inflow of what is spun out, l */
  #pump(s: number, inflow: number, ailment: Ailment): void {
    const d = this.#draw
    const pipe = d.pipe * (1 + 30 * severityOf(ailment, 'drain-clog') ** 1.5)
    const head = d.pumpHead - d.lift + this.#levelMm() / 1000
    const flow = Math.sqrt(Math.max(0, head) / (d.pumpFall + pipe))
    const out = Math.min(this.#litres + inflow * s, flow * s)
    if (this.states.phase === 'spin') this.#soakedKg -= Math.min(this.#soakedKg, inflow * s * (this.#speed / 1400))
    this.#litres = Math.max(0, this.#litres + Math.min(inflow * s, 0.05) - out)
    this.#sum.energyJ += s * d.pumpW
  }

  /** Towards the step's speed; the belt slips by its torque; current by torque and speed. */
  #turn(step: ProgramStep, s: number, loadKg: number, ailment: Ailment): void {
    const d = this.#draw
    const slip = severityOf(ailment, 'belt-slip') * (0.16 + 0.14 * (loadKg / d.capacityKg))
    const isSpin = step.phase === 'spin'
    const beats = isSpin ? 1 : this.#stepS % 16 < 11 ? 1 : 0
    const wants = step.speed * beats * (1 - slip)
    const gain = isSpin ? (24 * (1 - 1.6 * slip)) / (1 + loadKg / 25) : 25
    const rise = Math.max(-60 * s, Math.min(gain * s, wants - this.#speed))
    this.#speed = Math.max(0, this.#speed + rise)
    const friction = 1 + 0.55 * severityOf(ailment, 'bearing-wear') ** 1.5
    const share = this.#speed / 1000
    const carriesW = this.#speed > 0 ? d.motorW * (isSpin ? 0.5 : 1 + 0.08 * (loadKg + this.#soakedKg)) : 0
    const powerW =
      carriesW * friction + share * 120 * friction + share ** 3 * 90 + (isSpin ? 5 * Math.max(0, rise) * share : 0)
    this.#sum.energyJ += s * powerW
    this.#sum.ampS += (s * powerW) / (230 * d.factor)
  }

  #isDone(step: ProgramStep, loadKg: number): boolean {
    if (step.toMm !== undefined && this.#levelMm() < step.toMm) return false
    if (step.toC !== undefined && this.#waterC < step.toC && this.#stepS < 4300) return false
    if (step.phase === 'drain' && this.#levelMm() > 3) return false
    // The run-up counts: a plateau begins when it is reached.
    const runUp = step.phase === 'spin' ? step.speed / (24 / (1 + loadKg / 25)) : 0
    return this.#stepS >= step.seconds + runUp
  }
  #levelMm(): number {
    return this.#litres / LITRE_PER_MM
  }

  /** Velocities of the tub or the cabinet at the drum's frequency, mm/s RMS, by the unbalance that turns. */
  #onceMmS(unevenKg: number, loadKg: number, damping: number): number {
    const d = this.#draw
    const omega = (this.#speed * Math.PI) / 30
    const ratio = this.#speed / (d.resonance / Math.sqrt(1 + loadKg / d.massKg))
    const under = Math.hypot(1 - ratio ** 2, 2 * damping * ratio)
    const moves = ((unevenKg * d.radiusM) / (d.massKg + loadKg)) * (ratio ** 2 / under)
    if (!d.isOnCabinet) return (1000 * omega * moves) / Math.SQRT2
    const natural = (d.resonance * Math.PI) / 30
    const force = d.massKg * natural ** 2 * moves * Math.hypot(1, 2 * damping * ratio)
    return (1000 * force) / (d.cabinetKg * Math.max(40, omega) * 3) / Math.SQRT2
  }

  #say(at: Millis, seconds: number, hasPower: boolean, ailment: Ailment): void {
    const d = this.#draw
    const said = this.measured
    const { energyJ, ampS, lockS } = this.#sum
    const isRunning = this.#program !== null && this.states.phase !== 'idle'
    const loadKg = this.#program?.loadKg ?? 0
    said.drumSpeed = this.#speed
    said.power = hasPower ? energyJ / seconds + d.idleW : 0
    said.motorCurrent = ampS / seconds
    said.waterTemp = isRunning ? this.#waterC : 20
    said.inletTemp = this.#draw.inletC
    said.waterLevel = this.#levelMm()
    said.load = isRunning ? loadKg * (0.9 + 0.15 * Math.sin(at)) : 0
    said.doorLocked = isRunning ? lockS / seconds : 0
    const uneven = this.#program?.unevenKg[Math.max(0, this.#spins - 1)] ?? 0
    const damping = d.damping * (1 - 0.8 * severityOf(ailment, 'damper-wear'))
    const once = this.#onceMmS(uneven + 0.33 * severityOf(ailment, 'drum-imbalance'), loadKg, damping)
    const worn = severityOf(ailment, 'bearing-wear')
    const share = this.#speed / 1000
    const hum = d.rough * (0.15 + share + share ** 2) * (1 + 3.5 * worn ** 2) * Math.exp(0.08 * gaussian(this.#random))
    const rms = this.#speed > 0 ? Math.hypot(once, hum) : 0.02
    const spikes = 1 + 1.6 * worn * (1.2 - worn)
    said.vibration1x = this.#speed > 0 ? once : 0.01
    said.vibrationRms = rms
    // Kurtosis is of the acceleration, in which the bearing's higher frequencies weigh more than the drum's.
    const heard = (ACCELERATES * hum) / Math.hypot(ACCELERATES * hum, once)
    said.vibrationKurtosis = this.#speed > 0 ? 1.5 + (d.kurtosis * spikes - 1.5) * heard : 3
    said.vibrationPeak = rms * (1.5 + (1.6 + 0.8 * (spikes - 1)) * (hum / rms) + 0.1 * pick(this.#random, [0, 1, 2]))
    said.bearingEnvelope =
      d.envelope * (0.1 + share ** 1.5) * (1 + 9 * worn ** 1.3) * Math.exp(0.06 * gaussian(this.#random))
  }
}
