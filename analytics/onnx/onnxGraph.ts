import onnxProto from 'onnx-proto'

// CommonJS: Node finds its one export only on the default.
const { onnx } = onnxProto

const FLOAT = onnx.TensorProto.DataType.FLOAT
const INT64 = onnx.TensorProto.DataType.INT64
const { INT, INTS } = onnx.AttributeProto.AttributeType

/** A constant of the graph. */
export const floats = (name: string, dims: number[], data: ArrayLike<number>): object => ({
  name,
  dims,
  dataType: FLOAT,
  floatData: Array.from(data),
})
export const integers = (name: string, data: number[]): object => ({
  name,
  dims: [data.length],
  dataType: INT64,
  int64Data: data,
})
/** A number of the node's own. */
export const int = (name: string, i: number): object => ({ name, type: INT, i })
export const ints = (name: string, list: number[]): object => ({ name, type: INTS, ints: list })
export const node = (opType: string, input: string[], output: string, attribute: object[] = []): object => ({
  opType,
  input,
  output: [output],
  name: output,
  attribute,
})
/** Rows × width, as many rows as a batch has. */
const value = ([name, width]: [string, number]): object => ({
  name,
  type: { tensorType: { elemType: FLOAT, shape: { dim: [{ dimParam: 'n' }, { dimValue: width }] } } },
})

/** A model file of one graph. Opset 13, IR 7. */
export function writeOnnx(graph: {
  name: string
  inputs: [name: string, width: number][]
  outputs: [name: string, width: number][]
  constants: object[]
  nodes: object[]
}): Uint8Array {
  const model = onnx.ModelProto.create({
    irVersion: 7,
    opsetImport: [{ domain: '', version: 13 }],
    producerName: 'hearthwatch',
    graph: {
      name: graph.name,
      input: graph.inputs.map(value),
      output: graph.outputs.map(value),
      initializer: graph.constants,
      node: graph.nodes,
    },
  } as object)
  return onnx.ModelProto.encode(model).finish()
}
