import type { Kind } from '../../catalog/index.ts'
import { cell, nth } from '../../core/index.ts'
import { fitLine, median, TERMS } from '../baseline/bayesLine.ts'
import { referenceOf } from '../detectors/inputDrift.ts'
import { type DetectionPlan, planDetection } from '../features/detectionPlan.ts'
import { scaledValue } from '../features/feature.ts'
import type { RowItem } from '../features/item.ts'
import { type KindModel, sha256 } from '../onnx/kindModel.ts'
import { fitPca, type Pca, scorePca } from '../onnx/pca.ts'
import { pcaToOnnx } from '../onnx/pcaOnnx.ts'
import { calibrate } from './calibrate.ts'
import { replayRows } from './replayRows.ts'

/** Finished rows of healthy appliances (nuisances and all), by appliance, each in order. */
export type HealthyRows = Map<string, RowItem[]>

export interface Training {
  kind: Kind
  rows: HealthyRows
  version: string
  seeds: number[]
  days: number
  /** False alarms per appliance-year that thresholds may spend. */
  targetRate: number
}

/** Share of the variance of healthy rows that a PCA keeps. */
const KEPT_VARIANCE = 0.85
const LEAST_ROWS = 200

/**
 * Learns everything about a kind that its appliances share: priors of every line, correlation, PCA, thresholds. Uses
 * healthy rows alone, so nothing of a fault's course can leak in.
 * @returns the sidecar and the ONNX files by name
 */
export function trainKind(training: Training): { model: KindModel; files: Map<string, Uint8Array> } {
  const plan = planDetection(training.kind)
  const model: KindModel = {
    kind: training.kind.kind,
    version: training.version,
    seeds: training.seeds,
    appliances: training.rows.size,
    days: training.days,
    covariates: scaleCovariates(plan, training.rows),
    priors: {},
    features: plan.features.map(({ name }) => name),
    correlation: [],
    thresholds: {},
    pca: {},
  }
  for (const f of plan.features.keys()) {
    if (!nth(plan.features, f).scored) continue
    const prior = learnPrior(plan, f, model, training.rows)
    if (prior) model.priors[nth(plan.features, f).name] = prior
  }
  const files = new Map<string, Uint8Array>()
  const pcas: (Pca | null)[] = []
  const first = replayRows(plan, model, training.rows)
  model.correlation = correlate(
    plan,
    first.map(({ row }) => row.z),
  )
  for (const [s, scale] of plan.scales.entries()) {
    const places = plan.features.flatMap((one, f) =>
      one.scale === s && one.scored && model.priors[one.name] ? [f] : [],
    )
    const zs = first
      .filter(({ item }) => item.scale === s)
      .map(({ row }) => Float64Array.from(places, (f) => cell(row.z, f)))
    if (places.length < 3 || zs.length < LEAST_ROWS) {
      pcas.push(null)
      continue
    }
    const pca = fitPca(
      places.map((f) => places.map((g) => nth(nth(model.correlation, f), g))),
      KEPT_VARIANCE,
    )
    pcas.push(pca)
    const scores = zs.map((z) => scorePca(pca, z))
    const file = `${model.kind}-${scale.name}-pca.onnx`
    const bytes = pcaToOnnx(pca, `${model.kind} ${scale.name}`)
    files.set(file, bytes)
    model.pca[scale.name] = {
      file,
      sha256: sha256(bytes),
      features: places.map((f) => nth(plan.features, f).name),
      components: pca.components,
      t2Limit: quantile(
        scores.map(({ t2 }) => t2),
        0.99,
      ),
      qLimit: quantile(
        scores.map(({ q }) => q),
        0.99,
      ),
    }
  }
  model.inputs = referenceOf(
    plan,
    first.map(({ item, row }) => ({ item, row, level: levelOf(plan, model, pcas, item, row.z) })),
  )
  model.thresholds = calibrate(plan, model, pcas, training.rows, training.targetRate)
  return { model, files }
}

/** How far a row lies outside of healthy, in shares of its scale's limits; null without a PCA. */
function levelOf(
  plan: DetectionPlan,
  model: KindModel,
  pcas: readonly (Pca | null)[],
  { scale }: RowItem,
  z: Float64Array,
): number | null {
  const pca = pcas[scale]
  const spec = model.pca[nth(plan.scales, scale).name]
  if (!pca || !spec) return null
  const inputs = spec.features.map((name) =>
    cell(
      z,
      plan.features.findIndex((one) => one.name === name),
    ),
  )
  const { t2, q } = scorePca(pca, Float64Array.from(inputs))
  return Math.max(t2 / spec.t2Limit, q / spec.qLimit)
}

function scaleCovariates(plan: DetectionPlan, rows: HealthyRows): KindModel['covariates'] {
  const values = new Map<string, number[]>()
  for (const items of rows.values()) {
    for (const item of items) {
      for (const [place, name] of nth(plan.scales, item.scale).covariateNames.entries()) {
        const list = values.get(name) ?? []
        values.set(name, list)
        if (Number.isFinite(cell(item.x, place))) list.push(cell(item.x, place))
      }
    }
  }
  return Object.fromEntries(
    [...values].map(([name, list]) => {
      const centre = median(list)
      const scale = Math.sqrt(list.reduce((sum, x) => sum + (x - centre) ** 2, 0) / Math.max(1, list.length))
      return [name, { centre: round(Number.isNaN(centre) ? 0 : centre), scale: round(Math.max(scale, 1e-3) || 1) }]
    }),
  )
}

/** Prior of one feature's line: pooled slopes within appliances, and how appliances spread around them. */
function learnPrior(
  plan: DetectionPlan,
  f: number,
  model: KindModel,
  rows: HealthyRows,
): KindModel['priors'][string] | null {
  const feature = nth(plan.features, f)
  const names = nth(plan.scales, feature.scale).covariateNames
  const own: number[][] = []
  for (const items of rows.values()) {
    const obs: number[] = []
    for (const item of items) {
      if (item.scale !== feature.scale || !Number.isFinite(cell(item.y, feature.place))) continue
      const raw = cell(item.y, feature.place)
      const x = feature.compensate.map((place) => {
        const scaling = nth(model.covariates, nth(names, place))
        return item.x[place] === -Infinity
          ? 0
          : Math.max(-4, Math.min(4, (cell(item.x, place) - scaling.centre) / scaling.scale))
      })
      if (x.some((value) => !Number.isFinite(value))) continue
      obs.push(scaledValue(feature, raw), x[0] ?? 0, x[1] ?? 0, x[2] ?? 0)
    }
    if (obs.length >= 10 * TERMS) own.push(obs)
  }
  if (own.length < 5) return null
  const precision = Float64Array.from({ length: TERMS }, (_, j) =>
    j === 0 ? 0 : j <= feature.compensate.length ? 1e-3 : 1e9,
  )
  const flat = { mean: new Float64Array(TERMS), precision, sigma: 1, weight: 0.5 }
  // Slopes of all appliances together, each around its own level.
  const pooled: number[] = []
  for (const obs of own) {
    const means = [0, 1, 2, 3].map((j) => average(obs.filter((_, i) => i % TERMS === j)))
    for (let i = 0; i < obs.length; i++) pooled.push(nth(obs, i) - nth(means, i % TERMS))
  }
  const slopes = fitLine(flat, pooled)
  const lines = own.map((obs) => {
    const towards = {
      mean: Float64Array.from(slopes.beta),
      precision: Float64Array.from(precision, (p, j) => (j > 0 && p < 1 ? 4 / slopes.sigma ** 2 : p)),
      sigma: slopes.sigma,
      weight: 0.5,
    }
    towards.precision[0] = 0
    return fitLine(towards, obs)
  })
  const levels = lines.map(({ beta }) => cell(beta, 0))
  const sigma = Math.max(median(lines.map((line) => line.sigma)), 1e-4)
  const mean = median(levels)
  return {
    mean: round(mean),
    spread: round(Math.max(1.4826 * 1.3 * median(levels.map((level) => Math.abs(level - mean))), sigma, feature.floor)),
    slopes: Object.fromEntries(
      feature.compensate.map((place, j) => {
        const list = lines.map(({ beta }) => cell(beta, j + 1))
        const middle = median(list)
        const spread = 1.4826 * 1.3 * median(list.map((value) => Math.abs(value - middle)))
        return [
          nth(names, place),
          { mean: round(middle), spread: round(Math.max(spread, 0.15 * Math.abs(middle), sigma / 4)) },
        ]
      }),
    ),
    sigma: round(sigma),
  }
}

/** Correlation over the rows where both were there; winsorized, shrunk a tenth towards none. */
function correlate(plan: DetectionPlan, zs: Float64Array[]): number[][] {
  const n = plan.features.length
  const bound = (z: number): number => Math.max(-4, Math.min(4, z))
  return Array.from({ length: n }, (_, a) =>
    Array.from({ length: n }, (_, b) => {
      if (a === b) return 1
      let ab = 0
      let aa = 0
      let bb = 0
      for (const z of zs) {
        if (Number.isNaN(cell(z, a)) || Number.isNaN(cell(z, b))) continue
        ab += bound(cell(z, a)) * bound(cell(z, b))
        aa += bound(cell(z, a)) ** 2
        bb += bound(cell(z, b)) ** 2
      }
      return aa > 0 && bb > 0 ? round((0.9 * ab) / Math.sqrt(aa * bb)) : 0
    }),
  )
}

export function quantile(values: number[], p: number): number {
  if (values.length === 0) return 1
  const sorted = Float64Array.from(values).sort()
  return cell(sorted, Math.min(sorted.length - 1, Math.floor(p * sorted.length)))
}

const average = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length
/** Six figures: enough, and files stay small and readable. */
const round = (value: number): number => Number(value.toPrecision(6))
