import { join } from 'node:path'
import { nth, type RemainingLife, there } from '../../core/index.ts'
import type { KindModel } from './kindModel.ts'
import { LIFE_INPUTS } from './lifeModel.ts'
import { openSession } from './onnxSession.ts'

/** A kind's trained remaining life as loaded. */
export interface LifeScorer {
  /** @param inputs as `lifeInputs` makes them, all of a stretch */
  score(inputs: Float64Array[]): Promise<RemainingLife[]>
}

/** Nothing fails sooner than it can be said, hours. */
const LEAST_HOURS = 1

/** Opens a kind's remaining life. @throws when the file is no model that onnxruntime reads */
export async function openLifeScorer(dir: string, { life }: KindModel): Promise<LifeScorer | null> {
  if (!life) return null
  if (life.inputs.join() !== LIFE_INPUTS.join()) throw new Error('it was trained on other inputs')
  const session = await openSession(join(dir, life.file), {
    inputs: { x: life.inputs.length },
    outputs: { lnHours: 3 },
  })
  return {
    async score(inputs) {
      const x = new Float32Array(inputs.length * life.inputs.length)
      for (const [r, row] of inputs.entries()) x.set(row, r * life.inputs.length)
      const { lnHours } = await session.run(inputs.length, { x })
      const hours = (r: number, q: number): number => Math.max(LEAST_HOURS, Math.exp(nth(there(lnHours), 3 * r + q)))
      return inputs.map((_, r) => {
        const p90 = hours(r, 2)
        // Longer than any course that was seen: nobody knows.
        return { p10: hours(r, 0), p50: hours(r, 1), p90: p90 > life.longestHours ? null : p90 }
      })
    },
  }
}
