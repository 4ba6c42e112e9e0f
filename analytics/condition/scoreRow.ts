import { cell, nth } from '../../core/index.ts'
import type { ScoredRow } from '../baseline/scoredRow.ts'
import type { Signatures } from '../detectors/signatures.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { RowItem } from '../features/item.ts'
import type { PcaScore } from '../onnx/pcaScorer.ts'
import {
  type ApplianceContext,
  type DetectionContext,
  type Diagnosis,
  decideCondition,
  levelOf,
} from './decideCondition.ts'
import { trimCourse } from './remainingLife.ts'
import { followRepair } from './verify.ts'
import { isApart, witnesses } from './witnesses.ts'

/** Share of the threshold at which a course begins to be kept. */
const COURSE_FROM = 0.25
/** What a sum counts in a direction in which no failure mode goes: it must last longer. */
const NAMELESS = 0.55
/**
 * Shift (EWMA, in standard deviations) that must stand behind a full sum, of one feature and along a signature. A sum that
 * filled up on less is a line that bends with the season.
 */
const SHIFTED = 3
const SHIFTED_ALONG = 3.9
/** Share of its threshold from which a named direction is made surer by the distance from health, and by how much at most. */
const NAMED = 0.5
const LENT = 0.25
const PCA_ALLOWANCE = 0.9
const PCA_BOUND = 4

/** One finished row, standardized and scored: fused into the appliance's level, its profile and its condition. */
export function scoreRow(
  bench: DetectionContext,
  subject: ApplianceContext,
  item: RowItem,
  row: ScoredRow,
  pca: PcaScore | null,
  pcaPlaces: number[],
  verdict: Diagnosis | undefined,
): void {
  const { plan, out, policy, model } = bench
  const { judged } = subject
  judged.missing = item.missing
  if (row.isHeard) judged.unseenDays = row.unseenDays
  judged.neverCycles = item.neverCycles
  if (verdict) {
    judged.beliefs.set(verdict.beliefs)
    judged.life = verdict.life
  }
  for (let f = 0; f < plan.features.length; f++) {
    if (nth(plan.features, f).scale !== item.scale) continue
    if (!Number.isNaN(cell(row.observed, f)) && nth(plan.features, f).scored) {
      out.features.push({
        appliance: subject.appliance,
        feature: nth(plan.features, f).name,
        at: item.to,
        observed: cell(row.observed, f),
        low: cell(row.low, f),
        high: cell(row.high, f),
      })
    }
    if (Number.isNaN(cell(row.z, f))) continue
    judged.profile[f] = cell(row.fast, f)
    judged.observed[f] = cell(row.observed, f)
    if (judged.byHours) judged.byHours[f] = 0
    judged.low[f] = cell(row.low, f)
    judged.high[f] = cell(row.high, f)
    if (!(Math.abs(cell(row.fast, f)) > 1) || Number.isNaN(cell(judged.seenFrom, f))) judged.seenFrom[f] = item.from
    judged.seenTo[f] = item.to
  }
  judged.learning = row.learning
  judged.learnedBecause = row.learnedBecause
  if (item.muted) return

  let level = 0
  let top = ''
  const consider = (share: number, name: string): void => {
    if (share > level) {
      level = share
      top = name
    }
  }
  eachShare(plan, bench.signatures, item.scale, row, (name, shift, share) => {
    const change = name.startsWith('contrast:') ? policy.caution * (model?.thresholds[name] ?? 1) : 1
    consider(Math.min(shift, share / change), name)
  })
  if (pca) {
    const name = `pca:${nth(plan.scales, item.scale).name}`
    const h = policy.caution * (model?.thresholds[name] ?? policy.threshold)
    const sum = pcaStep(cell(judged.pcaSums, item.scale), pca.level)
    judged.pcaSums[item.scale] = Math.min(2 * h, sum)
    for (const [place, f] of pcaPlaces.entries()) judged.pcaContributions[f] = nth(pca.contributions, place)
    // What lies far from health in no direction that has a name opens nothing; it makes a named one surer.
    if (level >= NAMED) level += LENT * Math.min(1, sum / h)
  }
  const plain = isPlain(bench, row, item.missing)
  if (plain) consider(PLAIN_LEVEL, 'plain')
  judged.formerLevel = levelOf(judged)
  judged.levels[item.scale] = level
  judged.topDetector = top
  keepCourse(subject, item, row)
  followRepair(bench, subject, item, row)
  // A row that says nothing of any feature is no sign of recovery.
  if (!row.isHeard && judged.condition?.phase === 'confirmed') return
  decideCondition(bench, subject, item.at, item.offset, plain, true)
}

/**
 * What each detector of named directions says of a row. @param hear its name, how far the shift behind it goes (1: far enough)
 * and the share of its threshold that its sum, or its change, stands at
 */
export function eachShare(
  plan: DetectionPlan,
  { modes, raised, lowered }: Signatures,
  scale: number,
  row: ScoredRow,
  hear: (name: string, shift: number, share: number) => void,
): void {
  for (let f = 0; f < plan.features.length; f++) {
    if (nth(plan.features, f).scale !== scale || nth(row.awaited, f) > 0) continue
    const { name } = nth(plan.features, f)
    const shift = cell(row.fast, f) / SHIFTED
    hear(`${name}+`, shift, cell(row.up, f) * (raised[f] ? 1 : NAMELESS))
    hear(`${name}-`, -shift, cell(row.down, f) * (lowered[f] ? 1 : NAMELESS))
  }
  for (const [m, mode] of modes.entries()) {
    if (nth(row.modesAwaited, m) > 0) continue
    hear(`mode:${mode}`, cell(row.modesFast, m) / SHIFTED_ALONG, cell(row.modes, m))
    hear(`contrast:${mode}`, Infinity, cell(row.contrast, m))
  }
}

/** A cycle in which features of different sensors are so far out at once, as one fault moves them, needs no second one. */
const PLAIN_LEVEL = 1.2
const PLAIN_SHIFT = 4
const PLAIN_WEIGHT = 1.5

function isPlain({ plan, signatures }: DetectionContext, row: ScoredRow, missing: readonly string[]): boolean {
  return signatures.weights.some((moves) => {
    const far = plan.features.filter(
      (_, f) =>
        Math.abs(cell(moves, f)) >= PLAIN_WEIGHT &&
        Math.sign(cell(moves, f)) * cell(row.z, f) >= PLAIN_SHIFT &&
        Number.isFinite(cell(row.low, f)),
    )
    const shown = far.map((one) => witnesses(plan, one, missing))
    return shown.some((one, i) => shown.some((other, j) => i < j && isApart(one, other)))
  })
}

/** Cumulative sum of how far rows lie outside of healthy; 1 is the 99 % limit. */
export const pcaStep = (sum: number, level: number): number =>
  level < 0.5 ? Math.max(0, sum / 2 - 0.1) : Math.max(0, sum + Math.min(PCA_BOUND, level) - PCA_ALLOWANCE)

/** Keeps how far on its way to functional failure the appliance stood, for kinds whose remaining life was not trained. */
function keepCourse({ judged }: ApplianceContext, item: RowItem, { progress }: ScoredRow): void {
  if (levelOf(judged) < COURSE_FROM && !judged.condition) {
    judged.course.length = 0
    return
  }
  judged.course.push(item.to, progress)
  trimCourse(judged.course)
}
