import type { Worker } from 'node:worker_threads'
import { openReviver, Problem, type Reviver } from '../../core/index.ts'
import type { SimulatorControl } from '../../dashboards/index.ts'
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
}
export interface SimulatorCall {
  call: number
  method: 'status' | 'set' | 'inject' | 'faults' | 'close'
  argument?: unknown
}
export interface SimulatorAnswer {
  call: number
  value?: unknown
  problem?: { code: string; message: string; remedy: string; status: number }
}

const TIMEOUT_MS = 10_000

/**
 * The simulated world from the main thread's side. It opens after the doors that it goes through; when its thread dies,
 * another one goes on from what was saved last, and what was asked of it is answered with a Problem that can be tried again.
 */
export function startSimulator(failed: (problem: Problem) => void, troubled: (code: string, error: unknown) => void) {
  let worker: Worker | undefined
  let reviver: Reviver<Worker> | undefined
  let last = 0
  let appliances = 0
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (problem: Problem) => void }>()

  function ask<T>(method: SimulatorCall['method'], argument?: unknown): Promise<T> {
    if (!worker) return Promise.reject(opening())
    return new Promise((resolve, reject) => {
      const call = ++last
      const timer = setTimeout(() => {
        waiting.delete(call)
        reject(busy())
      }, TIMEOUT_MS)
      const settle =
        <V>(end: (value: V) => void) =>
        (value: V): void => {
          clearTimeout(timer)
          end(value)
        }
      waiting.set(call, { resolve: settle(resolve) as never, reject: settle(reject) })
      worker?.postMessage({ call, method, argument } satisfies SimulatorCall)
    })
  }
  function use(thread: Worker): void {
    worker = thread
    thread.on('message', ({ call, value, problem }: SimulatorAnswer) => {
      const caller = waiting.get(call)
      waiting.delete(call)
      if (problem) caller?.reject(new Problem(problem))
      else caller?.resolve(value as never)
    })
  }
  /** Its thread is gone, and so is what was asked of it. */
  async function lost(): Promise<void> {
    worker = undefined
    for (const { reject } of waiting.values()) reject(opening())
    waiting.clear()
  }
  const control: SimulatorControl = {
    status: () =>
      worker ? ask('status') : Promise.resolve({ appliances, speed: 0, paused: false, now: 0, opening: true }),
    set: (change) => ask('set', change),
    inject: (fault) => ask('inject', fault),
    faults: () => (worker ? ask('faults') : Promise.resolve([])),
  }
  return {
    control,
    open(data: SimulatorData): void {
      appliances = data.appliances
      // It grows to this while much happens, and is given back when it is idle.
      const resourceLimits = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 8_192 }
      const file = new URL('../threads/simulator.ts', import.meta.url)
      openReviver({
        open: async (died) => (await openThread(file, { workerData: data, resourceLimits }, died)).worker,
        lost,
        reopened: use,
        troubled: (cause) => troubled('simulator-died', cause),
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
      if (!worker) return
      await ask('close').catch(() => {
        // It did not answer in time: what it had saved before is where it goes on.
      })
      await worker?.terminate()
    },
  }
}

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
