import type { DetectionPlan } from './detectionPlan.ts'
import type { FeatureState } from './featureState.ts'

/**
 * Does the appliance run? By its declared tests where their inputs are heard, else by the power against the learned
 * split; without both as before. Updates the split.
 */
export function tellRunning(
  plan: DetectionPlan,
  sense: FeatureState,
  values: Float64Array,
  states: Int32Array,
  truth: Uint8Array,
): boolean {
  const { running } = plan
  const power = running.power >= 0 ? values[running.power]! : NaN
  if (running.while.length > 0 && inputsHeard(running, values, states)) {
    for (let i = 0; i < running.while.length; i++) if (truth[running.while[i]!] === 0) return false
    return true
  }
  if (Number.isNaN(power)) return running.while.length === 0 && running.power < 0 ? true : sense.running
  if (running.aboveRestW > 0) return isAboveRest(sense, power, running.aboveRestW, running.leastPeakW)
  learnSplit(sense.split, power)
  sense.neverCycles = !isSplit(sense.split)
  return !sense.neverCycles && isOn(sense.split, power)
}

/** Does nothing but its power say whether it runs? */
export const isToldByPower = ({ running }: DetectionPlan, values: Float64Array, states: Int32Array): boolean =>
  running.power >= 0 && !(running.while.length > 0 && inputsHeard(running, values, states))

/** Shares of an interval, and of the way from rest to running, between which it did both. */
const PARTLY = [0.05, 0.95] as const
/** Of the power of the interval before, below which it stopped within this one. */
const FALLEN = 0.9

/** Did it run for a part of the interval, and rest for the other? */
export function isPartly(
  plan: DetectionPlan,
  { split, prev }: FeatureState,
  values: Float64Array,
  states: Int32Array,
): boolean {
  const isBetween = (share: number): boolean => share > PARTLY[0] && share < PARTLY[1]
  if (!isToldByPower(plan, values, states)) return plan.running.shares.some((metric) => isBetween(values[metric]!))
  const { starts, power, aboveRestW } = plan.running
  const drew = values[power] ?? NaN
  const begun = values[starts] ?? NaN
  // Means of power do not tell a short run from a long one that draws less: a start does, and power that falls.
  if (begun > 0 || (begun === 0 && drew < FALLEN * (prev[power] ?? NaN))) return true
  return aboveRestW === 0 && isBetween((drew - split[0]!) / (split[1]! - split[0]!))
}

/**
 * The phases of a program lie too far apart for two levels: it runs while it draws clearly more than at rest. Rest is the
 * least that is seen, and what it draws for long without ever drawing as much as a program does.
 */
function isAboveRest(sense: FeatureState, power: number, aboveW: number, leastPeakW: number): boolean {
  const { split } = sense
  if (!(power >= split[0]!)) split[0] = power
  const isRunning = power > split[0]! + aboveW
  split[2] = Math.min(1000, split[2]! + 1)
  if (!isRunning || (sense.running && sense.peakW < leastPeakW)) split[0]! += (power - split[0]!) / (20 + split[2]!)
  return isRunning
}

function inputsHeard(running: DetectionPlan['running'], values: Float64Array, states: Int32Array): boolean {
  for (const metric of running.metrics) if (Number.isNaN(values[metric]!)) return false
  for (const state of running.states) if (states[state]! < 0) return false
  return true
}

/** Share of the way from rest to running where on begins: low enough for a motor that idles between its strokes. */
const ON_SHARE = 0.35
/** Least watts between rest and running. */
const LEAST_RISE_W = 12

/**
 * Two means, learned as power comes: the level at rest and the level while it runs. Pulses far above (a defrost heater)
 * count for neither. Source: sequential k-means (MacQueen 1967), two clusters, each of at most 1,000 readings of memory.
 */
function learnSplit(split: Float64Array, power: number): void {
  if (Number.isNaN(split[0]!)) split[0] = power
  if (power < split[0]!) split[0] = power
  if (Number.isNaN(split[1]!)) {
    split[2] = Math.min(1000, split[2]! + 1)
    if (power > split[0]! + LEAST_RISE_W) {
      split[1] = power
      split[2] = 0
    }
    return
  }
  split[2] = Math.min(1000, split[2]! + 1)
  const rate = 1 / (20 + split[2]!)
  if (isOn(split, power)) {
    if (split[2]! < 60 || power < 1.8 * split[1]!) moveLevel(split, 1, rate, power)
  } else moveLevel(split, 0, rate, power)
}

/** A level, and the mean deviation of what it stands for. */
function moveLevel(split: Float64Array, level: 0 | 1, rate: number, power: number): void {
  split[3 + level]! += rate * (Math.abs(power - split[level]!) - split[3 + level]!)
  split[level]! += rate * (power - split[level]!)
}

/** Readings from which it can be told whether there are two levels, and how far they lie apart in their own deviations. */
const KNOWN_READINGS = 500
const APART = 4
/** Below this it rests; above it something runs that never stops. */
const LEAST_RUNNING_W = 25
/** At rest a compressor draws less than this share of what it draws while it runs. */
const REST_SHARE = 0.6

/** Are there two levels at all? What always runs has one, with its noise. */
const isSplit = (split: Float64Array): boolean =>
  split[2]! < KNOWN_READINGS ||
  (Number.isNaN(split[1]!) && split[0]! < LEAST_RUNNING_W) ||
  (split[1]! - split[0]! > (APART * (split[3]! + split[4]!)) / 2 && split[0]! < REST_SHARE * split[1]!)

const isOn = (split: Float64Array, power: number): boolean =>
  !Number.isNaN(split[1]!) && power > split[0]! + Math.max(LEAST_RISE_W / 2, ON_SHARE * (split[1]! - split[0]!))

/** Notes that a mark holds or not in the reading that ends at `ts` and began at `from`. */
export function setMark(marks: Float64Array, mark: number, held: boolean, from: number, ts: number): void {
  if (!held) marks[2 * mark] = NaN
  else {
    if (Number.isNaN(marks[2 * mark]!)) marks[2 * mark] = from
    marks[2 * mark + 1] = ts
  }
}
