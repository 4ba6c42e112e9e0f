// The thread that owns a relational file: `node:sqlite` is synchronous, and commits wait for the disk. It loads no more
// than that, so that it is there at once.
import { parentPort, workerData } from 'node:worker_threads'
import { servePort } from '../core/running/portCall.ts'
import { openConnections } from './sqliteConnections.ts'

servePort(workerData.port, openConnections(workerData.path))
parentPort?.postMessage('ready')
