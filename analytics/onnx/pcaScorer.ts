import { join } from 'node:path'
import { cell, nth, there } from '../../core/index.ts'
import type { KindModel } from './kindModel.ts'
import { openSession } from './onnxSession.ts'
import { PCA_BOUND } from './pca.ts'

/** How far a row is outside of healthy, 1 at the limit that 99 % of healthy rows keep; and by which features. */
export interface PcaScore {
  level: number
  contributions: Float32Array
}

/** One scale's PCA as loaded. */
export interface PcaScorer {
  features: string[]
  version: string
  score(rows: Float64Array[]): Promise<PcaScore[]>
}

/** Opens a model's session. @throws when the file is no model that onnxruntime reads */
export async function openPcaScorer(dir: string, model: KindModel, scale: string): Promise<PcaScorer | null> {
  const spec = model.pca[scale]
  if (!spec) return null
  const width = spec.features.length
  const session = await openSession(join(dir, spec.file), {
    inputs: { x: width, mask: width },
    outputs: { t2: 1, q: 1, contributions: width },
  })
  return {
    features: spec.features,
    version: model.version,
    async score(rows) {
      const { t2, q, contributions } = await session.run(rows.length, maskedRows(rows, width, PCA_BOUND))
      return rows.map((_, r) => ({
        level: Math.max(nth(there(t2), r) / spec.t2Limit, nth(there(q), r) / spec.qLimit),
        contributions: there(contributions).subarray(r * width, (r + 1) * width),
      }))
    },
  }
}

/** Rows as models read them: bounded values with 0 where absent (NaN), and where they were heard. */
export function maskedRows(
  rows: Float64Array[],
  width: number,
  bound: number,
): { x: Float32Array; mask: Float32Array } {
  const x = new Float32Array(rows.length * width)
  const mask = new Float32Array(rows.length * width)
  for (const [r, row] of rows.entries()) {
    for (let f = 0; f < width; f++) {
      if (Number.isNaN(cell(row, f))) continue
      x[r * width + f] = Math.max(-bound, Math.min(bound, cell(row, f)))
      mask[r * width + f] = 1
    }
  }
  return { x, mask }
}
