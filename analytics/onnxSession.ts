import { InferenceSession, Tensor } from 'onnxruntime-node'

/**
 * Batches are filled up to a multiple of this with rows of zeros: what is left over by vector instructions is computed by
 * others, which round otherwise, and what is said of a row must not depend on how many came with it.
 */
const ROWS = 16

/** One model file as loaded: takes all rows of a tick at once; a single row costs about 100 times more. */
export interface OnnxSession {
  /** @param inputs by name: all rows of it, row by row. @returns outputs by name, row by row, with more rows at their end */
  run(rows: number, inputs: Record<string, Float32Array>): Promise<Record<string, Float32Array>>
}

/** One thread, so that results do not depend on the machine. @throws when the file is no model that onnxruntime reads */
export async function openSession(path: string): Promise<OnnxSession> {
  const session = await InferenceSession.create(path, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'basic',
  })
  return {
    async run(rows, inputs) {
      const filled = ROWS * Math.ceil(rows / ROWS)
      const tensors = Object.entries(inputs).map(([name, data]) => {
        const width = data.length / rows
        const all = new Float32Array(filled * width)
        all.set(data)
        return [name, new Tensor('float32', all, [filled, width])] as const
      })
      const out = await session.run(Object.fromEntries(tensors))
      // The models declare float outputs.
      return Object.fromEntries(Object.entries(out).map(([name, { data }]) => [name, data as Float32Array]))
    },
  }
}
