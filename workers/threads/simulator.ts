// The thread of the simulated world: appliances over MQTT, people over HTTP; nothing else connects it to the product.
import { parentPort, workerData } from 'node:worker_threads'
import { loadCatalog } from '../../catalog/index.ts'
import { servePort, wallClock } from '../../core/index.ts'
import { openSimulatedWorld, type SimulatedWorld } from '../../simulator/index.ts'
import { giveBackWhenIdle } from '../giveBack.ts'
import type { SimulatorData } from '../start/startSimulator.ts'
import { behindTheDoor } from './behindTheDoor.ts'

behindTheDoor()
const { port, ...data } = workerData as SimulatorData
const world = await openSimulatedWorld({ ...data, catalog: loadCatalog(data.catalogDir), wall: wallClock })
giveBackWhenIdle()
servePort<SimulatedWorld>(port, world)
parentPort?.postMessage('ready')
