import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadKindModel } from './kindModel.ts'
import { onnxFault } from './onnxFault.ts'
import { floats, int, node, writeOnnx } from './onnxGraph.ts'

const models = fileURLToPath(new URL('../../models', import.meta.url))
const shape = { inputs: { x: 2 }, outputs: { y: 2 } }
type Graph = Parameters<typeof writeOnnx>[0]
const sound: Graph = {
  name: 'sound',
  inputs: [['x', 2]],
  outputs: [['y', 2]],
  constants: [floats('one', [1, 2], [1, 1])],
  nodes: [node('Add', ['x', 'one'], 'y')],
}
const faultOf = (change: Partial<Graph>): string | undefined => onnxFault(writeOnnx({ ...sound, ...change }), shape)

test('a model of the right shape passes, and so do all that the program comes with', () => {
  expect(faultOf({})).toBeUndefined()
  const kinds = readdirSync(models).filter((name) => name.endsWith('.json'))
  expect(kinds.length).toBe(3)
  for (const file of kinds) {
    const { pca } = loadKindModel(models, file.replace('.json', ''))!
    for (const { file, features } of Object.values(pca)) {
      const width = features.length
      const ofPca = { inputs: { x: width, mask: width }, outputs: { t2: 1, q: 1, contributions: width } }
      expect(onnxFault(readFileSync(join(models, file)), ofPca)).toBeUndefined()
      expect(onnxFault(readFileSync(join(models, file)), { ...ofPca, inputs: { x: 3, mask: width } })).toMatch(
        /columns/,
      )
    }
  }
})

test.each<[Partial<Graph>, RegExp]>([
  [{ inputs: [['z', 2]] }, /inputs are z, and should be x/],
  [{ outputs: [['y', 3]] }, /output y has 3 columns, and should have 2/],
  [{ inputs: [] }, /inputs are none/],
  [{ nodes: [node('Loop', ['x'], 'y')] }, /operator 'Loop'/],
  [{ nodes: [node('Tile', ['x', 'one'], 'y')] }, /operator 'Tile'/],
  [{ nodes: [node('Add', ['x', 'one'], 'y', [{ name: 'body', type: 5, g: { name: 'inner' } }])] }, /more than numbers/],
  [{ constants: [floats('one', [1_000_000, 1_000_000], [1])] }, /has 1 numbers, and says 1000000000000/],
  [{ constants: [floats('one', [1, 2], [1, Number.NaN])] }, /a number that is none/],
  [{ constants: [{ name: 'one', dims: [2], dataType: 1, dataLocation: 1 }] }, /lies in another file/],
  [{ constants: [{ name: 'one', dims: [1], dataType: 8, stringData: [Buffer.from('x')] }] }, /neither of floats/],
  [{ nodes: Array.from({ length: 501 }, (_, i) => node('Abs', ['x'], `y${i}`, [int('a', 1)])) }, /more than 500/],
])('%# another one is refused with what is wrong', (change, why) => {
  expect(faultOf(change)).toMatch(why)
})

test('no bytes make it throw', () => {
  const whole = writeOnnx(sound)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(whole.length), fc.nat(whole.length), (junk, cut, at) => {
      onnxFault(junk, shape)
      onnxFault(whole.subarray(0, cut), shape)
      const spoilt = Uint8Array.from(whole)
      spoilt.set(junk.subarray(0, Math.min(3, whole.length - at)), at)
      onnxFault(spoilt, shape)
    }),
  )
})
