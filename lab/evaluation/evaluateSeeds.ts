import type { SeedOrders, SeedResult } from './evaluateSeed.ts'
import { onThreads } from './onThreads.ts'

/** Every order on a thread of its own, so many at a time. @returns results in the orders' order: it is the same however many run */
export const evaluateSeeds = (orders: SeedOrders[], threads: number): Promise<SeedResult[]> =>
  onThreads(new URL('./seedWorker.ts', import.meta.url), orders, threads)
