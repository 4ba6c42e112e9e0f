import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { ModelShape } from './onnxFault.ts'

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

/**
 * One thread, so that results do not depend on the machine. In a folder whose models are proven each is opened, and onnxruntime
 * loaded (60 MB, 0.4 s), when it is first asked.
 * @throws when the file is no model of this shape: looked at before onnxruntime sees it, and tried with one row
 */
export async function openSession(path: string, shape: ModelShape): Promise<OnnxSession> {
  const bytes = readFileSync(path)
  if (!isProven(dirname(path))) return openNow(bytes, shape)
  let opened: Promise<OnnxSession> | undefined
  return {
    async run(rows, inputs) {
      opened ??= openNow(bytes, shape)
      return (await opened).run(rows, inputs)
    },
  }
}

/** Beside a folder of models: all of them were opened and tried by this version of onnxruntime. */
const proofOf = (dir: string): string => `${dir}.proven`
const runtime = (): string => createRequire(import.meta.url)('onnxruntime-node/package.json').version as string
function isProven(dir: string): boolean {
  return existsSync(proofOf(dir)) && readFileSync(proofOf(dir), 'utf8') === runtime()
}
/** The models of a folder that never changes were opened: from now on each is opened when it is first asked. */
export const noteProven = (dir: string): void => writeFileSync(proofOf(dir), runtime())

async function openNow(bytes: Uint8Array, shape: ModelShape): Promise<OnnxSession> {
  const [{ onnxFault }, { InferenceSession, Tensor }] = await Promise.all([
    import('./onnxFault.ts'),
    import('onnxruntime-node'),
  ])
  const fault = onnxFault(bytes, shape)
  if (fault) throw new Error(fault)
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'basic',
  })
  const opened: OnnxSession = {
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
  await tryOneRow(opened, shape)
  return opened
}

/** What declares the right shapes may still not work within, and would fail at the first reading. */
async function tryOneRow(session: OnnxSession, { inputs, outputs }: ModelShape): Promise<void> {
  const row = Object.entries(inputs).map(([name, width]) => [name, new Float32Array(width).fill(1)] as const)
  const out = await session.run(1, Object.fromEntries(row))
  for (const [name, width] of Object.entries(outputs)) {
    const data = out[name]
    if (!(data instanceof Float32Array) || data.length !== ROWS * width)
      throw new Error(`its output ${name} does not come in ${width} columns`)
    if (data.some((value) => !Number.isFinite(value))) throw new Error(`its output ${name} is no number`)
  }
}
