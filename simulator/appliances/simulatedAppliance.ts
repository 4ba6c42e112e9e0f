import type { Kind } from '../../catalog/index.ts'
import { DAY, HOUR, MINUTE, type Millis, Problem, type Reading, type Registration } from '../../core/index.ts'
import type { Home, Surroundings } from '../world/home.ts'
import type { ApplianceOptions } from './applianceOptions.ts'
import { FaultCourse } from './faultCourse.ts'
import type { Fault } from './faults.ts'
import type { Machine, MachineEvent } from './machine.ts'
import { Noise, type NoiseState } from './noise.ts'
import { type Nuisance, nuisancesOf, STRETCH } from './nuisances.ts'
import { ActiveTest, runOf, type TestAnswer } from './selfTests/activeTest.ts'
import { Sensors } from './sensors.ts'

const REFRESH = 10 * MINUTE
/** A moved appliance is off the mains for so long. */
const MOVE = 4 * HOUR

interface Kept {
  trueTs: Millis
  lastTs: Millis
  noise: NoiseState
  machine: unknown
  around: Surroundings
  refreshedAt: Millis
  refreshAt: Millis
  sensors: ReturnType<Sensors['keep']>
  firmware: string | undefined
  relocated: number
  changedTo: Millis
  faults: Fault[]
  nuisances: Nuisance[]
  nextFaultAt: Millis | null
}

/**
 * One appliance of a simulated fleet: physics, home, faults, nuisances and sensors together, as a stream of readings
 * in `ts` order. `next()` rewrites the same fields and arrays; take what you need before the next call. The stream
 * has no end.  Same seed, same start, same calls: same bytes. 1 to 2 µs a reading.
 */
export class SimulatedAppliance {
  readonly registration: Registration
  readonly id: string
  readonly kind: string
  readonly home: Home
  /** In the order of the catalog's `metricNames`; NaN is absent. */
  readonly values: Float64Array
  /** In the order of the catalog's `stateNames`; '' is absent. */
  readonly words: string[]
  readonly model: string
  /** State values of the last reading by name. */
  readonly states: Record<string, string> = {}
  /** Of the reading that `next()` made, by the appliance's own clock. */
  ts: Millis = 0
  firmware: string | undefined
  /** When it reaches us by true time: later than `trueTs` when it was overtaken, or kept over a gap. */
  arrivesAt: Millis = 0
  /** How often it is sent: 2 for a duplicate. */
  copies = 1

  #o: ApplianceOptions
  #kind: Kind
  #machine: Machine
  #noise: Noise
  #sensors: Sensors
  #around: Surroundings
  #trueTs: Millis
  #lastTs = 0
  #refreshAt = 0
  #refreshedAt = 0
  #changeAt = 0
  #changedTo: Millis
  #relocated = 0
  #skew = 0
  #gap: Nuisance | null = null
  #faults: FaultCourse
  #afflicted = false
  #nuisances: Nuisance[] = []
  #events: MachineEvent[] = []
  #stretches = new Map<number, Nuisance[]>()
  #test: ActiveTest | null = null
  #answers: TestAnswer[] = []

  constructor(options: ApplianceOptions) {
    this.#o = options
    this.registration = options.registration
    this.id = options.registration.id
    this.kind = options.kind.kind
    this.model = options.registration.model
    this.#kind = options.kind
    this.home = options.home
    this.firmware = options.registration.firmware
    this.values = new Float64Array(options.kind.metricNames.length)
    this.words = options.kind.stateNames.map(() => '')
    this.#machine = options.machine
    this.#noise = new Noise(options.seed, `readings/${this.id}`)
    this.#sensors = new Sensors(options.kind, options.lacks)
    this.#trueTs = options.start + Math.floor(this.#noise.next() * 60) * 1_000
    this.#changedTo = options.start
    this.#around = {
      outdoor: 15,
      ambient: 21,
      humidity: 60,
      sun: 0,
      localHour: 0,
      activity: 1,
      powered: true,
      setpointShift: 0,
      testing: '',
      warmFood: 0,
    }
    this.#faults = new FaultCourse({ ...options, appliance: this.id, kind: this.kind })
    for (const fault of options.faults) this.inject(fault)
    this.#faults.drawNext(options.start + options.soundDays * DAY)
  }

  /** True time of the last reading made or skipped; the next one is later. */
  get trueTs(): Millis {
    return this.#trueTs
  }
  /** Everything that was, is, or is planned to be wrong with it. */
  get faults(): Fault[] {
    return this.#faults.all
  }
  /** Nuisances that have begun. */
  get nuisances(): readonly Nuisance[] {
    return this.#nuisances
  }
  /** Error codes, programs and bursts since last asked. */
  takeEvents(): MachineEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }
  /** When the next reading ends, by true time. */
  nextAt(): Millis {
    return this.#machine.due(this.#trueTs)
  }
  /** Moves on to that reading. @returns false when it is never sent (a gap, a power cut) */
  next(): boolean {
    const ts = this.#machine.due(this.#trueTs)
    this.#trueTs = ts
    if (ts >= this.#changeAt) this.#change(ts)
    if (ts >= this.#refreshAt) this.#refresh(ts)
    this.#step(ts)
    if (this.#afflicted && this.#machine.hasFailed()) this.#faults.noteFailure(ts)
    const events = this.#machine.takeEvents()
    for (const event of events) {
      // Samples are stamped as readings are, by the appliance's own clock.
      this.#events.push(event.type === 'burst' ? { ...event, ts: event.ts + this.#skew } : event)
    }
    if (!this.#around.powered) return false
    let arrivesAt = ts
    let copies = 1
    if (this.#o.nuisances) {
      const luck = this.#noise.next()
      if (luck < 0.002) copies = 2
      else if (luck < 0.004) arrivesAt += 30_000 + Math.floor((luck - 0.002) * 2.8e8)
      if (this.#gap) {
        if (this.#gap.size === 0) return false
        arrivesAt = this.#gap.to
      }
    }
    const own = ts + this.#skew
    if (own <= this.#lastTs) return false
    this.#sensors.read(this.values)
    this.#hearTest(ts)
    this.#lastTs = own
    this.ts = own
    for (let i = 0; i < this.words.length; i++) {
      const word = this.words[i]!
      if (word !== '') this.states[this.#kind.stateNames[i]!] = word
      else delete this.states[this.#kind.stateNames[i]!]
    }
    this.arrivesAt = arrivesAt
    this.copies = copies
    return true
  }

  /** The reading as it travels. */
  reading(): Reading {
    const metrics: Record<string, number> = {}
    const names = this.#kind.metricNames
    for (let i = 0; i < names.length; i++) {
      const value = this.values[i]!
      if (!Number.isNaN(value)) metrics[names[i]!] = value
    }
    return {
      ts: this.ts,
      metrics,
      ...(this.firmware === undefined ? {} : { firmware: this.firmware }),
      ...(this.words.some((word) => word !== '') ? { states: { ...this.states } } : {}),
    }
  }

  /** Lets a fault come. Whoever mends it writes its `repairedAt`; it is then gone at the next ten minutes. */
  inject(fault: Fault): void {
    this.#faults.all.push(fault)
    this.#refreshAt = 0
  }

  /**
   * Runs one of its tests by its own control, with what it then measures; one at a time. What knows no test, or cannot,
   * says so at once.
   */
  test(command: { id: string; test: string }): void {
    const run = this.#o.registration.tests?.includes(command.test) ? runOf(this.kind, command.test) : undefined
    const refused = run ? (this.#test ? 'another test runs' : run.refuses?.(this.#around, this.words)) : 'cannot'
    if (!run || refused) this.#answers.push({ id: command.id, result: 'refused', detail: refused ?? 'cannot' })
    else this.#test = new ActiveTest(command.id, run, this.#trueTs, this.#kind)
  }
  /** What it has to answer since last asked. */
  takeAnswers(): TestAnswer[] {
    const answers = this.#answers
    this.#answers = []
    return answers
  }
  #step(ts: Millis): void {
    const around = this.#test?.around(this.#around)
    this.#machine.advance(ts, around ?? this.#around, this.#noise, this.values, this.words)
    // What was put in is in.
    if (around) this.#around.warmFood = around.warmFood
  }
  #hearTest(ts: Millis): void {
    const answer = this.#test?.hear(ts, this.values, this.words)
    if (!answer) return
    this.#answers.push(answer)
    this.#test = null
  }

  /** Nuisances that begin or end by now. */
  #change(ts: Millis): void {
    if (!this.#o.nuisances) {
      this.#changeAt = Number.POSITIVE_INFINITY
      return
    }
    const stretch = Math.floor(ts / STRETCH)
    const known = [...this.#stretch(stretch - 1), ...this.#stretch(stretch)].filter((n) => n.from >= this.#o.start)
    for (const nuisance of known) {
      if (nuisance.from > this.#changedTo && nuisance.from <= ts) this.#begin(nuisance)
    }
    const on = known.filter((n) => n.from <= ts && ts < n.to)
    const is = (kind: Nuisance['kind']): Nuisance | undefined => on.find((n) => n.kind === kind)
    this.#around.activity = is('vacation') ? 0 : (is('party')?.size ?? 1)
    const moved = is('relocation')
    this.#around.powered = !is('power-cut') && !(moved && ts < moved.from + MOVE)
    this.#skew = is('clock-skew')?.size ?? 0
    this.#gap = is('gap') ?? null
    this.#sensors.stick(on.flatMap((n) => (n.kind === 'stuck-sensor' ? [n.metric!] : [])))
    let next = (stretch + 1) * STRETCH
    for (const n of known) {
      if (n.from > ts && n.from < next) next = n.from
      if (n.to > ts && n.to < next) next = n.to
      if (n.kind === 'relocation' && n.from + MOVE > ts && n.from + MOVE < next) next = n.from + MOVE
    }
    this.#changedTo = ts
    this.#changeAt = next
  }

  #begin(nuisance: Nuisance): void {
    this.#nuisances.push(nuisance)
    if (nuisance.kind === 'set-point-change') {
      const shift = this.#around.setpointShift + nuisance.size
      this.#around.setpointShift = Math.abs(shift) > 2 ? this.#around.setpointShift - nuisance.size : shift
    } else if (nuisance.kind === 'warm-restock') this.#around.warmFood += nuisance.size
    else if (nuisance.kind === 'relocation') this.#relocated = nuisance.size
    else if (nuisance.kind === 'rescaled-channel') {
      this.#sensors.rescale(nuisance.metric!, nuisance.size)
      this.firmware = this.firmware?.replace(/\d+$/, (patch) => String(Number(patch) + 1))
    }
  }

  #stretch(index: number): Nuisance[] {
    let found = this.#stretches.get(index)
    if (!found) {
      const { weather, id: home } = this.home
      const who = {
        appliance: this.id,
        home,
        region: weather.region.name,
        kind: this.kind,
        channels: this.#sensors.channels,
      }
      found = nuisancesOf(this.#o.seed, who, index)
      this.#stretches.delete(index - 3)
      this.#stretches.set(index, found)
    }
    return found
  }

  /** Weather, home and the course of faults, every ten minutes. */
  #refresh(ts: Millis): void {
    this.#refreshedAt = ts
    this.home.surround(this.#around, ts)
    this.#around.ambient += this.#relocated
    const here = this.#faults.at(ts)
    this.#afflicted = here.length > 0
    if (this.#faults.all.length > 0) this.#machine.afflict(here)
    this.#refreshAt = ts - (ts % REFRESH) + REFRESH
  }

  /** Its whole state, for a snapshot; the fleet must be made with the same options before `restore`. */
  state(): string {
    const kept: Kept = {
      trueTs: this.#trueTs,
      lastTs: this.#lastTs,
      noise: this.#noise.keep(),
      machine: this.#machine.keep(),
      around: { ...this.#around },
      refreshedAt: this.#refreshedAt,
      refreshAt: this.#refreshAt,
      sensors: this.#sensors.keep(),
      firmware: this.firmware,
      relocated: this.#relocated,
      changedTo: this.#changedTo,
      nuisances: [...this.#nuisances],
      ...this.#faults.keep(),
    }
    return JSON.stringify(kept)
  }
  restore(state: string): void {
    const kept = JSON.parse(state) as Kept
    if (typeof kept.trueTs !== 'number' || !kept.machine) {
      throw new Problem({
        code: 'world-of-another-version',
        message: `The simulated world's state of ${this.id} was written by another version.`,
        remedy: 'Move the simulation folder of DATA_DIR away to begin a new world.',
        concerns: this.id,
      })
    }
    this.#trueTs = kept.trueTs
    this.#lastTs = kept.lastTs
    this.#noise.putBack(kept.noise)
    this.#machine.putBack(kept.machine)
    this.#sensors.putBack(kept.sensors)
    this.firmware = kept.firmware
    this.#relocated = kept.relocated
    this.#changedTo = kept.changedTo
    this.#faults.putBack(kept)
    this.#nuisances = [...kept.nuisances]
    // Both derive again what follows from the time alone, as of when they last did.
    this.#change(kept.trueTs)
    if (kept.refreshedAt > 0) this.#refresh(kept.refreshedAt)
    this.#around = { ...kept.around }
    this.#refreshAt = kept.refreshAt
  }
}
