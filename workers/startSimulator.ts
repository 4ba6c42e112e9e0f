import { Worker } from 'node:worker_threads'
import { Problem } from '../core/index.ts'
import type { SimulatorControl } from '../dashboards/index.ts'

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

/** The simulated world from the main thread's side. It opens after the doors that it goes through. */
export function startSimulator(failed: (problem: Problem) => void) {
  let worker: Worker | undefined
  let last = 0
  let appliances = 0
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (problem: Problem) => void }>()

  function ask<T>(method: SimulatorCall['method'], argument?: unknown): Promise<T> {
    if (!worker || !opened) return Promise.reject(opening())
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
  let opened = false
  const control: SimulatorControl = {
    status: () =>
      opened ? ask('status') : Promise.resolve({ appliances, speed: 0, paused: false, now: 0, opening: true }),
    set: (change) => ask('set', change),
    inject: (fault) => ask('inject', fault),
    faults: () => (opened ? ask('faults') : Promise.resolve([])),
  }
  return {
    control,
    open(data: SimulatorData): void {
      appliances = data.appliances
      worker = new Worker(new URL('./simulator.ts', import.meta.url), {
        workerData: data,
        resourceLimits: { maxYoungGenerationSizeMb: 128, maxOldGenerationSizeMb: 8_192 },
      })
      worker.on('message', ({ call, value, problem }: SimulatorAnswer) => {
        if (call === 0) {
          opened = true
          return
        }
        const caller = waiting.get(call)
        waiting.delete(call)
        if (problem) caller?.reject(new Problem(problem))
        else caller?.resolve(value as never)
      })
      worker.on('error', (cause) =>
        failed(
          cause instanceof Problem
            ? cause
            : new Problem({
                code: 'simulator-failed',
                message: `The simulated world stopped: ${cause.message}.`,
                remedy: 'Start again: it goes on where it was saved. Report what the log says.',
                cause,
              }),
        ),
      )
    },
    async close(): Promise<void> {
      if (opened) {
        await ask('close').catch(() => {
          // It did not answer in time: what it had saved before is where it goes on.
        })
      }
      await worker?.terminate()
    },
  }
}

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
