import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { KindModel } from './kindModel.ts'
import { PCA_BOUND } from './pca.ts'

/** How far a row is outside of healthy, 1 at the limit that 99 % of healthy rows keep; and by which features. */
export interface PcaVerdict {
  level: number
  contributions: Float32Array
}

/** One scale's PCA as loaded. `score` runs all rows of a tick at once: a single row costs about 100 times more. */
export interface PcaScorer {
  features: string[]
  version: string
  score(rows: Float64Array[]): Promise<PcaVerdict[]>
}

/** Opens a model's session. @throws when the file is no model that onnxruntime reads */
export async function openPcaScorer(dir: string, model: KindModel, scale: string): Promise<PcaScorer | null> {
  const spec = model.pca[scale]
  if (!spec) return null
  const session = await InferenceSession.create(join(dir, spec.file), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'basic',
  })
  const width = spec.features.length
  return {
    features: spec.features,
    version: model.version,
    async score(rows) {
      const x = new Float32Array(rows.length * width)
      const mask = new Float32Array(rows.length * width)
      for (const [r, row] of rows.entries()) {
        for (let f = 0; f < width; f++) {
          if (Number.isNaN(row[f]!)) continue
          x[r * width + f] = Math.max(-PCA_BOUND, Math.min(PCA_BOUND, row[f]!))
          mask[r * width + f] = 1
        }
      }
      const out = await session.run({
        x: new Tensor('float32', x, [rows.length, width]),
        mask: new Tensor('float32', mask, [rows.length, width]),
      })
      const t2 = out.t2!.data as Float32Array // the model declares float outputs
      const q = out.q!.data as Float32Array // as above
      const contributions = out.contributions!.data as Float32Array // as above
      return rows.map((_, r) => ({
        level: Math.max(t2[r]! / spec.t2Limit, q[r]! / spec.qLimit),
        contributions: contributions.subarray(r * width, (r + 1) * width),
      }))
    },
  }
}
