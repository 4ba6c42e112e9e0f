import { nth } from '../../core/index.ts'

/** What remaining life is told from, in the order of the model's input. See `lifeInputs`. */
export const LIFE_INPUTS = [
  'size',
  'largest',
  'progress',
  'sizeOver3Days',
  'sizeOver7Days',
  'sizeOver14Days',
  'progressOver7Days',
  'progressOver14Days',
  'daysSinceCalm',
  'way',
  'timeBy7Days',
  'timeBy14Days',
] as const

/**
 * Remaining life from how a condition has developed: three lines, of the median of ln(hours) and of the (ln) widths down to
 * its 10 % and up to its 90 % quantile. Few parameters, nothing that names a mode: it holds for faults it never met.
 */
export interface LifeModel {
  /** Standardizes the inputs. */
  means: Float32Array
  spreads: Float32Array
  /** Of the median, of the width below it, of the width above it: each inputs and a constant. */
  middle: Float32Array
  below: Float32Array
  above: Float32Array
  /** Added to the widths (ln) so that intervals hold on faults of modes that did not train: conformal. */
  moreBelow: number
  moreAbove: number
}

/** Standardized inputs beyond this say nothing more. */
export const LIFE_BOUND = 3

const softplus = (x: number): number => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(0, x)

/** ln of the hours of the 10 %, 50 % and 90 % quantile. The twin of the ONNX model. */
export function lifeBy(model: LifeModel, inputs: Float64Array): [number, number, number] {
  const line = (weights: Float32Array): number => {
    let sum = nth(weights, inputs.length)
    for (let i = 0; i < inputs.length; i++) sum += nth(weights, i) * standardized(model, inputs, i)
    return sum
  }
  const middle = line(model.middle)
  const below = Math.max(0, softplus(line(model.below)) + model.moreBelow)
  const above = Math.max(0, softplus(line(model.above)) + model.moreAbove)
  return [middle - below, middle, middle + above]
}

export const standardized = (
  { means, spreads }: Pick<LifeModel, 'means' | 'spreads'>,
  inputs: ArrayLike<number>,
  i: number,
): number => Math.max(-LIFE_BOUND, Math.min(LIFE_BOUND, (nth(inputs, i) - nth(means, i)) / nth(spreads, i)))
