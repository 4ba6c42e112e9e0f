import { cell, DAY, type KindDrift, type Millis, nth } from '../../core/index.ts'
import type { ScoredRow } from '../baseline/scoredRow.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { RowItem } from '../features/item.ts'
import type { KindModel } from '../onnx/kindModel.ts'
import type { PcaScore } from '../onnx/pcaScorer.ts'

/** Deciles of the standard normal: in health, inputs fall into each bin alike. */
const Z_EDGES = [-1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.2816]
/** Of a row's distance from healthy, in shares of the 99 % limit: 1 is an edge. */
const LEVEL_EDGES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.5]
const BINS = Z_EDGES.length + 1
const BEYOND = LEVEL_EDGES.indexOf(1) + 1

const WEEK = 7 * DAY
/** Where training left no reference, so many first weeks are it; so many last weeks are held against it. */
const REFERENCE_WEEKS = 4
const RECENT_WEEKS = 4
/** Fewer rows say nothing of a distribution. */
const LEAST_ROWS = 300
/** Source: Siddiqi, Credit Risk Scorecards (2006): below 0.1 no change, above 0.25 another population. */
const SHIFTING = 0.1
const DRIFTED = 0.25
/** Quantile 0.999 of χ² with BINS − 1 degrees of freedom: PSI of equal populations is χ² · (1/n + 1/m) (Yurdakul 2018). */
const CHI_SQUARE = 27.88
/**
 * Rows of one appliance resemble each other: m of them count as m / (1 + (m − 1) ρ) (design effect, Kish 1965). Without it
 * twenty appliances in autumn would be a drift.
 */
const ALIKE = 0.5
const effective = (rows: number, appliances: number): number =>
  rows / (1 + Math.max(0, rows / Math.max(1, appliances) - 1) * ALIKE)
/** So many times the reference's share of rows beyond the limit is drift as well, when it is no chance (so many deviations). */
const BEYOND_TIMES = 3
const NO_CHANCE = 3
const LEAST_REFERENCE = 0.01

/** What of one kind's inputs is kept: counts by input and bin, so of fixed size whatever the fleet. */
interface Counts {
  /** The model that standardized them: another one begins anew. */
  version: string
  /** The first week that was counted; NaN before. */
  firstWeek: number
  newestWeek: number
  reference: Float64Array
  /** By week modulo RECENT_WEEKS. */
  recent: Float64Array[]
}

/**
 * Are the model's inputs still what they were? Counts standardized features and distances from healthy of the whole fleet,
 * week by week in event time. Counts add up, so the order within a week changes nothing.
 */
export class InputDrift {
  #kinds = new Map<string, Counts>()

  /** Counts one judged row. O(features). @param isFaulty a fault is known there: what it shows is no drift of the inputs */
  see(
    plan: DetectionPlan,
    model: KindModel | null,
    item: RowItem,
    row: ScoredRow,
    pca: PcaScore | null,
    isFaulty: boolean,
  ) {
    // The reference begins with the first row that has something to count: commissioning is not it.
    if (item.muted || isFaulty || row.low.every(Number.isNaN)) return
    const counts = this.#countsOf(plan, model)
    const into = place(counts, item.to, hasReference(model))
    if (!into) return
    for (const [f, feature] of plan.features.entries()) {
      // Before it is frozen an appliance is held against its fleet as much as against itself: another distribution.
      if (feature.scale !== item.scale || Number.isNaN(cell(row.z, f)) || Number.isNaN(cell(row.low, f))) continue
      count(into, f * BINS + binOf(Z_EDGES, cell(row.z, f)))
    }
    if (pca && row.learning === 0)
      count(into, (plan.features.length + item.scale) * BINS + binOf(LEVEL_EDGES, pca.level))
  }

  /** How a kind's inputs stand. @param appliances how many there are of it */
  of(plan: DetectionPlan, model: KindModel | null, appliances: number): KindDrift {
    const counts = this.#countsOf(plan, model)
    const trained = hasReference(model)
    const reference = trained ? trainedCounts(plan, model) : counts.reference
    const recent = new Float64Array(counts.reference.length)
    for (const week of counts.recent) for (const [i, count] of week.entries()) recent[i] = cell(recent, i) + count
    const inputs = namesOf(plan).flatMap((name, i) => {
      const [was, is] = [reference.subarray(i * BINS, (i + 1) * BINS), recent.subarray(i * BINS, (i + 1) * BINS)]
      const [rows, of] = [sum(is), sum(was)]
      if (rows < LEAST_ROWS || of < LEAST_ROWS) return []
      return [
        {
          name,
          psi: psi(was, is),
          chance: CHI_SQUARE * (1 / effective(rows, appliances) + 1 / effective(of, appliances)),
          rows,
        },
      ]
    })
    inputs.sort((a, b) => b.psi - a.psi || (a.name < b.name ? -1 : 1))
    const beyond = beyondLimit(plan, reference, recent)
    const isOver = (limit: number): boolean => inputs.some(({ psi, chance }) => psi > limit && psi > chance)
    const isBeyond = beyond !== null && isMore(beyond, appliances)
    return {
      kind: plan.kind.kind,
      reference: trained ? 'training' : 'first-weeks',
      since: Number.isNaN(counts.firstWeek) ? null : counts.firstWeek * WEEK,
      state:
        inputs.length === 0
          ? 'learning'
          : isOver(DRIFTED) || isBeyond
            ? 'drifted'
            : isOver(SHIFTING)
              ? 'shifting'
              : 'steady',
      beyond,
      inputs: inputs.map(({ chance: _, ...input }) => input).slice(0, 5),
    }
  }

  snapshot(): Map<string, Counts> {
    return this.#kinds
  }
  /** @param isSame whether a kind's state means now what it meant then */
  restore(kinds: Map<string, Counts>, isSame: (kind: string) => boolean): void {
    for (const [kind, counts] of kinds) if (isSame(kind)) this.#kinds.set(kind, counts)
  }

  #countsOf(plan: DetectionPlan, model: KindModel | null): Counts {
    const version = model?.version ?? ''
    const known = this.#kinds.get(plan.kind.kind)
    if (known?.version === version) return known
    const size = namesOf(plan).length * BINS
    const counts: Counts = {
      version,
      firstWeek: NaN,
      newestWeek: -Infinity,
      reference: new Float64Array(size),
      recent: Array.from({ length: RECENT_WEEKS }, () => new Float64Array(size)),
    }
    this.#kinds.set(plan.kind.kind, counts)
    return counts
  }
}

/** Bins of healthy rows, by input: what training leaves as the reference. */
export function referenceOf(
  plan: DetectionPlan,
  rows: Iterable<{ item: RowItem; row: ScoredRow; level: number | null }>,
): Record<string, number[]> {
  const counts = new Float64Array(namesOf(plan).length * BINS)
  for (const { item, row, level } of rows) {
    for (const [f, feature] of plan.features.entries()) {
      if (feature.scale !== item.scale || Number.isNaN(cell(row.z, f)) || Number.isNaN(cell(row.low, f))) continue
      count(counts, f * BINS + binOf(Z_EDGES, cell(row.z, f)))
    }
    if (level !== null && row.learning === 0)
      count(counts, (plan.features.length + item.scale) * BINS + binOf(LEVEL_EDGES, level))
  }
  return Object.fromEntries(
    namesOf(plan).flatMap((name, i) => {
      const own = [...counts.subarray(i * BINS, (i + 1) * BINS)]
      return own.some((count) => count > 0) ? [[name, own]] : []
    }),
  )
}

/** Features first, then the distance from healthy of each scale. */
const namesOf = (plan: DetectionPlan): string[] => [
  ...plan.features.map(({ name }) => name),
  ...plan.scales.map(({ name }) => `level:${name}`),
]

const hasReference = (model: KindModel | null): model is KindModel & { inputs: Record<string, number[]> } =>
  model?.inputs !== undefined

function trainedCounts(plan: DetectionPlan, model: { inputs: Record<string, number[]> }): Float64Array {
  return Float64Array.from(
    namesOf(plan).flatMap((name) => model.inputs[name]?.slice(0, BINS) ?? new Array<number>(BINS).fill(0)),
  )
}

/** Where a row of that moment is counted; null for one that is too old to matter. */
function place(counts: Counts, to: Millis, isTrained: boolean): Float64Array | null {
  const week = Math.floor(to / WEEK)
  if (Number.isNaN(counts.firstWeek)) counts.firstWeek = week
  if (!isTrained && week < counts.firstWeek + REFERENCE_WEEKS) return counts.reference
  for (let gone = Math.max(counts.newestWeek + 1, week - RECENT_WEEKS + 1); gone <= week; gone++)
    nth(counts.recent, modulo(gone)).fill(0)
  counts.newestWeek = Math.max(counts.newestWeek, week)
  return week > counts.newestWeek - RECENT_WEEKS ? nth(counts.recent, modulo(week)) : null
}
const modulo = (week: number): number => ((week % RECENT_WEEKS) + RECENT_WEEKS) % RECENT_WEEKS

function binOf(edges: number[], x: number): number {
  let bin = 0
  while (bin < edges.length && x > nth(edges, bin)) bin++
  return bin
}

const sum = (counts: Float64Array): number => counts.reduce((a, b) => a + b, 0)

/**
 * Population stability index of two histograms: Σ (p − q) ln(p / q). An empty bin counts half a row, so that it cannot
 * make it infinite. Source: Siddiqi (2006).
 */
export function psi(was: ArrayLike<number>, is: ArrayLike<number>): number {
  const total = (counts: ArrayLike<number>): number => {
    let all = 0
    for (let b = 0; b < counts.length; b++) all += Math.max(0.5, nth(counts, b))
    return all
  }
  const [n, m] = [total(was), total(is)]
  let index = 0
  for (let b = 0; b < was.length; b++) {
    const [q, p] = [Math.max(0.5, nth(was, b)) / n, Math.max(0.5, nth(is, b)) / m]
    index += (p - q) * Math.log(p / q)
  }
  return index
}

/** Share of rows beyond the limit that 99 % of healthy ones keep, over all scales; null while there are too few. */
function beyondLimit(plan: DetectionPlan, reference: Float64Array, recent: Float64Array): KindDrift['beyond'] {
  const share = (counts: Float64Array): { share: number; rows: number } => {
    let [rows, beyond] = [0, 0]
    for (let s = 0; s < plan.scales.length; s++) {
      const own = counts.subarray((plan.features.length + s) * BINS, (plan.features.length + s + 1) * BINS)
      rows += sum(own)
      beyond += sum(own.subarray(BEYOND))
    }
    return { share: rows > 0 ? beyond / rows : 0, rows }
  }
  const [was, is] = [share(reference), share(recent)]
  if (is.rows < LEAST_ROWS) return null
  return { share: is.share, reference: was.rows >= LEAST_ROWS ? was.share : 0.01, rows: is.rows }
}

/** Are there clearly more rows beyond the limit than there were? */
function isMore({ share, reference, rows }: NonNullable<KindDrift['beyond']>, appliances: number): boolean {
  const usual = Math.max(LEAST_REFERENCE, reference)
  const deviation = Math.sqrt((usual * (1 - usual)) / effective(rows, appliances))
  return share > BEYOND_TIMES * usual && share > usual + NO_CHANCE * deviation
}

function count(into: Float64Array, bin: number): void {
  into[bin] = cell(into, bin) + 1
}
