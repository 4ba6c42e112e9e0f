import { nth } from '../../core/index.ts'
import { floats, int, integers, node, writeOnnx } from './onnxGraph.ts'
import type { Pca } from './pca.ts'

/**
 * The model file of a PCA: inputs `x` [n, features] (absent: 0) and `mask` [n, features] (1 where it was heard); outputs
 * `t2` [n, 1], `q` [n, 1], `contributions` [n, features].
 */
export function pcaToOnnx(pca: Pca, name: string): Uint8Array {
  const { features, components } = pca
  const transposed = new Float32Array(pca.loadings.length)
  for (let f = 0; f < features; f++) {
    for (let k = 0; k < components; k++) transposed[k * features + f] = nth(pca.loadings, f * components + k)
  }
  const keep = int('keepdims', 1)
  return writeOnnx({
    name,
    inputs: [
      ['x', features],
      ['mask', features],
    ],
    outputs: [
      ['t2', 1],
      ['q', 1],
      ['contributions', features],
    ],
    constants: [
      floats('loadings', [features, components], pca.loadings),
      floats('loadingsT', [components, features], transposed),
      floats(
        'inverse',
        [1, components],
        pca.variances.map((v) => 1 / v),
      ),
      integers('axis', [1]),
    ],
    nodes: [
      node('Mul', ['x', 'mask'], 'heard'),
      node('MatMul', ['heard', 'loadings'], 'scores'),
      node('Mul', ['scores', 'inverse'], 'scaled'),
      node('Mul', ['scores', 'scaled'], 'squares'),
      node('ReduceSum', ['squares', 'axis'], 't2', [keep]),
      node('MatMul', ['scores', 'loadingsT'], 'model'),
      node('Sub', ['heard', 'model'], 'difference'),
      node('Mul', ['difference', 'mask'], 'residual'),
      node('Mul', ['residual', 'residual'], 'residualSquares'),
      node('ReduceSum', ['residualSquares', 'axis'], 'q', [keep]),
      node('MatMul', ['scaled', 'loadingsT'], 'weighted'),
      node('Mul', ['heard', 'weighted'], 't2Parts'),
      node('Add', ['t2Parts', 'residualSquares'], 'contributions'),
    ],
  })
}
