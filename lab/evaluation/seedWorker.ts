// One seed on a thread of its own.
import { parentPort, workerData } from 'node:worker_threads'
import { evaluateSeed, type SeedOrders } from './evaluateSeed.ts'

parentPort?.postMessage(await evaluateSeed(workerData as SeedOrders))
