import { nth } from '../../core/index.ts'
import { LIFE_BOUND, LIFE_INPUTS, type LifeModel } from './lifeModel.ts'
import { floats, int, node, writeOnnx } from './onnxGraph.ts'

/** The model file of remaining life: input `x` [n, inputs]; output `lnHours` [n, 3]: quantiles 0.1, 0.5, 0.9. */
export function lifeToOnnx(model: LifeModel, name: string): Uint8Array {
  const width = LIFE_INPUTS.length
  const one = (key: string, value: number): object => floats(key, [1, 1], [value])
  const lines = (['middle', 'below', 'above'] as const).map((line) => ({ line, weights: model[line] }))
  return writeOnnx({
    name,
    inputs: [['x', width]],
    outputs: [['lnHours', 3]],
    constants: [
      floats('means', [1, width], model.means),
      floats('spreads', [1, width], model.spreads),
      one('least', -LIFE_BOUND),
      one('most', LIFE_BOUND),
      one('none', 0),
      one('moreBelow', model.moreBelow),
      one('moreAbove', model.moreAbove),
      ...lines.flatMap(({ line, weights }) => [
        floats(`${line}Weights`, [width, 1], weights.subarray(0, width)),
        one(`${line}Constant`, nth(weights, width)),
      ]),
    ],
    nodes: [
      node('Sub', ['x', 'means'], 'centred'),
      node('Div', ['centred', 'spreads'], 'standardized'),
      node('Max', ['standardized', 'least'], 'notLess'),
      node('Min', ['notLess', 'most'], 'bounded'),
      ...lines.flatMap(({ line }) => [
        node('MatMul', ['bounded', `${line}Weights`], `${line}Sum`),
        node('Add', [`${line}Sum`, `${line}Constant`], `${line}Line`),
      ]),
      ...(['Below', 'Above'] as const).flatMap((side) => [
        node('Softplus', [`${side.toLowerCase()}Line`], `width${side}`),
        node('Add', [`width${side}`, `more${side}`], `wider${side}`),
        node('Max', [`wider${side}`, 'none'], `reach${side}`),
      ]),
      node('Sub', ['middleLine', 'reachBelow'], 'low'),
      node('Add', ['middleLine', 'reachAbove'], 'high'),
      node('Concat', ['low', 'middleLine', 'high'], 'lnHours', [int('axis', 1)]),
    ],
  })
}
