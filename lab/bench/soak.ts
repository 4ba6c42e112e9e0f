// An hour at 2,000 readings a second: does memory grow? A command of its own: `npm run bench -- soak`.
import { fromEnvironment, wholeOption } from '../../scripts/commandOptions.ts'
import { newDataDir, quiet, removeDataDir, startProgram } from '../../test/program.ts'
import { portOf, publish, register } from './load.ts'
import { memoryOf } from './processor.ts'

const MINUTES = fromEnvironment('SOAK_MINUTES', wholeOption(1, 100_000, 60))
const RATE = 2_000
const SOCKETS = 2_000
const GOAL_MB = 5

export async function soak(): Promise<void> {
  const dataDir = await newDataDir()
  const program = await startProgram(dataDir, { CLOCK: 'telemetry' })
  try {
    const clients = await register(program, SOCKETS)
    const seen: number[] = []
    const watching = setInterval(() => {
      seen.push(memoryOf(program.pid))
      console.log(`minute ${seen.length}: ${seen.at(-1)!.toFixed(0)} MB`)
    }, 60_000)
    const load = { sockets: SOCKETS, inFlight: 5, batch: 1, rate: RATE, seconds: MINUTES * 60 }
    const outcome = await publish(portOf(program.mqttUrl), load, clients)
    clearInterval(watching)
    await quiet(program, 60_000)
    // Heaps breathe: the lowest of the second sixth against the lowest of the last one.
    const sixth = Math.max(1, Math.floor(seen.length / 6))
    const growth = Math.min(...seen.slice(-sixth)) - Math.min(...seen.slice(sixth, 2 * sixth))
    console.table([
      {
        minutes: MINUTES,
        'readings/s': (outcome.acked / outcome.seconds).toFixed(0),
        'ack p50 / p99 ms': `${outcome.p50Ms.toFixed(1)} / ${outcome.p99Ms.toFixed(1)}`,
        'growth MB': growth.toFixed(1),
        goal: growth <= GOAL_MB ? `≤ ${GOAL_MB} pass` : `≤ ${GOAL_MB} falls short`,
      },
    ])
  } finally {
    await program.stop()
    await removeDataDir(dataDir)
  }
}
