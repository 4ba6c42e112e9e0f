import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gaussian, SeededRandom } from '../../core/index.ts'
import { type KindModel, sha256 } from './kindModel.ts'
import { fitPca, scorePca } from './pca.ts'
import { pcaToOnnx } from './pcaOnnx.ts'
import { openPcaScorer } from './pcaScorer.ts'

test('TypeScript and ONNX Runtime agree to 1e-5, with features missing', async () => {
  const random = new SeededRandom(11, 'pca')
  const features = 8
  const mix = Array.from({ length: features }, () => Array.from({ length: 3 }, () => gaussian(random)))
  const rows = Array.from({ length: 500 }, () => {
    const factors = [gaussian(random), gaussian(random), gaussian(random)]
    return Float64Array.from(mix, (weights) =>
      weights.reduce((sum, w, k) => sum + w * factors[k]!, 0.3 * gaussian(random)),
    )
  })
  const correlation = mix.map((_, a) =>
    mix.map((_, b) => {
      const [ab, aa, bb] = rows.reduce(
        ([x, y, z], row) => [x! + row[a]! * row[b]!, y! + row[a]! ** 2, z! + row[b]! ** 2],
        [0, 0, 0],
      )
      return ab! / Math.sqrt(aa! * bb!)
    }),
  )
  const pca = fitPca(correlation, 0.85)
  const bytes = pcaToOnnx(pca, 'test')
  const dir = mkdtempSync(join(tmpdir(), 'hearthwatch-pca-'))
  writeFileSync(join(dir, 'test.onnx'), bytes)
  const names = Array.from({ length: features }, (_, f) => `f${f}`)
  const model = {
    version: '1',
    pca: {
      day: {
        file: 'test.onnx',
        sha256: sha256(bytes),
        features: names,
        components: pca.components,
        t2Limit: 1,
        qLimit: 1e9,
      },
    },
  } as unknown as KindModel // only what a scorer reads
  const scorer = (await openPcaScorer(dir, model, 'day'))!
  for (const row of rows) if (random.next() < 0.5) row[Math.floor(random.next() * features)] = NaN
  const scored = await scorer.score(rows)
  for (const [i, row] of rows.entries()) {
    const own = scorePca(pca, row)
    expect(Math.abs(scored[i]!.level - own.t2) / (1 + own.t2)).toBeLessThan(1e-5)
    for (let f = 0; f < features; f++) {
      expect(
        Math.abs(scored[i]!.contributions[f]! - own.contributions[f]!) / (1 + Math.abs(own.contributions[f]!)),
      ).toBeLessThan(1e-5)
      if (Number.isNaN(row[f]!)) expect(own.contributions[f]).toBe(0)
    }
  }
})
