import { cell, DAY, type Millis, nth } from '../../core/index.ts'
import { type DegradationPath, newDegradationPath } from '../condition/lifeInputs.ts'
import { clearRecentChange, newRecentChange, type RecentChange } from '../detectors/recentChangeState.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import { TERMS } from './bayesLine.ts'

/** What is learned of one appliance: a line a feature, frozen after commissioning, and how its rows drift from it. */
export interface Baseline {
  /** Commissioning began. */
  since: Millis
  /** Why it was learned anew; empty for the first time. */
  reason: string
  reasonAt: Millis
  frozen: Uint8Array
  rows: Uint16Array
  /** Flat [y, x1, x2, x3] of commissioning; emptied when frozen. */
  obs: number[][]
  beta: Float64Array
  cov: Float64Array
  sigma: Float64Array
  /** Mean of each covariate while it was learned: further away the line is believed less. */
  centre: Float64Array
  /** The range of it that each feature was seen under in health; absent where an earlier program wrote it. */
  least?: Float64Array
  most?: Float64Array
  /** Level learned anew on top of the frozen line. */
  offset: Float64Array
  up: Float64Array
  down: Float64Array
  /** Exponentially weighted z, of about 3 and about 10 rows. */
  fast: Float64Array
  slow: Float64Array
  /** When each feature was last heard. */
  heardAt: Float64Array
  /** The latest z of each feature, oldest first. */
  recent: number[][]
  /** Rows in a row that a feature has been back in its band. */
  calm: Uint8Array
  /** Cumulative sums along each signature, with their short average and calm rows. */
  modes: Float64Array
  modesFast: Float64Array
  modesCalm: Uint8Array
  /** Against its own last weeks. */
  contrast: RecentChange
  /** Levels to find anew: residuals since the reason, by feature; null while nothing is. */
  anchor: {
    reason: string
    since: Millis
    /** By scale. */
    rows: number[]
    /** The features that are found anew. */
    which: Uint8Array
    residuals: number[][]
    before: Float64Array
  } | null
  /** Last lasting value of each anchor covariate. */
  anchorValues: Float64Array
  /** Tickets that hold the baseline still. */
  frozenBy: string[]
  /** By metric: was it rescaled once? */
  rescaled: Uint8Array
  /** Features, and modes, that rest on a channel which may have been rescaled just now. */
  awaited: Uint8Array
  modesAwaited: Uint8Array
  contributed: boolean
  /** Extremes of health at a glance; null before the first. */
  glanced: IntradayExtremes | null
  trail: DegradationPath
}

/** So many hours of health may be odd, less one. */
export const EXTREMES = 4

/** What the hours of health reached, by feature (compensated, logs taken), and for how many glances each has been beyond. */
export interface IntradayExtremes {
  since: Millis
  /** The lowest and the highest few, EXTREMES a feature, the most extreme first: one odd hour is no extreme. */
  low: Float64Array
  high: Float64Array
  out: Int32Array
  /** On how many days each feature was heard while it was learned, and the last of them. */
  days: Uint16Array
  day: Float64Array
  /** What its covariates were meanwhile, three a feature: beyond that nothing can be told. */
  least: Float64Array
  most: Float64Array
}
export const newIntradayExtremes = (plan: DetectionPlan): IntradayExtremes => ({
  since: NaN,
  low: new Float64Array(EXTREMES * plan.features.length).fill(Infinity),
  high: new Float64Array(EXTREMES * plan.features.length).fill(-Infinity),
  out: new Int32Array(plan.features.length),
  days: new Uint16Array(plan.features.length),
  day: new Float64Array(plan.features.length).fill(NaN),
  least: new Float64Array(3 * plan.features.length).fill(Infinity),
  most: new Float64Array(3 * plan.features.length).fill(-Infinity),
})

export function newBaseline(plan: DetectionPlan, modes: number): Baseline {
  const n = plan.features.length
  return {
    since: NaN,
    reason: '',
    reasonAt: NaN,
    frozen: new Uint8Array(n),
    rows: new Uint16Array(n),
    obs: plan.features.map(() => []),
    beta: new Float64Array(n * TERMS),
    cov: new Float64Array(n * TERMS * TERMS),
    sigma: new Float64Array(n).fill(NaN),
    centre: new Float64Array(3 * n),
    offset: new Float64Array(n),
    up: new Float64Array(n),
    down: new Float64Array(n),
    fast: new Float64Array(n),
    slow: new Float64Array(n),
    heardAt: new Float64Array(n).fill(NaN),
    recent: plan.features.map(() => []),
    calm: new Uint8Array(n),
    modes: new Float64Array(modes),
    modesFast: new Float64Array(modes),
    modesCalm: new Uint8Array(modes),
    contrast: newRecentChange(modes),
    anchor: null,
    anchorValues: new Float64Array(nth(plan.scales, 0).anchors.length).fill(NaN),
    frozenBy: [],
    rescaled: new Uint8Array(plan.kind.metricNames.length),
    awaited: new Uint8Array(n),
    modesAwaited: new Uint8Array(modes),
    contributed: false,
    glanced: null,
    trail: newDegradationPath(),
  }
}

/** Forgets how it drifted, after a repair or an opinion that it was none. */
export function clearDrift(learned: Baseline): void {
  for (const list of [learned.up, learned.down, learned.fast, learned.slow, learned.modes, learned.modesFast])
    list.fill(0)
  learned.trail = newDegradationPath()
  clearRecentChange(learned.contrast)
}

/** What was not heard for so long says nothing of now: an air conditioner that heats shows nothing of its cooling. */
export const STALE_MS = 10 * DAY

/** How far each feature stands away from its line, over its last rows; NaN where it was not heard of late. */
export const profileOf = ({ heardAt, fast }: Baseline, at: Millis): Float64Array =>
  fast.map((z, f) => (at - cell(heardAt, f) <= STALE_MS ? z : NaN))

/** Learns everything anew from `at`, for a reason that can be named. */
export function restartBaseline(learned: Baseline, at: Millis, reason: string): void {
  learned.since = at
  learned.reason = reason
  learned.reasonAt = at
  learned.frozen.fill(0)
  learned.rows.fill(0)
  for (const list of learned.obs) list.length = 0
  for (const list of learned.recent) list.length = 0
  learned.offset.fill(0)
  learned.heardAt.fill(NaN)
  learned.glanced = null
  learned.anchor = null
  learned.contributed = true
  clearDrift(learned)
}

/** Takes the level that it shows now for what is normal: a person said that it is no fault. */
export function acceptLevel(plan: DetectionPlan, learned: Baseline, at: Millis): void {
  for (let f = 0; f < plan.features.length; f++) {
    if (Math.abs(cell(learned.fast, f)) > 1)
      learned.offset[f] =
        cell(learned.offset, f) +
        cell(learned.fast, f) * Math.hypot(cell(learned.sigma, f), nth(plan.features, f).floor)
  }
  learned.reason = 'dismissed'
  learned.reasonAt = at
  clearDrift(learned)
}
