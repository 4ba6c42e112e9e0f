import { Worker } from 'node:worker_threads'

/**
 * Every order on a thread of its own, so many at a time. @param script of the thread: it posts one answer
 * @returns answers in the orders' order: they are the same however many run
 */
export async function onThreads<Order, Answer>(script: URL, orders: Order[], threads: number): Promise<Answer[]> {
  const answers: Answer[] = new Array(orders.length)
  let next = 0
  const work = async (): Promise<void> => {
    while (next < orders.length) {
      const at = next++
      answers[at] = await onThread(script, orders[at])
    }
  }
  await Promise.all(Array.from({ length: Math.min(threads, orders.length) }, work))
  return answers
}

function onThread<Answer>(script: URL, workerData: unknown): Promise<Answer> {
  const worker = new Worker(script, { workerData })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`a thread of ${script.pathname} ended with ${code}`)))
  })
}
