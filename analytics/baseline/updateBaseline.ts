import { cell, DAY, nth } from '../../core/index.ts'
import { lifeInputs, updateDegradationPath } from '../condition/lifeInputs.ts'
import { drift } from '../detectors/cumulativeSums.ts'
import { updateRecentChange } from '../detectors/recentChange.ts'
import type { Signatures } from '../detectors/signatures.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import { scaledValue } from '../features/feature.ts'
import type { RowItem } from '../features/item.ts'
import type { KindModel } from '../onnx/kindModel.ts'
import type { DetectionPolicy } from '../policy.ts'
import { type Baseline, profileOf } from './baseline.ts'
import { fitLine, type Line, type LinePrior, median, TERMS } from './bayesLine.ts'
import { beyond, type Covariates, isUsual, learnConditions, unseenDays, widenConditions } from './conditionsSeen.ts'
import { type Fleet, priorOf, teachFleet } from './fleetPrior.ts'
import { progressOf } from './progress.ts'
import { updateRebaseline } from './rebaseline.ts'
import { newScoredRow, type ScoredRow } from './scoredRow.ts'
import { findStep } from './sensorRecalibration.ts'

/** A larger z says nothing more. */
const Z_SHOWN = 20
const BAND = 3
const UNSURE_SPREAD = 1.5

/** Standardizes a finished row against the appliance's line, moves its sums, and learns while it is commissioned. */
export function updateBaseline(
  plan: DetectionPlan,
  model: KindModel | null,
  signatures: Signatures,
  policy: DetectionPolicy,
  learned: Baseline,
  fleet: Fleet,
  item: RowItem,
): ScoredRow {
  const count = plan.features.length
  const row = newScoredRow(count, signatures.modes.length)
  if (Number.isNaN(learned.since)) learned.since = item.from
  const key = `${plan.kind.kind}/${item.sense.model}`
  const scale = nth(plan.scales, item.scale)
  const residuals = new Float64Array(count).fill(NaN)
  const underAll = new Map<number, Covariates>()
  let finished = 0
  for (let f = 0; f < count; f++) {
    const feature = nth(plan.features, f)
    if (feature.scale !== item.scale || !feature.scored) continue
    const given = cell(item.y, feature.place)
    const raw = feature.log ? Math.abs(given) : given
    if (!Number.isFinite(raw)) continue
    row.observed[f] = raw
    const y = scaledValue(feature, raw)
    const covariates = covariatesOf(feature.compensate, scale.covariateNames, model, item.x)
    if (covariates === null) continue
    const { x, under } = covariates
    underAll.set(f, under)
    const frozen = learned.frozen[f] === 1
    if (!frozen) {
      const prior = priorOf(plan, model, f, fleet.get(key), item.to)
      const flat = prior.precision[0] === 0
      if (!flat || nth(learned.rows, f) >= 5) keepLine(learned, f, fitLine(prior, nth(learned.obs, f)))
    }
    const sigma = cell(learned.sigma, f)
    // After a repair neither the fleet nor the appliance's former self says what is normal: first it shows some rows.
    const anew = !frozen && learned.reason !== '' && nth(learned.rows, f) < leastRows(policy, feature.scale) / 2
    if (!Number.isNaN(sigma) && !anew) {
      const expected = lineAt(learned, f, x) + cell(learned.offset, f)
      const sd = Math.sqrt(
        sigma * sigma +
          leverage(learned, f, x) +
          feature.floor ** 2 +
          beyond(plan, model, learned, f, under) +
          unheard(plan, model, f, item.x) +
          blurOf(plan, f, raw, item.blurSeconds),
      )
      // Until it is frozen, what an appliance is expected to do is its fleet's opinion as much as its own.
      const z = (y - expected) / (frozen ? sd : UNSURE_SPREAD * sd)
      residuals[f] = y - expected
      row.z[f] = Math.max(-Z_SHOWN, Math.min(Z_SHOWN, z))
      const show = (value: number): number => (feature.log ? Math.exp(value) : value)
      row.expected[f] = show(expected)
      if (frozen) {
        row.unseenDays = Math.max(row.unseenDays, unseenDays(plan, learned, f, under))
        row.low[f] = show(expected - BAND * sd)
        row.high[f] = show(expected + BAND * sd)
      }
    }
    if (frozen || item.muted || learned.frozenBy.length > 0) continue
    nth(learned.obs, f).push(y, nth(x, 0), nth(x, 1), nth(x, 2))
    learned.rows[f] = nth(learned.rows, f) + 1
    learnConditions(learned, f, under)
    if (Number.isNaN(sigma) || !isCommissioned(policy, learned, f, feature.scale, item.to)) continue
    if (finish(policy, learned, f, feature.scale, item.to, priorOf(plan, model, f, fleet.get(key), item.to))) finished++
  }
  for (let f = 0; f < count; f++) if (learned.frozen[f] === 0 && nth(learned.rows, f) > 0) row.learning++
  if (!item.muted && isUsual(row.z))
    for (const [f, under] of underAll) if (learned.frozen[f] === 1) widenConditions(learned, f, under)
  if (!item.muted) {
    findStep(plan, signatures, learned, item, row)
    updateRebaseline(plan, learned, item, row, residuals)
    drift(plan, model, signatures, policy, learned, row)
    const known = row.z.map((z, f) => (learned.frozen[f] === 1 ? z : NaN))
    updateRecentChange(signatures, learned, row, known)
  }
  if (finished > 0 && !learned.contributed && learned.frozen.some((one) => one === 1)) {
    learned.contributed = true
    if (!learned.up.some((s) => s > policy.threshold / 2) && !learned.down.some((s) => s > policy.threshold / 2)) {
      teachFleet(fleet, key, learned, item.to)
    }
  }
  tellRow(plan, signatures, learned, item, row)
  return row
}

/** What is known after a row goes with it. */
function tellRow(plan: DetectionPlan, signatures: Signatures, learned: Baseline, item: RowItem, row: ScoredRow): void {
  if (learned.reason !== '') row.learnedBecause = { since: learned.reasonAt, reason: learned.reason }
  row.awaited.set(learned.awaited)
  row.modesAwaited.set(learned.modesAwaited)
  row.fast.set(learned.fast)
  row.slow.set(learned.slow)
  for (let f = 0; f < plan.features.length; f++) if (!Number.isNaN(cell(row.z, f))) learned.heardAt[f] = item.to
  row.isHeard = row.z.some((z) => !Number.isNaN(z))
  // A row that says nothing (a cycle that is only recorded) changes neither the profile nor what life is told from.
  if (!row.isHeard) return
  row.profile.set(profileOf(learned, item.to))
  row.progress = progressOf(plan, signatures, row)
  if (!item.muted) updateDegradationPath(learned.trail, item.to, row.profile, row.progress)
  row.life.set(lifeInputs(learned.trail, item.to, row.profile))
}

/** Ends the commissioning of a feature, unless it has not yet settled. @returns whether it has ended */
function finish(
  policy: DetectionPolicy,
  learned: Baseline,
  f: number,
  scale: number,
  to: number,
  prior: LinePrior,
): boolean {
  keepLine(learned, f, fitLine(prior, nth(learned.obs, f)))
  keepScatter(learned, f)
  if (scale === 0 && stillMoves(policy, learned, f, to)) {
    // The oldest row goes: what an appliance settles to is its baseline, not how it got there.
    nth(learned.obs, f).splice(0, TERMS)
    return false
  }
  nth(learned.obs, f).length = 0
  learned.frozen[f] = 1
  learned.up[f] = cell(learned.up, f) / 2
  learned.down[f] = cell(learned.down, f) / 2
  return true
}

/** So many scales from the middle of what training saw a line goes on; farther out it stays where it is there, and is unsure. */
const GOES_ON = 4

/**
 * Scaled covariates of a feature, as a line takes them (`x`) and as they are (`under`); null when one that this appliance
 * has a sensor for was not heard.
 */
function covariatesOf(
  places: number[],
  names: string[],
  model: KindModel | null,
  given: Float64Array,
): { x: Covariates; under: Covariates } | null {
  const x: Covariates = [0, 0, 0]
  const under: Covariates = [0, 0, 0]
  for (const [j, place] of places.entries()) {
    const value = cell(given, place)
    if (value === -Infinity) continue
    if (!Number.isFinite(value)) return null
    const scaling = model?.covariates[nth(names, place)]
    under[j] = scaling ? (value - scaling.centre) / scaling.scale : value
    x[j] = scaling ? Math.max(-GOES_ON, Math.min(GOES_ON, under[j])) : value
  }
  return { x, under }
}

const leastRows = (policy: DetectionPolicy, scale: number): number =>
  scale === 0 ? policy.leastDays : policy.leastCycles

const isCommissioned = (policy: DetectionPolicy, learned: Baseline, f: number, scale: number, to: number): boolean =>
  nth(learned.rows, f) >= leastRows(policy, scale) && to - learned.since >= policy.commissioningDays * DAY

/** Difference between the halves of commissioning, in standard deviations, that is no luck. */
const MOVES = 1.2
/** So much longer (of `commissioningDays`) an appliance is waited for to settle. */
const MOST_WAIT = 1.5

/** Has the feature moved from the first to the second half of its commissioning, beside what explains it? */
function stillMoves(policy: DetectionPolicy, learned: Baseline, f: number, to: number): boolean {
  if (to - learned.since > MOST_WAIT * policy.commissioningDays * DAY) return false
  const obs = nth(learned.obs, f)
  const residuals: number[] = []
  for (let i = 0; i < obs.length; i += TERMS)
    residuals.push(nth(obs, i) - lineAt(learned, f, [nth(obs, i + 1), nth(obs, i + 2), nth(obs, i + 3)]))
  const half = residuals.length >> 1
  return Math.abs(median(residuals.slice(half)) - median(residuals.slice(0, half))) > MOVES * cell(learned.sigma, f)
}

function keepLine(learned: Baseline, f: number, line: Line): void {
  learned.beta.set(line.beta, f * TERMS)
  learned.cov.set(line.cov, f * TERMS * TERMS)
  learned.sigma[f] = line.sigma
}

const lineAt = ({ beta }: Baseline, f: number, x: Covariates): number =>
  cell(beta, f * TERMS) +
  cell(beta, f * TERMS + 1) * x[0] +
  cell(beta, f * TERMS + 2) * x[1] +
  cell(beta, f * TERMS + 3) * x[2]

/** Rows that a spread is short of what they will show: few of them saw little. */
const FEW = 3
const OUTLYING = 2.5

/** An appliance that scatters more than its fleet is believed; and one that was seen in few rows scatters more than it showed. */
function keepScatter(learned: Baseline, f: number): void {
  const obs = nth(learned.obs, f)
  const n = obs.length / TERMS
  let squares = 0
  for (let i = 0; i < obs.length; i += TERMS) {
    const residual = nth(obs, i) - lineAt(learned, f, [nth(obs, i + 1), nth(obs, i + 2), nth(obs, i + 3)])
    // A row far out may be a fault that begins: it is no scatter.
    squares += Math.min(Math.abs(residual), OUTLYING * cell(learned.sigma, f)) ** 2
  }
  const own = Math.sqrt(squares / Math.max(1, n - 1))
  learned.sigma[f] = Math.max(cell(learned.sigma, f), own) * Math.sqrt(1 + FEW / n)
}

/** Variance of a time that is known to the interval between two readings alone: either end may lie anywhere in it. */
function blurOf(plan: DetectionPlan, f: number, raw: number, blurSeconds: number): number {
  const { scale, place, log } = nth(plan.features, f)
  if (blurSeconds === 0 || nth(plan.quantities, nth(nth(plan.scales, scale).features, place)).aggregate !== 'minutes')
    return 0
  const minutes = blurSeconds / 60
  return (log ? minutes / Math.max(raw, minutes / 2) : minutes) ** 2 / 6
}

/** xᵀ C x with x₀ = 1: how unsure the line itself is there. Wider where commissioning never was. */
function leverage({ cov }: Baseline, f: number, x: Covariates): number {
  const v = [1, ...x]
  let sum = 0
  for (let j = 0; j < TERMS; j++)
    for (let k = 0; k < TERMS; k++) sum += nth(v, j) * nth(v, k) * cell(cov, f * TERMS * TERMS + j * TERMS + k)
  return Math.max(0, sum)
}

/** Variance that covariates without a sensor leave in a feature: the weather goes on although nobody measures it. */
function unheard(plan: DetectionPlan, model: KindModel | null, f: number, x: Float64Array): number {
  const feature = nth(plan.features, f)
  const slopes = model?.priors[feature.name]?.slopes
  if (!slopes) return 0
  let variance = 0
  for (const place of feature.compensate) {
    const slope = slopes[nth(nth(plan.scales, feature.scale).covariateNames, place)]
    if (x[place] === -Infinity && slope) variance += 2 * (slope.mean ** 2 + slope.spread ** 2)
  }
  return variance
}
