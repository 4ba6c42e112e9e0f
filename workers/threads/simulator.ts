// The thread of the simulated world: appliances over MQTT, people over HTTP; nothing else connects it to the product.
import { parentPort, workerData } from 'node:worker_threads'
import { loadCatalog } from '../../catalog/index.ts'
import { Problem, wallClock } from '../../core/index.ts'
import { openSimulatedWorld } from '../../simulator/index.ts'
import { giveBackWhenIdle } from '../giveBack.ts'
import type { SimulatorAnswer, SimulatorCall, SimulatorData } from '../start/startSimulator.ts'

const data = workerData as SimulatorData
const port = parentPort
if (!port) throw new Error('this file is a worker thread')

const world = await openSimulatedWorld({ ...data, catalog: loadCatalog(data.catalogDir), wall: wallClock })
giveBackWhenIdle()
port.on('message', async ({ call, method, argument }: SimulatorCall) => {
  const answer = (rest: Omit<SimulatorAnswer, 'call'>): void => port.postMessage({ call, ...rest })
  try {
    switch (method) {
      case 'status':
        return answer({ value: world.status() })
      case 'set':
        return answer({ value: world.set(argument as never) })
      case 'inject':
        return answer({ value: world.inject(argument as never) })
      case 'faults':
        return answer({ value: world.faults() })
      case 'close':
        return answer({ value: await world.close() })
    }
  } catch (error) {
    const { code, message, remedy, status } = error as Problem
    answer({
      problem:
        error instanceof Problem
          ? { code, message, remedy, status }
          : { code: 'simulator-failed', message, remedy: 'Report this.', status: 500 },
    })
  }
})
port.postMessage({ call: 0 })
