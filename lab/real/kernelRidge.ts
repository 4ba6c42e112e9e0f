import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { gaussian, type Random } from '../../core/index.ts'

/** A smooth curve over features, for remaining life; beside trees, which are steps. */
export interface KernelRidge {
  means: Float64Array
  spreads: Float64Array
  /** waves × features, row by row. */
  directions: Float64Array
  phases: Float64Array
  /** Of the waves, of the standardized features, and of 1. */
  weights: Float64Array
}

export interface KernelOptions {
  /** Cosines that stand for the Gaussian kernel. */
  waves: number
  /** 1 / (2 width²) of the kernel, in squared spreads of the features. */
  gamma: number
  /** Weight of the squared weights beside the squared errors. */
  ridge: number
}

/** Standardized features beyond this say nothing more. */
const BOUND = 4

/**
 * Ridge regression on random cosines, which nears Gaussian kernel ridge regression at a fixed size.
 * @param rows by row its features, all finite, all of one length
 * @param targets by row
 * O(rows × (waves + features)²). Source: Rahimi and Recht, Random Features for Large-Scale Kernel Machines (2007).
 */
export function fitKernelRidge(
  rows: Float64Array[],
  targets: Float64Array,
  { waves, gamma, ridge }: KernelOptions,
  random: Random,
): KernelRidge {
  const features = rows[0]!.length
  const means = new Float64Array(features)
  const spreads = new Float64Array(features)
  for (const row of rows) for (let f = 0; f < features; f++) means[f]! += row[f]! / rows.length
  for (const row of rows) for (let f = 0; f < features; f++) spreads[f]! += (row[f]! - means[f]!) ** 2 / rows.length
  for (let f = 0; f < features; f++) spreads[f] = Math.sqrt(spreads[f]!) || 1
  const model: KernelRidge = {
    means,
    spreads,
    directions: Float64Array.from({ length: waves * features }, () => Math.sqrt(2 * gamma) * gaussian(random)),
    phases: Float64Array.from({ length: waves }, () => 2 * Math.PI * random.next()),
    weights: new Float64Array(waves + features + 1),
  }
  const size = model.weights.length
  const squares = Array.from({ length: size }, () => new Float64Array(size))
  const products = new Float64Array(size)
  const basis = new Float64Array(size)
  for (const [r, row] of rows.entries()) {
    fillBasis(model, row, basis)
    for (let a = 0; a < size; a++) {
      const one = basis[a]!
      const line = squares[a]!
      products[a]! += one * targets[r]!
      for (let b = 0; b <= a; b++) line[b]! += one * basis[b]!
    }
  }
  for (let a = 0; a < size; a++) {
    // The constant is not held back.
    squares[a]![a]! += a === size - 1 ? 1e-6 : ridge
    for (let b = 0; b < a; b++) squares[b]![a] = squares[a]![b]!
  }
  const solved = new CholeskyDecomposition(new Matrix(squares.map((line) => Array.from(line))))
  model.weights.set(solved.solve(Matrix.columnVector(Array.from(products))).to1DArray())
  return model
}

/** O(waves × features). */
export function predictKernelRidge(model: KernelRidge, row: Float64Array): number {
  const basis = new Float64Array(model.weights.length)
  fillBasis(model, row, basis)
  let sum = 0
  for (let i = 0; i < basis.length; i++) sum += basis[i]! * model.weights[i]!
  return sum
}

function fillBasis({ means, spreads, directions, phases }: KernelRidge, row: Float64Array, basis: Float64Array): void {
  const waves = phases.length
  const features = means.length
  for (let f = 0; f < features; f++)
    basis[waves + f] = Math.max(-BOUND, Math.min(BOUND, (row[f]! - means[f]!) / spreads[f]!))
  const scale = Math.sqrt(2 / waves)
  for (let w = 0; w < waves; w++) {
    let angle = phases[w]!
    for (let f = 0; f < features; f++) angle += directions[w * features + f]! * basis[waves + f]!
    basis[w] = scale * Math.cos(angle)
  }
  basis[waves + features] = 1
}
