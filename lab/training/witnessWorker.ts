// One fleet on a thread of its own.
import { parentPort, workerData } from 'node:worker_threads'
import { type WitnessOrders, witnessFleet } from './witnessFleet.ts'

parentPort?.postMessage(await witnessFleet(workerData as WitnessOrders))
