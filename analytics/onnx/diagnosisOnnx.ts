import { cell, nth } from '../../core/index.ts'
import { DIRECTION_LENGTH, type DiagnosisModel, SEEN_LEAST, SEEN_POWER } from './diagnosisModel.ts'
import { floats, int, integers, ints, node, writeOnnx } from './onnxGraph.ts'

/**
 * The model file of a diagnosis: inputs `x` [n, features] (shifts z, bounded; absent: 0) and `mask` [n, features] (1 where
 * it was heard); output `beliefs` [n, modes + 1], the last of `unknown`.
 */
export function diagnosisToOnnx(model: DiagnosisModel, name: string): Uint8Array {
  const { weights } = model
  const features = model.features.length
  const modes = model.modes.length
  const byFeature = new Float32Array(weights.length)
  const squares = new Float32Array(weights.length)
  const all = new Float64Array(modes)
  for (let m = 0; m < modes; m++) {
    for (let f = 0; f < features; f++) {
      const w = nth(weights, m * features + f)
      byFeature[f * modes + m] = w
      all[m] = cell(all, m) + w * w
    }
    for (let f = 0; f < features; f++) squares[f * modes + m] = nth(weights, m * features + f) ** 2 / cell(all, m)
  }
  const one = (key: string, value: number): object => floats(key, [1, 1], [value])
  const keep = int('keepdims', 1)
  return writeOnnx({
    name,
    inputs: [
      ['x', features],
      ['mask', features],
    ],
    outputs: [['beliefs', modes + 1]],
    constants: [
      floats('weights', [features, modes], byFeature),
      floats('squares', [features, modes], squares),
      floats('either', [1, modes], model.either),
      floats(
        'oneWay',
        [1, modes],
        model.either.map((e) => 1 - e),
      ),
      floats('bias', [1, modes], model.bias),
      floats(
        'lengths',
        [1, modes],
        all.map((a) => 1 / Math.sqrt(a)),
      ),
      one('one', 1),
      one('directionSquare', DIRECTION_LENGTH ** 2),
      one('least', SEEN_LEAST),
      one('power', SEEN_POWER - 0.5),
      one('sharpness', model.sharpness),
      one('unknownAt', model.unknownAt),
      one('unknownBy', model.unknownBy),
      integers('axis', [1]),
    ],
    nodes: [
      node('Sign', ['x'], 'sign'),
      node('Abs', ['x'], 'size'),
      node('Add', ['size', 'one'], 'sizeOne'),
      node('Log', ['sizeOne'], 'log'),
      node('Mul', ['sign', 'log'], 'compressed'),
      node('Mul', ['compressed', 'mask'], 'shape'),
      node('Mul', ['shape', 'shape'], 'shapeSquares'),
      node('ReduceSum', ['shapeSquares', 'axis'], 'square', [keep]),
      node('Add', ['square', 'directionSquare'], 'lengthSquare'),
      node('Sqrt', ['lengthSquare'], 'length'),
      node('Div', ['shape', 'length'], 'direction'),
      node('MatMul', ['direction', 'weights'], 'along'),
      node('Abs', ['along'], 'eitherWay'),
      node('Mul', ['along', 'oneWay'], 'alongOne'),
      node('Mul', ['eitherWay', 'either'], 'alongEither'),
      node('Add', ['alongOne', 'alongEither'], 'dot'),
      node('MatMul', ['mask', 'squares'], 'seen'),
      node('Add', ['seen', 'least'], 'seenLeast'),
      node('Pow', ['seenLeast', 'power'], 'share'),
      node('Mul', ['dot', 'share'], 'shared'),
      node('Mul', ['shared', 'lengths'], 'cosines'),
      node('Mul', ['cosines', 'sharpness'], 'sharp'),
      node('Add', ['sharp', 'bias'], 'scores'),
      node('Softmax', ['scores'], 'modes', [int('axis', 1)]),
      node('ReduceMax', ['cosines'], 'best', [ints('axes', [1]), keep]),
      node('Sub', ['unknownAt', 'best'], 'distance'),
      node('Mul', ['distance', 'unknownBy'], 'far'),
      node('Sigmoid', ['far'], 'unknown'),
      node('Sub', ['one', 'unknown'], 'known'),
      node('Mul', ['modes', 'known'], 'knownModes'),
      node('Concat', ['knownModes', 'unknown'], 'beliefs', [int('axis', 1)]),
    ],
  })
}
