import { DAY, MINUTE, type Millis } from '../../core/index.ts'
import type { Surroundings } from '../world/home.ts'
import { clamp, type Machine, type MachineEvent, noEvents } from './machine.ts'
import type { Noise } from './noise.ts'
import { drawBurst } from './washerBurst.ts'
import { soundWasher, type WasherEffects, washerEffects } from './washerEffects.ts'
import { drawWasher, type WasherParameters } from './washerParameters.ts'
import { type PlannedWash, stepsOf, washesOf } from './washerPrograms.ts'

const RUNNING = 5_000
/** Longer readings would jump over phases of a wash. */
const MOST_COARSE = 4
const IDLE = 600_000
/** kg off balance of a drum with nothing in it: none is made perfectly round. */
const EMPTY_UNBALANCE = 0.03

const fresh = () => ({
  at: 0,
  wash: null as PlannedWash | null,
  nextStep: 0,
  /** s in this step; s of trying to lock the door. */
  elapsed: 0,
  level: 0,
  water: 20,
  rpm: 0,
  tries: 0,
  wear: 0,
  /** Steps of the program up to here have sent their burst. */
  burstStep: -1,
  /** Ends, in the error state. */
  errorUntil: 0,
  failed: false,
  /** Washes up to here are done or missed. */
  washedUpTo: 0,
})

/** A washer: programs of phases, water, heat, a drum on springs. One reading each 5 s while a program runs. */
export class Washer implements Machine {
  readonly parameters: WasherParameters
  #seed: number
  #id: string
  #lon: number
  #s = fresh()
  #fx: WasherEffects = soundWasher()
  #sound = soundWasher()
  #events: MachineEvent[] = []
  #plan: PlannedWash[] = []
  #planDay = -1
  #at: Record<string, number>
  #words: Record<string, number>
  /** Between readings while a program runs, ms. */
  #running: number
  /** Sends raw vibration once a spin. */
  #bursts: boolean
  constructor(
    noise: Noise,
    who: { seed: number; id: string; lon: number; people: number; coarse?: number; bursts?: boolean },
    columns: Map<string, number>,
    stateNames: string[],
    start: Millis,
  ) {
    this.#seed = who.seed
    this.#running = RUNNING * Math.min(who.coarse ?? 1, MOST_COARSE)
    this.#bursts = who.bursts ?? false
    this.#id = who.id
    this.#lon = who.lon
    this.parameters = drawWasher(noise, who.people)
    this.#at = Object.fromEntries(columns)
    this.#words = Object.fromEntries(stateNames.map((name, i) => [name, i]))
    this.#s.at = start
    this.#s.washedUpTo = start
  }
  due(ts: Millis): Millis {
    if (this.#s.wash) return ts + this.#running
    const next = this.#nextWash(ts)
    return next !== null && next.at + this.#running <= ts + IDLE
      ? Math.max(ts + this.#running, next.at + this.#running)
      : ts + IDLE
  }
  afflict(faults: Parameters<Machine['afflict']>[0]): void {
    this.#fx = faults.length === 0 ? this.#sound : soundWasher()
    for (const { failureMode, severity, strength } of faults) washerEffects(this.#fx, failureMode, severity, strength)
    if (faults.length === 0) this.#s.failed = false
  }
  hasFailed(): boolean {
    return this.#s.failed
  }
  takeEvents(): readonly MachineEvent[] {
    if (this.#events.length === 0) return noEvents
    const events = this.#events
    this.#events = []
    return events
  }
  keep(): unknown {
    return { ...this.#s }
  }
  putBack(state: unknown): void {
    this.#s = { ...fresh(), ...(state as ReturnType<typeof fresh>) }
  }

  advance(ts: Millis, around: Surroundings, noise: Noise, values: Float64Array, words: string[]): void {
    const s = this.#s
    const dt = Math.min(IDLE, ts - s.at) / 1000
    s.at = ts
    if (!s.wash) {
      const next = this.#nextWash(ts - this.#running)
      if (around.testing !== '') this.#begin({ at: ts, program: around.testing, load: 0, unbalance: EMPTY_UNBALANCE })
      else if (next && next.at + this.#running <= ts) {
        s.washedUpTo = next.at
        if (around.activity > 0.05 && around.powered && ts - next.at < 10 * MINUTE) this.#begin(next)
      }
    }
    if (!s.wash || !around.powered) this.#rest(around, noise, values, words, dt)
    else this.#run(ts, around, noise, values, words, dt)
  }

  #begin(wash: PlannedWash): void {
    const s = this.#s
    s.wash = wash
    s.nextStep = 0
    s.burstStep = -1
    s.elapsed = 0
    s.tries = -1
    s.errorUntil = 0
    this.#events.push({ ts: wash.at, type: 'program', code: `start:${wash.program}` })
  }

  #rest(around: Surroundings, noise: Noise, values: Float64Array, words: string[], dt: number): void {
    const s = this.#s
    const at = this.#at
    if (s.wash) s.wash = null // the power went: what was washing stays unwashed
    s.level = 0
    s.rpm = 0
    s.water += ((around.ambient - s.water) * dt) / (dt + 2_400)
    values.fill(0)
    values[at.power!] = this.parameters.standbyW * (1 + 0.05 * noise.normal())
    values[at.waterTemp!] = s.water + 0.2 * noise.normal()
    values[at.inletTemp!] = inletTemp(around) + 0.2 * noise.normal()
    values[at.vibrationRms!] = Math.abs(0.03 + 0.01 * noise.normal())
    values[at.vibrationPeak!] = Math.abs(0.1 + 0.03 * noise.normal())
    values[at.vibrationKurtosis!] = 3 + 0.15 * noise.normal()
    values[at.bearingEnvelope!] = Math.abs(0.01 + 0.003 * noise.normal())
    words[this.#words.phase!] = 'idle'
    words[this.#words.program!] = ''
  }

  #run(ts: Millis, around: Surroundings, noise: Noise, values: Float64Array, words: string[], dt: number): void {
    const p = this.parameters
    const fx = this.#fx
    const s = this.#s
    const wash = s.wash!
    const step = stepsOf[wash.program]![s.nextStep]!
    const inlet = inletTemp(around)
    let phase: string = step.phase
    let watts = p.standbyW + 6
    let amps = 0
    let locked = fx.lockFails > 0 ? 1 - 0.25 * fx.lockFails * noise.next() : 1
    let done = false
    let command = 0
    s.elapsed += dt
    if (s.tries < 0) {
      // The door: ten tries, then the machine gives up.
      phase = 'fill'
      if (noise.next() < fx.lockFails) {
        locked = 0.3 * noise.next()
        if (--s.tries < -10) this.#fail(ts, 'E20')
      } else {
        s.tries = 0
        s.elapsed = 0
      }
    } else if (s.errorUntil > 0) {
      phase = 'error'
      s.level *= 0.9
      if (ts >= s.errorUntil) {
        this.#giveUp(ts, around, noise, values, words, dt)
        return
      }
    } else {
      const kg = 0.9 * wash.load + s.level * 0.09
      switch (step.phase) {
        case 'fill': {
          const goal = step.target + 4 * wash.load
          const before = s.level
          s.level = Math.min(goal, s.level + p.fillRate * fx.inlet * dt * (1 + 0.03 * noise.normal()))
          if (s.level > 0.5) s.water = (s.water * before + inlet * (s.level - before)) / Math.max(1, s.level)
          done = s.level >= goal
          if (s.elapsed > (goal / p.fillRate) * 6) this.#fail(ts, 'E10')
          break
        }
        case 'heat': {
          const goal = Math.max(step.target, inlet + 1)
          const heater = p.heaterW * fx.heater
          s.water += (heater * fx.heatTransfer * dt) / (kg * 4_186) - ((s.water - around.ambient) * dt) / 9_000
          watts += heater * (1 + 0.01 * noise.normal())
          command = tumble(s.elapsed)
          done = s.water >= goal
          if (s.elapsed > 300 + (kg * 4_186 * (goal - inlet) * 2.4) / p.heaterW) this.#fail(ts, 'E12')
          break
        }
        case 'wash':
        case 'rinse':
          command = tumble(s.elapsed)
          s.water -= ((s.water - around.ambient) * dt) / 9_000
          done = s.elapsed >= step.seconds
          break
        case 'drain':
          s.level *= Math.exp((-p.drainRate / fx.drainTime) * dt)
          watts += 28 + 6 * (fx.drainTime - 1)
          done = 3 > s.level
          if (s.elapsed > (3.9 * Math.log(35)) / p.drainRate) this.#fail(ts, 'E18')
          break
        case 'spin':
          command = Math.min(step.target, s.elapsed * 12)
          s.level *= 0.97
          watts += 28
          done = s.elapsed >= step.seconds + step.target / 12
          if (s.elapsed > step.target / 12 + 20 && (fx.trips || s.rpm < 0.62 * step.target))
            this.#fail(ts, fx.trips ? 'E40' : 'E52')
          break
        case 'end':
          done = s.elapsed >= step.seconds
      }
      if (s.errorUntil > 0) command = 0
    }
    const slipped = command * (1 - fx.slip * (command > 200 ? 1 : 0.5) * (0.8 + 0.4 * noise.next()))
    const ease = step.phase === 'spin' && command > 0 ? 1 : 0.8
    s.rpm += (slipped - s.rpm) * ease
    if (command === 0 && s.rpm < 2) s.rpm = 0
    if (s.rpm > 1) {
      const speed = s.rpm / 1_000
      const lifting = s.rpm < 200 ? 0.18 * wash.load : 0
      amps =
        p.motorA *
        (0.55 + 0.75 * speed + lifting) *
        fx.friction *
        (1 + 0.6 * fx.slip) *
        (1 + (0.03 + 0.2 * fx.slip) * noise.normal())
      watts += 120 * Math.max(0, amps)
    }
    this.#shake(values, wash, noise)
    const at = this.#at
    values[at.drumSpeed!] = Math.max(0, s.rpm * (1 + 0.004 * noise.normal()))
    values[at.power!] = Math.max(0, watts)
    values[at.motorCurrent!] = Math.max(0, amps)
    values[at.waterTemp!] = s.water + 0.2 * noise.normal()
    values[at.inletTemp!] = inlet + 0.2 * noise.normal()
    values[at.waterLevel!] = s.level + 0.6 * noise.normal()
    values[at.load!] = wash.load
    values[at.doorLocked!] = step.phase === 'end' ? 0 : locked
    words[this.#words.phase!] = phase
    words[this.#words.program!] = wash.program
    if (done) {
      s.elapsed = 0
      s.nextStep++
      if (s.nextStep >= stepsOf[wash.program]!.length) {
        s.wash = null
        s.failed = false
        this.#events.push({ ts, type: 'program', code: `end:${wash.program}` })
      }
    }
  }

  /** Force m·r·ω² through the suspension. Velocity at the frame, mm/s. Source: a rotating unbalance on one spring. */
  #shake(values: Float64Array, wash: PlannedWash, noise: Noise): void {
    const p = this.parameters
    const fx = this.#fx
    const s = this.#s
    const at = this.#at
    const w = (s.rpm * Math.PI) / 30
    const wn = p.resonance
    const damping = p.damping * fx.damping
    const kg = wash.unbalance * (0.93 + 0.14 * noise.next()) + fx.unbalance
    const gain = (w * w * w) / Math.sqrt((wn * wn - w * w) ** 2 + (2 * damping * wn * w) ** 2 + 1e-9)
    const once = ((kg * 0.25) / (p.tubKg + wash.load)) * gain * p.transmission * 707
    const speed = s.rpm / 1_000
    const broad = (p.broadband * (0.25 + speed) + fx.rumble * speed) * (1 + 0.06 * noise.normal())
    const rms = Math.sqrt(once * once + broad * broad) + 0.03
    const spinning = s.rpm > 300 ? 1 : 0.4
    const envelope = p.envelope * (0.2 + speed) * fx.envelope
    const kurtosis = 3 + fx.kurtosis * spinning + 0.2 * noise.normal()
    values[at.vibration1x!] = Math.max(0, once * (1 + 0.03 * noise.normal()))
    values[at.vibrationRms!] = Math.max(0, rms)
    values[at.vibrationKurtosis!] = Math.max(1, kurtosis)
    values[at.vibrationPeak!] = rms * (1.5 + 0.55 * Math.sqrt(Math.max(1, kurtosis))) * (1 + 0.05 * noise.normal())
    values[at.bearingEnvelope!] = Math.max(0, 0.01 + envelope * (1 + 0.06 * noise.normal()))
    if (this.#bursts && (this.#runsUp(wash) || this.#isAtSpeed(wash))) {
      const shaking = { rpm: s.rpm, once, broad: Math.abs(broad), envelope }
      this.#events.push({
        ts: s.at,
        type: 'burst',
        code: 'tub',
        ...drawBurst(this.#seed, `${this.#id}/${s.at}`, shaking),
      })
    }
  }

  /** On its way through the tub's resonance, in the last spin. */
  #runsUp(wash: PlannedWash): boolean {
    const s = this.#s
    return s.nextStep === stepsOf[wash.program]!.length - 2 && s.errorUntil === 0 && s.rpm > 140 && s.rpm < 340
  }
  /** For the first time in this spin the drum has been at its speed for some seconds. */
  #isAtSpeed(wash: PlannedWash): boolean {
    const s = this.#s
    const step = stepsOf[wash.program]![s.nextStep]
    const isSteady = step?.phase === 'spin' && s.errorUntil === 0 && s.elapsed > step.target / 12 + 10 && s.rpm > 600
    if (!isSteady || s.burstStep >= s.nextStep) return false
    s.burstStep = s.nextStep
    return true
  }

  #fail(ts: Millis, code: string): void {
    this.#s.errorUntil = ts + 90_000
    this.#s.tries = 0
    this.#s.failed = true
    this.#events.push({ ts, type: 'error', code })
  }

  #giveUp(ts: Millis, around: Surroundings, noise: Noise, values: Float64Array, words: string[], dt: number): void {
    this.#events.push({ ts, type: 'program', code: `aborted:${this.#s.wash?.program}` })
    this.#s.wash = null
    this.#s.errorUntil = 0
    this.#rest(around, noise, values, words, dt)
  }

  #nextWash(after: Millis): PlannedWash | null {
    const s = this.#s
    const offset = Math.round((this.#lon / 360) * DAY)
    for (let ahead = 0; ahead < 2; ahead++) {
      const day = Math.floor((after + offset) / DAY) + ahead
      if (day !== this.#planDay) {
        this.#plan = washesOf(this.#seed, this.#id, day, day * DAY - offset, this.parameters.habits)
        this.#planDay = day
      }
      for (const wash of this.#plan) if (wash.at > s.washedUpTo && wash.at + this.#running > after) return wash
      if (((after + offset) % DAY) + IDLE < DAY) return null
    }
    return null
  }
}

/** Mains water, Cel: follows the season at a distance. */
const inletTemp = (around: Surroundings): number => clamp(14 + 0.35 * (around.outdoor - 14), 5, 28)

/** rpm, mean over 5 s of turning 15 s and resting 5 s. */
const tumble = (elapsed: number): number => (elapsed % 20 < 15 ? 47 : 6)
