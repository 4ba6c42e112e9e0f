// What the embedded store takes a second, and how soon it answers, for fridges with a month behind them. Readings here
// are a quarter of an hour apart, so that the month is written in minutes.

import { join } from 'node:path'
import { DAY, HOUR, MINUTE, monotonicMs, SeededRandom, type TelemetryStore } from '../../core/index.ts'
import { noCounters, openDuckDbTelemetryStore } from '../../ingest/index.ts'
import { fromEnvironment, wholeOption } from '../../scripts/commandOptions.ts'
import { newDataDir, removeDataDir } from '../../test/program.ts'
import { fridgeBatches } from './fridgeBatches.ts'

const APPLIANCES = fromEnvironment('BENCH_APPLIANCES', wholeOption(1, 1_000_000, 10_000))
const DAYS = 30
const STEP_MS = 15 * MINUTE
const QUERIES = 200
const AHEAD = 8
const GOAL_MS = 100

export async function store(): Promise<void> {
  const dir = await newDataDir()
  const fridges = fridgeBatches()
  const telemetry = await openDuckDbTelemetryStore({ dir: join(dir, 'store'), catalog: fridges.catalog })
  try {
    let offset = 0
    let readings = 0
    const began = monotonicMs()
    const steps = (DAYS * DAY) / STEP_MS
    const waiting: Promise<void>[] = []
    for (let step = 0; step < steps; step += 4) {
      const hour = [0, 1, 2, 3].map((i) => fridges.batchOf(APPLIANCES, 0, step + i, offset + i * APPLIANCES, STEP_MS))
      const from = offset
      offset += 4 * APPLIANCES
      readings += 4 * APPLIANCES
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
    const written = readings / ((monotonicMs() - began) / 1_000)
    const end = fridges.start + DAYS * DAY
    const rows = [
      await asked(telemetry, 'the last day, 1,440 points', end - DAY, end, 1_440),
      await asked(telemetry, 'a day three weeks ago', end - 21 * DAY, end - 20 * DAY, 1_440),
      await asked(telemetry, 'an hour a fortnight ago', end - 14 * DAY, end - 14 * DAY + HOUR, 500),
      await asked(telemetry, '30 days in 500 points', end - 30 * DAY, end, 500),
    ]
    console.log(
      `${APPLIANCES.toLocaleString('en')} fridges × ${DAYS} days, ${(readings / 1e6).toFixed(1)} million readings: ${written.toFixed(0)} readings/s written and committed`,
    )
    console.table(rows)
  } finally {
    await telemetry.close()
    await removeDataDir(dir)
  }
}

async function asked(telemetry: TelemetryStore, what: string, from: number, to: number, points: number) {
  const random = new SeededRandom(1, what)
  const ms: number[] = []
  let answered = 0
  for (let i = 0; i < QUERIES; i++) {
    const appliance = `bench-${Math.floor(random.next() * APPLIANCES)}`
    const began = monotonicMs()
    const { ts } = await telemetry.series({ appliance, kind: 'fridge', from, to, points })
    ms.push(monotonicMs() - began)
    answered += ts.length
  }
  if (answered === 0) throw new Error(`nothing was found of ${what}`)
  const sorted = ms.toSorted((a, b) => a - b)
  const p95 = sorted[Math.floor(0.95 * QUERIES)]!
  return {
    query: what,
    'median ms': sorted[QUERIES >> 1]!.toFixed(1),
    'p95 ms': p95.toFixed(1),
    'points each': (answered / QUERIES).toFixed(0),
    goal: p95 <= GOAL_MS ? `p95 ≤ ${GOAL_MS} pass` : `p95 ≤ ${GOAL_MS} falls short`,
  }
}
