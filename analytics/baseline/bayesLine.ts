import { median as medianOf } from 'simple-statistics'

/** Coefficients of one line: intercept and up to three slopes. */
export const TERMS = 4

export interface LinePrior {
  mean: Float64Array
  /** 1 / variance of each coefficient; 0 is flat. */
  precision: Float64Array
  /** What one observation scatters, and how many observations that belief is worth. */
  sigma: number
  weight: number
}

export interface Line {
  beta: Float64Array
  /** Covariance of beta, TERMS × TERMS. */
  cov: Float64Array
  sigma: number
}

/** Beyond this many sigmas an observation counts less (Huber). */
const HUBER = 2

/**
 * Robust Bayesian linear regression: prior and Huber-weighted observations, five rounds.
 * @param obs flat rows of [y, x1, x2, x3]; absent covariates are 0 (centred)
 * O(rounds · n · 16). Source: Bishop, Pattern Recognition (2006) 3.3; Huber (1964).
 */
export function fitLine(prior: LinePrior, obs: readonly number[]): Line {
  const n = obs.length / TERMS
  const beta = Float64Array.from(prior.mean)
  let cov: Float64Array = new Float64Array(TERMS * TERMS)
  let sigma = prior.sigma
  if (prior.precision[0] === 0 && n > 0) {
    const ys: number[] = []
    for (let i = 0; i < n; i++) ys.push(obs[TERMS * i]!)
    beta[0] = median(ys)
    if (prior.weight < 1) sigma = Math.max(1e-9, 1.4826 * median(ys.map((y) => Math.abs(y - beta[0]!))))
  }
  // Terms that the observations themselves must find, and that make residuals look smaller than they are.
  const spent = Math.min(
    n / 2,
    prior.precision.reduce((sum, p) => sum + 1 / (1 + p * sigma * sigma), 0),
  )
  for (let round = 0; round < 5; round++) {
    const a = new Float64Array(TERMS * TERMS)
    const b = new Float64Array(TERMS)
    for (let j = 0; j < TERMS; j++) {
      const precision = prior.precision[j]! || 1e-9
      a[j * TERMS + j] = precision
      b[j] = precision * prior.mean[j]!
    }
    const inverse = 1 / (sigma * sigma)
    for (let i = 0; i < n; i++) {
      const at = TERMS * i
      const residual = Math.abs(obs[at]! - valueAt(beta, obs, at)) / sigma
      const w = (residual > HUBER && round > 0 ? HUBER / residual : 1) * inverse
      for (let j = 0; j < TERMS; j++) {
        const xj = j === 0 ? 1 : obs[at + j]!
        b[j]! += w * xj * obs[at]!
        for (let k = 0; k < TERMS; k++) a[j * TERMS + k]! += w * xj * (k === 0 ? 1 : obs[at + k]!)
      }
    }
    cov = invert(a)
    for (let j = 0; j < TERMS; j++) {
      let sum = 0
      for (let k = 0; k < TERMS; k++) sum += cov[j * TERMS + k]! * b[k]!
      beta[j] = sum
    }
    let squares = prior.weight * prior.sigma * prior.sigma
    for (let i = 0; i < n; i++) {
      const r = obs[TERMS * i]! - valueAt(beta, obs, TERMS * i)
      const bounded = Math.min(Math.abs(r), 3 * sigma)
      squares += bounded * bounded
    }
    sigma = Math.sqrt(Math.max(1e-18, squares / Math.max(1, prior.weight + n - spent)))
  }
  return { beta, cov, sigma }
}

const valueAt = (beta: Float64Array, obs: readonly number[], at: number): number =>
  beta[0]! + beta[1]! * obs[at + 1]! + beta[2]! * obs[at + 2]! + beta[3]! * obs[at + 3]!

/** Inverse of a positive definite TERMS × TERMS matrix. Gauss and Jordan; the diagonal is never 0, for precisions are not. */
export function invert(matrix: Float64Array): Float64Array {
  const a = Float64Array.from(matrix)
  const out = new Float64Array(TERMS * TERMS)
  for (let i = 0; i < TERMS; i++) out[i * TERMS + i] = 1
  for (let i = 0; i < TERMS; i++) {
    const pivot = a[i * TERMS + i]!
    for (let k = 0; k < TERMS; k++) {
      a[i * TERMS + k]! /= pivot
      out[i * TERMS + k]! /= pivot
    }
    for (let j = 0; j < TERMS; j++) {
      if (j === i) continue
      const by = a[j * TERMS + i]!
      if (by === 0) continue
      for (let k = 0; k < TERMS; k++) {
        a[j * TERMS + k]! -= by * a[i * TERMS + k]!
        out[j * TERMS + k]! -= by * out[i * TERMS + k]!
      }
    }
  }
  return out
}

/** Middle value; NaN of none. Not for the hot path. */
export const median = (values: number[]): number => (values.length === 0 ? NaN : medianOf(values))
