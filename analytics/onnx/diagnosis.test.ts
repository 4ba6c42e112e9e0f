import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gaussian, SeededRandom } from '../../core/index.ts'
import { beliefsBy, type DiagnosisModel } from './diagnosisModel.ts'
import { diagnosisToOnnx } from './diagnosisOnnx.ts'
import { openDiagnosisScorer } from './diagnosisScorer.ts'
import type { KindModel } from './kindModel.ts'

const random = new SeededRandom(5, 'diagnosis')
const features = Array.from({ length: 12 }, (_, f) => `f${f}`)
const modes = ['a', 'b', 'c', 'd']
const model: DiagnosisModel = {
  features,
  modes,
  weights: Float32Array.from({ length: 48 }, () => gaussian(random)),
  either: Uint8Array.from([0, 0, 1, 0]),
  sharpness: Math.fround(11.3),
  bias: Float32Array.from(modes, () => 0.3 * gaussian(random)),
  unknownAt: Math.fround(0.41),
  unknownBy: 20,
}
/** Profiles near a mode, far from all, and with most of their features absent. */
const profiles = Array.from({ length: 400 }, (_, i) => {
  const size = Math.exp(2 * gaussian(random))
  return Float64Array.from(features, (_, f) => {
    if (random.next() < (i % 4) / 4) return NaN
    return size * ((i % 2) * model.weights[(i % 4) * 12 + f]! + gaussian(random))
  })
})
const dir = mkdtempSync(join(tmpdir(), 'hearthwatch-diagnosis-'))
writeFileSync(join(dir, 'test.onnx'), diagnosisToOnnx(model, 'test'))
const sidecar = { diagnosis: { file: 'test.onnx', features, modes } } as unknown as KindModel // only what a scorer reads
const open = async (known = modes) => (await openDiagnosisScorer(dir, sidecar, features, known))!

test('TypeScript and ONNX Runtime agree to 1e-5 on every mode and on unknown, with features missing', async () => {
  const scored = await (await open()).score(profiles)
  for (const [i, profile] of profiles.entries()) {
    const own = beliefsBy(model, profile)
    expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
    for (const [m, belief] of own.entries()) expect(Math.abs(scored[i]![m]! - belief)).toBeLessThan(1e-5)
  }
})

test('a profile is told the same alone, in pairs and among many', async () => {
  const scorer = await open()
  const together = await scorer.score(profiles)
  for (let i = 0; i < 60; i++) {
    expect(await scorer.score([profiles[i]!])).toEqual([together[i]])
    expect(await scorer.score(profiles.slice(i, i + 2))).toEqual(together.slice(i, i + 2))
    expect(await scorer.score(profiles.slice(i, i + 7))).toEqual(together.slice(i, i + 7))
  }
})

test('what points nowhere, or was never heard, is unknown; a mode that the catalog has since gained is not believed', async () => {
  const scorer = await open(['a', 'b', 'new', 'c', 'd'])
  const nowhere = new Float64Array(features.length)
  for (const profile of [nowhere, nowhere.map(() => NaN)]) {
    const [beliefs] = await scorer.score([profile])
    expect(beliefs![5]).toBeGreaterThan(0.99)
    expect(beliefs![2]).toBe(0)
  }
})
