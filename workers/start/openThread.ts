import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts a thread, and waits for the first thing that it says.
 * @param died it ended after that, and why if it said so
 * @throws what it ended with before that
 */
export async function openThread<First>(file: URL, options: WorkerOptions, died: (cause: Error) => void) {
  const worker = new Worker(file, options)
  let cause = new Error('The thread ended.')
  worker.on('error', (error: Error) => {
    cause = error
  })
  const first = await new Promise<First>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('exit', () => reject(cause))
  })
  worker.once('exit', () => died(cause))
  return { worker, first }
}
