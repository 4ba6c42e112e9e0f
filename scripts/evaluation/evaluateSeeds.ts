import { Worker } from 'node:worker_threads'
import type { SeedOrders, SeedResult } from './evaluateSeed.ts'

/** Every order on a thread of its own, so many at a time. @returns results in the orders' order: it is the same however many run */
export async function evaluateSeeds(orders: SeedOrders[], threads: number): Promise<SeedResult[]> {
  const results: SeedResult[] = new Array(orders.length)
  let next = 0
  const work = async (): Promise<void> => {
    while (next < orders.length) {
      const at = next++
      results[at] = await onThread(orders[at]!)
    }
  }
  await Promise.all(Array.from({ length: Math.min(threads, orders.length) }, work))
  return results
}

function onThread(workerData: SeedOrders): Promise<SeedResult> {
  const worker = new Worker(new URL('./seedWorker.ts', import.meta.url), { workerData })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`a seed’s thread ended with ${code}`)))
  })
}
