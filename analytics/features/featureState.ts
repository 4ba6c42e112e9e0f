import { type ApplianceId, type Millis, nth } from '../../core/index.ts'
import { newExtremes } from './dailyExtremes.ts'
import type { DetectionPlan } from './detectionPlan.ts'
import { newHolds } from './holds.ts'

/**
 * What is remembered of one appliance between two readings: plain numbers, so a snapshot is a copy. Layouts:
 * `acc` 4 numbers a quantity; `marks` [held since | NaN, last held | NaN] a mark; `seconds` SECONDS numbers a metric;
 * `windows` [from | NaN, covered s, last running | NaN, 1 when a gap spoiled it] a scale; `guards` [least, most, held
 * since | NaN, fired] a guard; `split` [low, high, count, mean deviation at low, at high] of the power.
 */
export interface FeatureState {
  appliance: ApplianceId
  kind: string
  model: string
  region: string
  firmware: string
  /** As registered; NaN for its kind's. */
  cadenceSeconds: number
  /** Of the last scored reading; −Infinity before. */
  lastTs: Millis
  firstTs: Millis
  /** Newest ts heard, scored or held. */
  newestTs: Millis
  lastActive: boolean
  running: boolean
  /** When it was last heard, by the clock; NaN before. */
  heardAt: Millis
  downAtHeard: number
  /** When anything of it came that counted, whatever time that was of; NaN before. */
  talkedAt: Millis
  /** Since when all that it says is refused; NaN while something counts. Then when, and why, the last was. */
  refusedSince: Millis
  refusedAt: Millis
  refusedWhy: string
  /** Its silence is that: it talks, and is refused. */
  saidRefused: boolean
  offUntil: Millis
  /** It said so then, by its own time or the clock's: a reading of later means that it is on. */
  offSince: Millis
  silent: boolean
  /** The gateway that took it along when it fell silent; empty: none did. */
  behind: string
  /** The turn in which time passed its silence; −1 while it has not. */
  dueAt: number
  /** The last turn in which it spoke at the edge of time; −1 before. */
  turn: number
  /** Registered as speaking on change alone, and at least so often; NaN where no heartbeat was named. */
  onChange: boolean
  heartbeatSeconds: number
  /** What holds until it speaks again, of one that speaks on change; null while that is not known. */
  held: Held | null
  /** Since when it was away, when what comes next may be of after that; Infinity: it was not. */
  awayFrom: Millis
  /** It went, without saying that it is off; −Infinity while it is there. */
  goneSince: Millis
  scored: number
  late: number
  seen: Uint8Array
  prev: Float64Array
  acc: Float64Array
  marks: Float64Array
  seconds: Float64Array
  /** How long each metric has stood, and stands in health: see `stuckSensor.ts`. */
  holds: Float64Array
  windows: Float64Array
  guards: Float64Array
  /** What the days of health reach, by guard: see `dailyExtremes.ts`. */
  extremes: Float64Array
  split: Float64Array
  /** As its last reading said, and the word that each had before it came to say that; −1: none. */
  lastStates: Int32Array
  formerStates: Int32Array
  /** By quantity that is the best of several cycles: the last of them. */
  lastCycles: Record<number, number[]>
  /** Its power, by which alone it is known to run, has one level: it runs always, or nobody can tell. */
  neverCycles: boolean
  /** Usual seconds covered a day. */
  usualCover: number
  /** When the last of the visits ends that are under way: until then what it shows is no evidence. */
  mutedUntil: Millis
  /** Visits under way, by their tickets: one that ends leaves the appliance muted by the others. */
  visits: { ticket: string; until: Millis }[]
  /** Accumulators of the steady quantities at the last whole hours of this day, oldest first. */
  glances: Float64Array[]
  glanceHour: number
  /** What the newest bursts said, by ts: the channel, and [ts, its metrics]. */
  bursts: { channel: number; row: Float64Array }[]
  /** Metrics that bursts have given. */
  given: number[]
  /** Its own fault codes, and when each came last. */
  codes: { code: string; ts: Millis }[]
  /** Most power of the run under way, W; Infinity where its states say that it runs. */
  peakW: number
  /** The program under way, and how the last one ended. */
  program: Program
  /** When a person last set something. */
  setAt: Millis
  /** What it does before is not its usual way: it follows a new set-point or makes good for a hole. */
  settledFrom: Millis
}

/** What an appliance said last. */
export interface Held {
  values: Float64Array
  states: Int32Array
}

/** What is remembered of the program under way: numbers and flags, so a snapshot is a copy. */
export interface Program {
  hasRun: boolean
  /** In error since then, and last seen so; NaN while it is not. */
  errorFrom: Millis
  errorAt: Millis
  /** Of this error it was said. */
  isTold: boolean
  failedAt: Millis
}
export const newProgram = (): Program => ({
  hasRun: false,
  errorFrom: NaN,
  errorAt: NaN,
  isTold: false,
  failedAt: -Infinity,
})

/** Numbers kept for each metric by the seconds scale. */
export const SECONDS = 10

export function newFeatureState(plan: DetectionPlan, appliance: ApplianceId, model: string): FeatureState {
  const metrics = plan.kind.metricNames.length
  return {
    appliance,
    kind: plan.kind.kind,
    model,
    region: '',
    firmware: '',
    cadenceSeconds: NaN,
    lastTs: -Infinity,
    firstTs: NaN,
    newestTs: -Infinity,
    lastActive: false,
    running: false,
    heardAt: NaN,
    downAtHeard: 0,
    talkedAt: NaN,
    refusedSince: NaN,
    refusedAt: NaN,
    refusedWhy: '',
    saidRefused: false,
    offUntil: -Infinity,
    offSince: Infinity,
    silent: false,
    behind: '',
    dueAt: -1,
    turn: -1,
    onChange: false,
    heartbeatSeconds: NaN,
    held: null,
    awayFrom: Infinity,
    goneSince: -Infinity,
    scored: 0,
    late: 0,
    seen: new Uint8Array(metrics),
    prev: new Float64Array(metrics).fill(NaN),
    acc: freshAcc(plan),
    marks: new Float64Array(2 * plan.markNames.length).fill(NaN),
    seconds: new Float64Array(SECONDS * metrics),
    holds: newHolds(metrics),
    windows: Float64Array.from(plan.scales.flatMap(() => [NaN, 0, NaN, 0])),
    guards: Float64Array.from(plan.guards.flatMap(() => [Infinity, -Infinity, NaN, 0])),
    extremes: newExtremes(plan.guards.length),
    split: new Float64Array([NaN, NaN, 0, 0, 0]),
    neverCycles: false,
    lastCycles: {},
    lastStates: new Int32Array(plan.kind.stateNames.length).fill(-1),
    formerStates: new Int32Array(plan.kind.stateNames.length).fill(-1),
    usualCover: 86_400,
    mutedUntil: -Infinity,
    visits: [],
    glances: [],
    glanceHour: NaN,
    bursts: [],
    given: [],
    codes: [],
    peakW: 0,
    program: newProgram(),
    setAt: -Infinity,
    settledFrom: -Infinity,
  }
}

/** The same appliance, of which nothing is known but what it was registered as and when it was heard. */
export function resetFeatureState(plan: DetectionPlan, former: FeatureState): FeatureState {
  const { region, firmware, cadenceSeconds, heardAt, downAtHeard, offUntil, offSince, silent, mutedUntil } = former
  const { onChange, heartbeatSeconds, goneSince, talkedAt, refusedSince, refusedAt, refusedWhy, saidRefused, behind } =
    former
  // An earlier program did not write them down.
  const { visits = [] } = former
  return {
    ...newFeatureState(plan, former.appliance, former.model),
    region,
    firmware,
    cadenceSeconds,
    heardAt,
    downAtHeard,
    offUntil,
    offSince,
    silent,
    mutedUntil,
    visits,
    onChange,
    heartbeatSeconds,
    goneSince,
    talkedAt,
    refusedSince,
    refusedAt,
    refusedWhy,
    saidRefused,
    behind,
  }
}

/** Empty accumulators: extremes start at the far ends. */
export function freshAcc(plan: DetectionPlan): Float64Array {
  const acc = new Float64Array(4 * plan.quantities.length)
  for (let q = 0; q < plan.quantities.length; q++) clearQuantity(plan, acc, q)
  return acc
}

export function clearQuantity(plan: DetectionPlan, acc: Float64Array, q: number): void {
  const aggregate = nth(plan.quantities, q).aggregate
  acc[4 * q] = aggregate === 'max' ? -Infinity : aggregate === 'min' ? Infinity : 0
  acc[4 * q + 1] = 0
  acc[4 * q + 2] = aggregate === 'slope' ? NaN : 0
  acc[4 * q + 3] = 0
}

/** Cadence while it runs, seconds. */
export const runningCadenceOf = (plan: DetectionPlan, sense: FeatureState): number =>
  Number.isNaN(sense.cadenceSeconds) ? plan.kind.cadenceSeconds : sense.cadenceSeconds

/** Cadence of the two that holds after the last reading, seconds: see CONTRACT.md, Order. */
export function cadenceOf(plan: DetectionPlan, sense: FeatureState): number {
  const running = runningCadenceOf(plan, sense)
  const idle = plan.kind.idleSeconds
  return idle === undefined || sense.lastActive ? running : Math.max(idle, running)
}
