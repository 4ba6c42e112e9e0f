import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { openReviver, PortCaller, Problem, type Reviver } from '../../core/index.ts'
import type { SimulatorControl } from '../../dashboards/index.ts'
import type { SimulatedWorld } from '../../simulator/index.ts'
import { openThread } from './openThread.ts'

export interface SimulatorData {
  worldDir: string
  catalogDir: string
  seed: number
  appliances: number
  speed: number
  days: number
  mqttUrl: string
  apiUrl: string
  token: string
  /** Where it is asked what `SimulatedWorld` offers. */
  port: MessagePort
}
const TIMEOUT_MS = 10_000

/**
 * The simulated world from the main thread's side. It opens after the doors that it goes through; when its thread dies,
 * another one goes on from what was saved last, and what was asked of it is answered with a Problem that can be tried again.
 */
export function startSimulator(
  failed: (problem: Problem) => void,
  onRetryableError: (code: string, error: unknown) => void,
) {
  let reviver: Reviver<Opened> | undefined
  let worker: Worker | undefined
  let appliances = 0
  const world = new PortCaller<SimulatedWorld>({
    gone: opening,
    timeout: { ms: TIMEOUT_MS, late: busy },
    asError: (error) => (error instanceof Problem ? error : unforeseen(error)),
  })
  function use(opened: Opened): void {
    worker = opened.worker
    world.use(opened.port)
  }
  const control: SimulatorControl = {
    status: async () =>
      world.isOpen ? world.call('status', []) : { appliances, speed: 0, paused: false, now: 0, opening: true },
    set: (change) => world.call('set', [change]),
    // A shape that there is not, the world refuses.
    inject: (fault) => world.call('inject', [fault as Parameters<SimulatedWorld['inject']>[0]]),
    faults: async () => (world.isOpen ? world.call('faults', []) : []),
  }
  return {
    control,
    open(data: Omit<SimulatorData, 'port'>): void {
      appliances = data.appliances
      openReviver({
        open: (died) => openWorldThread(data, died),
        reopened: use,
        onRetryableError: (cause) => onRetryableError('simulator-died', cause),
        failed: (cause) => failed(stopped(cause)),
      }).then(
        (one) => {
          reviver = one
          use(one.first)
        },
        (cause: unknown) => failed(stopped(cause)),
      )
    },
    async close(): Promise<void> {
      reviver?.close()
      if (!world.isOpen) return
      await world.call('close', []).catch(() => {
        // It did not answer in time: what it had saved before is where it goes on.
      })
      await worker?.terminate()
    },
  }
}

interface Opened {
  worker: Worker
  port: MessagePort
}

async function openWorldThread(data: Omit<SimulatorData, 'port'>, died: (cause: unknown) => void): Promise<Opened> {
  const { port1, port2 } = new MessageChannel()
  const { worker } = await openThread(
    new URL('../threads/simulator.ts', import.meta.url),
    {
      workerData: { ...data, port: port2 } satisfies SimulatorData,
      transferList: [port2],
      // What it sends is gone as soon as it is acknowledged.
      resourceLimits: { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 8_192 },
    },
    died,
  )
  return { worker, port: port1 }
}

const unforeseen = ({ message, stack }: Error): Problem =>
  new Problem({ code: 'simulator-failed', message, remedy: 'Report this.', status: 500, cause: stack })
const stopped = (cause: unknown): Problem =>
  new Problem({
    code: 'simulator-failed',
    message: `The simulated world stopped: ${(cause as Error).message}.`,
    remedy: 'Start again: it goes on where it was saved. Report what the log says.',
    cause,
  })
const opening = (): Problem =>
  new Problem({
    code: 'simulator-opening',
    message: 'The simulated world is still opening.',
    remedy: 'Try again in a few seconds.',
    status: 503,
    retryable: true,
  })
const busy = (): Problem =>
  new Problem({
    code: 'simulator-busy',
    message: 'The simulated world did not answer in time.',
    remedy: 'Try again; at a very high speed it answers between two steps.',
    status: 503,
    retryable: true,
  })
