// The thread that owns the relational file: `node:sqlite` is synchronous, and commits wait for the disk.
import { parentPort, workerData } from 'node:worker_threads'
import { serveSqlite } from '../../database/index.ts'

serveSqlite(workerData.path, workerData.port)
parentPort?.postMessage('ready')
