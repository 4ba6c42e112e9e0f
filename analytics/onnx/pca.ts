import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/** Directions in which healthy residuals vary together, and how much. Features are standardized beforehand. */
export interface Pca {
  features: number
  components: number
  /** features × components, row by row. */
  loadings: Float32Array
  /** Variance along each component. */
  variances: Float32Array
}

export interface PcaScore {
  t2: number
  q: number
  /** By feature: its part of T²/limit + Q/limit is made of both; here T² part and squared residual. */
  contributions: Float32Array
}

/** Inputs beyond this say nothing more. */
export const PCA_BOUND = 10

/** Keeps the components that hold `share` of the variance of a correlation matrix. */
export function fitPca(correlation: number[][], share: number): Pca {
  const features = correlation.length
  const eigen = new EigenvalueDecomposition(new Matrix(correlation), { assumeSymmetric: true })
  const order = eigen.realEigenvalues.map((value, i) => [value, i] as const).sort((a, b) => b[0] - a[0])
  let held = 0
  let components = 0
  while (components < features - 1 && (components === 0 || held < share * features))
    held += Math.max(0, order[components++]![0])
  const loadings = new Float32Array(features * components)
  for (let k = 0; k < components; k++) {
    for (let f = 0; f < features; f++) loadings[f * components + k] = eigen.eigenvectorMatrix.get(f, order[k]![1])
  }
  const variances = Float32Array.from(order.slice(0, components), ([value]) => Math.max(value, 0.05))
  return { features, components, loadings, variances }
}

/**
 * T² and Q of one row; absent features (NaN) are masked: they neither speak nor are judged. The twin of the ONNX model,
 * in the same single precision. Source: Jackson and Mudholkar (1979); contributions as in Nomikos (1996).
 */
export function scorePca(pca: Pca, row: Float64Array): PcaScore {
  const { features, components, loadings, variances } = pca
  const x = Float32Array.from(row, (v) => (!Number.isNaN(v) ? Math.max(-PCA_BOUND, Math.min(PCA_BOUND, v)) : 0))
  const scores = new Float32Array(components)
  for (let k = 0; k < components; k++) {
    let sum = 0
    for (let f = 0; f < features; f++) sum += x[f]! * loadings[f * components + k]!
    scores[k] = sum
  }
  let t2 = 0
  for (let k = 0; k < components; k++) t2 += scores[k]! ** 2 / variances[k]!
  let q = 0
  const contributions = new Float32Array(features)
  for (let f = 0; f < features; f++) {
    let model = 0
    let weighted = 0
    for (let k = 0; k < components; k++) {
      model += scores[k]! * loadings[f * components + k]!
      weighted += (scores[k]! / variances[k]!) * loadings[f * components + k]!
    }
    const residual = !Number.isNaN(row[f]!) ? x[f]! - model : 0
    q += residual * residual
    contributions[f] = x[f]! * weighted + residual * residual
  }
  return { t2, q, contributions }
}
