import { join } from 'node:path'
import { nth, there } from '../../core/index.ts'
import { PROFILE_BOUND } from './diagnosisModel.ts'
import type { KindModel } from './kindModel.ts'
import { openSession } from './onnxSession.ts'
import { maskedRows } from './pcaScorer.ts'

/** A kind's trained diagnosis as loaded. */
export interface DiagnosisScorer {
  /** @param profiles z by feature, all of a stretch. @returns by profile: probabilities by mode, the last of `unknown` */
  score(profiles: Float64Array[]): Promise<Float64Array[]>
  /** Features of the profiles that it was not trained on. */
  untrained: readonly number[]
}

/**
 * Opens a kind's diagnosis.
 * @param features of the profiles that it will be given, @param modes in the order that beliefs are wanted in: what the model
 * does not know of them stays 0
 * @throws when the file is no model that onnxruntime reads
 */
export async function openDiagnosisScorer(
  dir: string,
  { diagnosis }: KindModel,
  features: string[],
  modes: string[],
): Promise<DiagnosisScorer | null> {
  if (!diagnosis) return null
  const width = diagnosis.modes.length + 1
  const session = await openSession(join(dir, diagnosis.file), {
    inputs: { x: diagnosis.features.length, mask: diagnosis.features.length },
    outputs: { beliefs: width },
  })
  const places = diagnosis.features.map((name) => features.indexOf(name))
  const order = diagnosis.modes.map((mode) => modes.indexOf(mode))
  return {
    untrained: [...features.keys()].filter((f) => !places.includes(f)),
    async score(profiles) {
      const inputs = profiles.map((profile) => Float64Array.from(places, (f) => profile[f] ?? NaN))
      const out = await session.run(inputs.length, maskedRows(inputs, places.length, PROFILE_BOUND))
      return inputs.map((_, r) => {
        const beliefs = new Float64Array(modes.length + 1)
        for (const [m, place] of order.entries())
          if (place >= 0) beliefs[place] = nth(there(out.beliefs), r * width + m)
        beliefs[modes.length] = nth(there(out.beliefs), r * width + width - 1)
        return beliefs
      })
    },
  }
}
