import onnxProto from 'onnx-proto'
import type { Pca } from './pca.ts'

// CommonJS: Node finds its one export only on the default.
const { onnx } = onnxProto

const FLOAT = onnx.TensorProto.DataType.FLOAT
const INT64 = onnx.TensorProto.DataType.INT64

/**
 * The model file of a PCA: inputs `x` [n, features] (absent: 0) and `mask` [n, features] (1 where it was heard); outputs
 * `t2` [n, 1], `q` [n, 1], `contributions` [n, features]. Opset 13, IR 7.
 */
export function pcaToOnnx(pca: Pca, name: string): Uint8Array {
  const { features, components } = pca
  const transposed = new Float32Array(pca.loadings.length)
  for (let f = 0; f < features; f++) {
    for (let k = 0; k < components; k++) transposed[k * features + f] = pca.loadings[f * components + k]!
  }
  const inverse = Float32Array.from(pca.variances, (v) => 1 / v)
  const floats = (key: string, dims: number[], data: Float32Array) => ({
    name: key,
    dims,
    dataType: FLOAT,
    floatData: [...data],
  })
  const node = (opType: string, input: string[], output: string, attribute: object[] = []) => ({
    opType,
    input,
    output: [output],
    name: output,
    attribute,
  })
  const keep = { name: 'keepdims', type: onnx.AttributeProto.AttributeType.INT, i: 1 }
  const value = (key: string, width: number) => ({
    name: key,
    type: { tensorType: { elemType: FLOAT, shape: { dim: [{ dimParam: 'n' }, { dimValue: width }] } } },
  })
  const model = onnx.ModelProto.create({
    irVersion: 7,
    opsetImport: [{ domain: '', version: 13 }],
    producerName: 'hearthwatch',
    graph: {
      name,
      input: [value('x', features), value('mask', features)],
      output: [value('t2', 1), value('q', 1), value('contributions', features)],
      initializer: [
        floats('loadings', [features, components], pca.loadings),
        floats('loadingsT', [components, features], transposed),
        floats('inverse', [1, components], inverse),
        { name: 'axis', dims: [1], dataType: INT64, int64Data: [1] },
      ],
      node: [
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
    },
  } as object)
  return onnx.ModelProto.encode(model).finish()
}
