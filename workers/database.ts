// The thread that owns the relational file of a world.
import { parentPort, workerData } from 'node:worker_threads'
import { serveSqlite } from '../database/index.ts'

const { path } = workerData as { path: string }
parentPort?.once('message', ({ port }) => serveSqlite(path, port))
