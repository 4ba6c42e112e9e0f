import { DAY, MINUTE, type Millis, monotonicMs, type TelemetryStore } from '../../core/index.ts'
import { noCounters } from '../../ingest/index.ts'
import type { fridgeBatches } from './fridgeBatches.ts'

/** A quarter of an hour: months are written in minutes. */
export const STEP_MS = 15 * MINUTE
const AHEAD = 8

/** So many days of so many fridges. @returns how many readings, and in which time */
export async function fillStore(
  telemetry: TelemetryStore,
  fridges: ReturnType<typeof fridgeBatches>,
  appliances: number,
  days: number,
): Promise<{ readings: number; ms: Millis }> {
  let offset = 0
  const began = monotonicMs()
  const waiting: Promise<void>[] = []
  for (let step = 0; step < (days * DAY) / STEP_MS; step += 4) {
    const hour = [0, 1, 2, 3].map((i) => fridges.batchOf(appliances, 0, step + i, offset + i * appliances, STEP_MS))
    const from = offset
    offset += 4 * appliances
    // As in the program, what waits while a commit is under way shares the next one.
    if (waiting.length === AHEAD) await waiting.shift()
    const empty = {
      frames: 1,
      quarantined: [],
      events: [],
      requeued: [],
      features: [],
      cycles: [],
      counters: noCounters(),
    }
    waiting.push(telemetry.append({ from, upTo: offset, readings: hour, ...empty }))
  }
  await Promise.all(waiting)
  return { readings: offset, ms: monotonicMs() - began }
}
