import { quantile } from 'simple-statistics'
import { fitPca, scorePca } from '../../analytics/index.ts'

/** Lengths of the means that are judged, in rows: octaves, so that neither a jolt nor a creep is lost. */
const SPANS = [10, 20, 40]
/** As in the kinds' own models. */
const VARIANCE_SHARE = 0.85
const LIMIT_SHARE = 0.99
const LEAST_SPREAD = 1e-9

/**
 * How far the sensors together stand from their commissioning, by row: 1 is as far as 1 % of commissioning went. The mean
 * over the spans of √max(T²/limit, Q/limit). Causal: a row's score reads only rows up to it and the commissioning.
 * @param columns by sensor its values by row, finite
 * @param commissioning rows at the start that are taken as normal; their own scores are no judgement
 */
export function rigScores(columns: Float64Array[], commissioning: number): Float64Array {
  const rows = columns[0]!.length
  const scores = new Float64Array(rows)
  for (const span of SPANS) {
    const standardized = columns.map((column) => standardize(trailingMeans(column, span), span, commissioning))
    const pca = fitPca(correlationOf(standardized, span, commissioning), VARIANCE_SHARE)
    const both = Array.from({ length: rows }, (_, r) =>
      scorePca(
        pca,
        Float64Array.from(standardized, (z) => z[r]!),
      ),
    )
    const healthy = both.slice(span, commissioning)
    const t2Limit = quantile(
      healthy.map(({ t2 }) => t2),
      LIMIT_SHARE,
    )
    const qLimit = quantile(
      healthy.map(({ q }) => q),
      LIMIT_SHARE,
    )
    for (const [r, { t2, q }] of both.entries())
      scores[r]! += Math.sqrt(Math.max(t2 / t2Limit, q / qLimit)) / SPANS.length
  }
  return scores
}

function trailingMeans(column: Float64Array, span: number): Float64Array {
  let sum = 0
  return column.map((x, r) => {
    sum += x - (r >= span ? column[r - span]! : 0)
    return sum / Math.min(r + 1, span)
  })
}

/** By mean and spread of the commissioning, without the rows whose means are not yet whole. */
function standardize(means: Float64Array, span: number, commissioning: number): Float64Array {
  const healthy = means.subarray(span, commissioning)
  let sum = 0
  let squares = 0
  for (const x of healthy) sum += x
  const mean = sum / healthy.length
  for (const x of healthy) squares += (x - mean) ** 2
  const spread = Math.max(LEAST_SPREAD, Math.sqrt(squares / healthy.length))
  return means.map((x) => (x - mean) / spread)
}

function correlationOf(standardized: Float64Array[], span: number, commissioning: number): number[][] {
  return standardized.map((a, i) =>
    standardized.map((b, j) => {
      if (i === j) return 1
      let sum = 0
      for (let r = span; r < commissioning; r++) sum += a[r]! * b[r]!
      return sum / (commissioning - span)
    }),
  )
}
