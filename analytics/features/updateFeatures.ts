import { DAY, MINUTE, type Millis, type Offset } from '../../core/index.ts'
import { updateProgram } from '../detectors/failedPrograms.ts'
import { updateGuards } from '../detectors/guards.ts'
import { clearHolds, isHeldTooLong, stoodStill, updateHold } from '../detectors/stuckSensor.ts'
import { quantityFromBursts } from './bursts.ts'
import type { DetectionPlan } from './detectionPlan.ts'
import { cadenceOf, clearQuantity, type FeatureState, runningCadenceOf, SECONDS } from './featureState.ts'
import { addIntraday } from './intraday.ts'
import type { Item, MomentItem } from './item.ts'
import { isPartly, isToldByPower, setMark, tellRunning } from './operatingMode.ts'
import { noteStates } from './phases.ts'
import { ask } from './predicates.ts'
import { addReading, takeQuantity } from './quantities.ts'
import type { Frame } from './readingColumns.ts'
import { RANGES_LEARNED_MS, updateMetricRange, updateRange } from './secondsScale.ts'

/**
 * One reading through modes, cycles, accumulators, guards and the seconds scale. In event order per appliance; what it
 * finds is pushed to `items`. No allocation unless something is found. ≈ 1 µs at 13 metrics.
 * @param truth scratch, one byte a predicate
 */
export function updateFeatures(
  plan: DetectionPlan,
  sense: FeatureState,
  frame: Frame,
  truth: Uint8Array,
  items: Item[],
): void {
  const { ts, values, states, offset } = frame
  const cadence = cadenceOf(plan, sense)
  const gap = (ts - sense.lastTs) / 1000
  const whole = gap <= 1.5 * cadence
  const active = isActive(plan, states)
  // The first reading of a program speaks of the moment it began, not of the rest before it.
  const dt = Math.min(gap, active && !sense.lastActive ? runningCadenceOf(plan, sense) : whole ? gap : cadence)
  const from = ts - 1000 * dt
  // What a reading shows may have begun anywhere in a long interval: it is believed for as long as the kind's own is.
  const since = Math.max(from, ts - 1000 * plan.kind.cadenceSeconds)
  if (sense.scored === 0) sense.firstTs = ts
  sense.scored++

  if (hasChangedOnPurpose(plan, sense, values)) {
    // Who sets it back every night has a habit, not a reason.
    if (ts - sense.setAt > HABIT_MS) sense.settledFrom = Math.max(sense.settledFrom, ts + SETTLE_MS)
    sense.setAt = ts
  }
  if (!whole && sense.scored > 1) afterGap(plan, sense, gap, ts)
  addIntraday(plan, sense, ts, offset, items)
  openDay(plan, sense, ts, offset, items)

  for (let i = 0; i < plan.rawPredicates; i++) truth[i] = ask(plan.predicates[i]!, values, states, sense.marks, ts)
  const running = tellRunning(plan, sense, values, states, truth)
  // Where its states say that it runs, what it draws is no question.
  const peak = isToldByPower(plan, values, states) ? values[plan.running.power]! || 0 : Infinity
  const isLong = dt > LONG_INTERVAL * plan.kind.cadenceSeconds
  setMark(sense.marks, 0, running, since, ts)
  if (isLong) believeEnds(plan, sense, values, states, truth, running, ts)
  noteStates(sense, states)
  for (let m = 0; m < plan.marks.length; m++) {
    const list = plan.marks[m]!
    let held = true
    for (let i = 0; i < list.length; i++) if (truth[list[i]!] === 0) held = false
    setMark(sense.marks, m + 1, held, since, ts)
  }
  for (let i = plan.rawPredicates; i < plan.predicates.length; i++) {
    truth[i] = ask(plan.predicates[i]!, values, states, sense.marks, ts)
  }
  // What runs before a short hole and after it has run through it.
  const isMended = !whole && sense.running && running && 1000 * gap <= MENDED_MS
  for (let s = 1; s < plan.scales.length; s++)
    turnCycle(plan, sense, s, running, isMended, peak, from, ts, offset, items)
  sense.running = running

  for (let q = 0; q < plan.quantities.length; q++) {
    const one = plan.quantities[q]!
    if (one.scale > 0 && Number.isNaN(sense.windows[4 * one.scale]!)) continue
    addReading(one, q, sense.acc, values, truth, dt, whole)
  }
  sense.windows[1]! += dt
  sense.lastActive = active
  if (!frame.isHeld) watchEach(plan, sense, frame, items)
  updateProgram(plan, sense, states, ts, offset, items)
  updateGuards(plan, sense, frame, truth, since, from, items)
  sense.lastTs = ts
}

/** An interval of so many of its kind's is long: what a reading shows at its end need not hold for all of it. */
const LONG_INTERVAL = 1.5

/**
 * Of a long interval a state holds when it stood at both ends, and it was run through when no part of it was rest: power
 * and shares are means of all of it, whatever else the reading shows.
 */
function believeEnds(
  plan: DetectionPlan,
  sense: FeatureState,
  values: Float64Array,
  states: Int32Array,
  truth: Uint8Array,
  running: boolean,
  ts: Millis,
): void {
  for (let i = 0; i < plan.rawPredicates; i++) {
    const one = plan.predicates[i]!
    if (one.type === 'state' && truth[i] === 1)
      truth[i] = sense.lastStates[one.column]! >= 0 && one.words[sense.lastStates[one.column]!] ? 1 : 0
  }
  if (!isPartly(plan, sense, values, states)) return
  sense.marks[0] = running ? ts : NaN
  sense.marks[1] = ts
}

/** Does its state say that something runs? Kinds without such states have one cadence. */
function isActive(plan: DetectionPlan, states: Int32Array): boolean {
  for (let s = 0; s < plan.idle.length; s++) {
    const idle = plan.idle[s]
    if (idle && states[s]! >= 0) return !idle[states[s]!]
  }
  return false
}

function watchEach(plan: DetectionPlan, sense: FeatureState, frame: Frame, items: Item[]): void {
  const { values, ts, anyBad } = frame
  const { seconds, seen, prev } = sense
  const { resolutions, canStick } = plan
  const isLearning = ts - sense.firstTs < RANGES_LEARNED_MS
  const mayMove = sense.running || sense.neverCycles
  for (let m = 0; m < values.length; m++) {
    const x = values[m]!
    const since = seconds[SECONDS * m + 9]!
    if (anyBad || since > 0) watchRange(plan, sense, frame, m, since, items)
    if (Number.isNaN(x)) continue
    seen[m] = 1
    prev[m] = x
    // Between its words nothing moves, and each is a leap: neither is news.
    if (sense.onChange) continue
    const found = updateMetricRange(seconds, SECONDS * m, x, ts, resolutions[m]!, isLearning)
    if (found) sayMoment(sense, frame, m, found, items)
    const hold = canStick[m] === 1 ? updateHold(sense, m, x, ts, mayMove) : null
    if (hold) sayMoment(sense, frame, m, hold, items)
  }
}

function sayMoment(
  sense: FeatureState,
  { ts, offset }: Frame,
  metric: number,
  found: Omit<MomentItem, 'type' | 'sense' | 'metric' | 'at' | 'offset' | 'muted'>,
  items: Item[],
): void {
  items.push({ type: 'moment', sense, metric, ...found, at: ts, offset, muted: ts < sense.mutedUntil })
}

/** Is it outside of what it can be, or back again? @param since when it went out; 0: it is not */
function watchRange(
  plan: DetectionPlan,
  sense: FeatureState,
  frame: Frame,
  m: number,
  since: Millis,
  items: Item[],
): void {
  const { ts } = frame
  const x = frame.values[m]!
  const isBad = frame.bad[m] === 1
  const what = !Number.isNaN(x) || isBad ? updateRange(sense, m, isBad, ts) : null
  if (!what) return
  const [low, high] = plan.metricSpecs[m]!.plausible
  const isOut = what === 'range'
  sayMoment(sense, frame, m, { what, observed: isOut ? frame.sent[m]! : x, low, high, from: isOut ? since : ts }, items)
}

/** After a new set-point an appliance first goes there. */
const SETTLE_MS = DAY
const HABIT_MS = 2.5 * DAY
/** A hole so short cuts no cycle. */
const MENDED_MS = 10 * MINUTE
/** After a hole (a power cut) it first makes good for it: for so many times its length, at most so long. */
const CATCH_UP = 3
const MOST_CATCH_UP_MS = DAY

function hasChangedOnPurpose(plan: DetectionPlan, sense: FeatureState, values: Float64Array): boolean {
  for (let i = 0; i < plan.setMetrics.length; i++) {
    const { metric, change } = plan.setMetrics[i]!
    if (Math.abs(values[metric]! - sense.prev[metric]!) > change) return true
  }
  return false
}

/** What a hole in the data spoils: a cycle under way, marks that would bridge it, slopes (by `whole`). */
function afterGap(plan: DetectionPlan, sense: FeatureState, gapSeconds: number, ts: Millis): void {
  for (let s = 1; s < plan.scales.length; s++) {
    if (Number.isNaN(sense.windows[4 * s]!) || 1000 * gapSeconds <= Math.max(MENDED_MS, plan.scales[s]!.mergeMs))
      continue
    sense.windows[4 * s + 3] = 1
  }
  if (gapSeconds > 1800) {
    sense.settledFrom = Math.max(sense.settledFrom, ts + Math.min(MOST_CATCH_UP_MS, CATCH_UP * 1000 * gapSeconds))
    for (let m = 0; m < sense.marks.length; m += 2) sense.marks[m] = NaN
    for (let g = 0; g < plan.guards.length; g++) sense.guards[4 * g + 2] = NaN
    // A cycle that a long hole interrupts is not judged, nor is what runs right after it.
    for (let s = 1; s < plan.scales.length; s++) sense.windows[4 * s + 3] = 1
    clearHolds(sense, ts)
  }
}

/** The first reading of another day (UTC) finishes the one before. */
function openDay(plan: DetectionPlan, sense: FeatureState, ts: Millis, offset: Offset, items: Item[]): void {
  const day = Math.floor((ts - 1) / DAY) * DAY
  const opened = sense.windows[0]!
  if (day === opened) return
  if (!Number.isNaN(opened)) {
    const covered = sense.windows[1]!
    const enough = covered >= Math.min(20 * 3600, 0.85 * sense.usualCover)
    if (opened > sense.firstTs) sense.usualCover += 0.1 * (covered - sense.usualCover)
    emitRow(plan, sense, 0, opened, opened + DAY, ts, offset, items, enough)
  }
  sense.glances.length = 0
  sense.windows[0] = day
  sense.windows[1] = 0
}

/** Opens a cycle when it begins to run, and finishes it once it has rested for longer than a break of it. */
function turnCycle(
  plan: DetectionPlan,
  sense: FeatureState,
  s: number,
  running: boolean,
  isMended: boolean,
  peak: number,
  from: Millis,
  ts: Millis,
  offset: Offset,
  items: Item[],
): void {
  const { minMs, mergeMs } = plan.scales[s]!
  const w = 4 * s
  const opened = sense.windows[w]!
  if (Number.isNaN(opened)) {
    if (!running) sense.windows[w + 3] = 0
    else if (!sense.running) {
      sense.windows[w] = from
      sense.peakW = peak
      sense.windows[w + 2] = ts
      for (const q of plan.scales[s]!.features) clearQuantity(plan, sense.acc, q)
      for (const q of plan.scales[s]!.covariates) clearQuantity(plan, sense.acc, q)
    }
    return
  }
  const last = sense.windows[w + 2]!
  if (isMended || (running && ts - last <= mergeMs + 1000 * 1.5 * plan.kind.cadenceSeconds)) {
    sense.windows[w + 2] = ts
    sense.peakW = Math.max(sense.peakW, peak)
  } else if (running || ts - last > mergeMs) {
    const isWhole = sense.windows[w + 3] === 0
    const isCycle = sense.peakW >= plan.running.leastPeakW
    emitRow(plan, sense, s, opened, last, ts, offset, items, isWhole && isCycle && last - opened >= minMs)
    // With the hole it was long enough, for all that is known.
    if (!isWhole && isCycle && ts - opened >= minMs)
      items.push({ type: 'cut', sense, scale: s, from: opened, to: last, at: ts })
    sense.windows[w] = NaN
    sense.windows[w + 3] = 0
  }
}

const NO_SCRATCH = new Float64Array(0)

function emitRow(
  plan: DetectionPlan,
  sense: FeatureState,
  s: number,
  from: Millis,
  to: Millis,
  at: Millis,
  offset: Offset,
  items: Item[],
  good: boolean,
): void {
  const scale = plan.scales[s]!
  const y = new Float64Array(scale.features.length)
  const x = new Float64Array(scale.covariates.length)
  const scratch = sense.bursts.length > 0 ? new Float64Array(plan.kind.metricNames.length) : NO_SCRATCH
  for (let i = 0; i < y.length; i++) {
    y[i] = takeWatched(plan, sense, scale.features[i]!, s === 0, from, at)
    if (Number.isNaN(y[i]!)) y[i] = quantityFromBursts(plan, sense, scale.features[i]!, from, to, scratch)
    if (good && plan.quantities[scale.features[i]!]!.bestOf !== 0)
      y[i] = bestOfLast(plan, sense, scale.features[i]!, y[i]!)
  }
  for (let i = 0; i < x.length; i++) {
    const q = scale.covariates[i]!
    const known = plan.quantities[q]!.inputs.every((m) => sense.seen[m] === 1)
    let value = takeQuantity(plan, sense, q, s === 0)
    const byBurst = !known && plan.quantities[q]!.byBurst && sense.given.length > 0
    if (byBurst) value = quantityFromBursts(plan, sense, q, from, to, scratch)
    // No such sensor: uncompensated (−Infinity); a sensor that said nothing now: unknown (NaN).
    x[i] = !known && !byBurst ? -Infinity : scale.covariateLogs[i] ? (value > 0 ? Math.log(value) : NaN) : value
  }
  if (!good) return
  const missing = plan.kind.metricNames.filter((_, m) => sense.seen[m] === 0 && !sense.given.includes(m))
  items.push({
    type: 'row',
    sense,
    scale: s,
    from,
    to,
    at,
    offset,
    y,
    x,
    ageDays: (to - sense.firstTs) / DAY,
    muted: from < sense.mutedUntil,
    missing,
    neverCycles: sense.neverCycles,
    blurSeconds: Math.max(0, runningCadenceOf(plan, sense) - plan.kind.cadenceSeconds),
  })
}

/** The highest or the lowest of so many cycles, with the last of them; NaN with the others, so that no cycle counts twice. */
function bestOfLast(plan: DetectionPlan, sense: FeatureState, q: number, value: number): number {
  if (!Number.isFinite(value)) return NaN
  const { bestOf } = plan.quantities[q]!
  const last = [...(sense.lastCycles[q] ?? []), value]
  const isFull = last.length >= Math.abs(bestOf)
  sense.lastCycles[q] = isFull ? [] : last
  if (!isFull) return NaN
  return bestOf > 0 ? Math.max(...last) : Math.min(...last)
}

function takeWatched(
  plan: DetectionPlan,
  sense: FeatureState,
  q: number,
  byDay: boolean,
  from: Millis,
  at: Millis,
): number {
  const value = takeQuantity(plan, sense, q, byDay)
  if (sense.neverCycles && plan.quantities[q]!.byRunning) return NaN
  for (const metric of plan.quantities[q]!.inputs)
    if (isHeldTooLong(sense, metric, at) || stoodStill(sense, metric, from, byDay)) return NaN
  return value
}
