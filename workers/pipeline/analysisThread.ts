import { Worker } from 'node:worker_threads'
import { Problem } from '../../core/index.ts'
import type { AnalysisData, FromAnalysis } from '../protocol.ts'
import { diedOpening } from './pipelineProblems.ts'
import type { Ready } from './progress.ts'

/** What a thread says once it is ready. */
export type Said = Exclude<FromAnalysis, { type: 'ready' | 'failed' }>

export const openAnalysisThread = (data: AnalysisData): Worker =>
  new Worker(new URL('../threads/analysis.ts', import.meta.url), {
    workerData: data,
    // Batches die young: the generation grows to this under load, and is given back when the thread is idle.
    resourceLimits: { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 8_192 },
    transferList: [data.storePort],
  })

/**
 * Hears a thread from now on, as long as it is ours. @returns what it says first @throws Problem when it could not open
 * @param on `failed`: the world cannot go on; `died`: it ended after it was ready
 */
export function readyOf(
  worker: Worker,
  on: {
    isOurs: () => boolean
    heard: (message: Said) => void
    failed: (problem: Problem) => void
    died: () => void
    onError: (error: Error) => void
  },
): Promise<Ready> {
  return new Promise<Ready>((resolve, reject) => {
    let isReady = false
    worker.on('error', (error: Error) => {
      if (on.isOurs()) on.onError(error)
    })
    worker.once('exit', () => {
      if (!isReady) reject(diedOpening())
      else if (on.isOurs()) on.died()
    })
    worker.on('message', (message: FromAnalysis) => {
      if (!on.isOurs()) return
      if (message.type === 'ready') {
        isReady = true
        resolve(message)
      } else if (message.type === 'failed') {
        const problem = new Problem({ ...message.error, status: 500 })
        reject(problem)
        on.failed(problem)
      } else on.heard(message)
    })
  })
}
