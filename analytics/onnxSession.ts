import { InferenceSession, Tensor } from 'onnxruntime-node'

/** One model file as loaded: takes all rows of a tick at once; a single row costs about 100 times more. */
export interface OnnxSession {
  /** @param inputs by name: all rows of it, row by row. @returns outputs by name, row by row */
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
      const out = await session.run(
        Object.fromEntries(
          Object.entries(inputs).map(([name, data]) => [name, new Tensor('float32', data, [rows, data.length / rows])]),
        ),
      )
      // The models declare float outputs.
      return Object.fromEntries(Object.entries(out).map(([name, { data }]) => [name, data as Float32Array]))
    },
  }
}
