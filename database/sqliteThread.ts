import { parentPort, workerData } from 'node:worker_threads'
import { serveSqlite } from './sqliteWorker.ts'

parentPort?.once('message', ({ port }) => serveSqlite(workerData.path, port))
