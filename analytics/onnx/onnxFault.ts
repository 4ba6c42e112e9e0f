import onnxProto from 'onnx-proto'

// CommonJS: Node finds its one export only on the default.
const { onnx } = onnxProto

/** What a model takes and gives: width by name, each [rows, width] of 32-bit floats. */
export interface ModelShape {
  inputs: Readonly<Record<string, number>>
  outputs: Readonly<Record<string, number>>
}

/** Ours have a few thousand numbers. */
const MOST_NUMBERS = 1_000_000
const MOST_NODES = 500
/** Those that our models are made of, and their like: none holds another graph, or makes much of little. */
const operators = new Set(
  (
    'Abs Add Clip Concat Div Exp Gemm Identity Log MatMul Max Min Mul Neg Pow ReduceMax ReduceSum Relu Sigmoid Sign ' +
    'Softmax Softplus Sqrt Sub Tanh'
  ).split(' '),
)
const { FLOAT, INT64 } = onnx.TensorProto.DataType
type Tensor = InstanceType<typeof onnx.TensorProto>
type Value = InstanceType<typeof onnx.ValueInfoProto>
type Graph = InstanceType<typeof onnx.GraphProto>

/**
 * Why a file is no model of this shape that may be run, in words; undefined: it is one. Only then onnxruntime sees it, which
 * is native code and takes whatever it is given.
 */
export function onnxFault(bytes: Uint8Array, shape: ModelShape): string | undefined {
  let model: InstanceType<typeof onnx.ModelProto>
  try {
    model = onnx.ModelProto.decode(bytes)
  } catch {
    return 'it is no ONNX file'
  }
  const graph = model.graph as Graph | null | undefined
  if (!graph) return 'it holds no graph'
  if (model.opsetImport?.some(({ domain }) => domain)) return 'it needs operators of another domain'
  return (
    nodesFault(graph) ??
    constantsFault(graph) ??
    valuesFault('input', graph.input as Value[], shape.inputs) ??
    valuesFault('output', graph.output as Value[], shape.outputs)
  )
}

function nodesFault({ node: nodes = [] }: Graph): string | undefined {
  if (!nodes || nodes.length > MOST_NODES) return `it has more than ${MOST_NODES} operators`
  for (const { opType, domain, attribute } of nodes) {
    if (domain || !operators.has(opType ?? '')) return `it has the operator '${opType}', which no model here needs`
    for (const one of attribute ?? [])
      if (one.g || one.graphs?.length || one.t || one.tensors?.length || one.strings?.length)
        return `its operator '${opType}' holds more than numbers`
  }
  return undefined
}

function constantsFault(graph: Graph): string | undefined {
  let all = 0
  for (const tensor of (graph.initializer ?? []) as Tensor[]) {
    const { name, dims, dataType } = tensor
    if (tensor.dataLocation || tensor.externalData?.length) return `its constant '${name}' lies in another file`
    if (dataType !== FLOAT && dataType !== INT64) return `its constant '${name}' is neither of floats nor of integers`
    const given = numbersOf(tensor)
    const said = (dims ?? []).reduce((product: number, one) => product * Number(one), 1)
    if (given.length !== said) return `its constant '${name}' has ${given.length} numbers, and says ${said}`
    if (dataType === FLOAT && !Array.from(given).every(Number.isFinite))
      return `its constant '${name}' has a number that is none`
    all += said
  }
  return all > MOST_NUMBERS ? `its constants have ${all} numbers, ${MOST_NUMBERS} are allowed` : undefined
}

/** As they stand: listed, or as raw bytes. */
function numbersOf({ dataType, floatData, int64Data, rawData }: Tensor): ArrayLike<unknown> {
  const raw = rawData?.length ? Uint8Array.from(rawData) : undefined
  if (dataType === INT64) return raw ? { length: raw.length / 8 } : (int64Data ?? [])
  if (!raw) return floatData ?? []
  return raw.length % 4 === 0 ? [...new Float32Array(raw.buffer)] : { length: raw.length / 4 }
}

function valuesFault(what: string, values: Value[], wanted: Readonly<Record<string, number>>): string | undefined {
  const names = Object.keys(wanted)
  const given = values.map(({ name }) => name ?? '')
  if (given.length !== names.length || !names.every((name) => given.includes(name)))
    return `its ${what}s are ${given.join(', ') || 'none'}, and should be ${names.join(', ')}`
  for (const { name, type } of values) {
    const tensor = type?.tensorType
    const dims = tensor?.shape?.dim ?? []
    const width = Number(dims[1]?.dimValue)
    if (tensor?.elemType !== FLOAT || dims.length !== 2) return `its ${what} ${name} is no table of floats`
    const should = wanted[name ?? '']
    if (width !== should) return `its ${what} ${name} has ${width} columns, and should have ${should}`
  }
  return undefined
}
