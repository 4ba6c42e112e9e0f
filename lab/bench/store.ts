// What the embedded store takes a second, and how soon it answers, for fridges with a month behind them. Readings here
// are a quarter of an hour apart, so that the month is written in minutes.

import { join } from 'node:path'
import { DAY, HOUR, monotonicMs, SeededRandom, type TelemetryStore } from '../../core/index.ts'
import { openDuckDbTelemetryStore } from '../../ingest/index.ts'
import { fromEnvironment, wholeOption } from '../../scripts/commandOptions.ts'
import { newDataDir, removeDataDir } from '../../test/program.ts'
import { fillStore } from './fillStore.ts'
import { fridgeBatches } from './fridgeBatches.ts'

const APPLIANCES = fromEnvironment('BENCH_APPLIANCES', wholeOption(1, 1_000_000, 10_000))
const DAYS = 30
const QUERIES = 200
const GOAL_MS = 100

export async function store(): Promise<void> {
  const dir = await newDataDir()
  const fridges = fridgeBatches()
  const telemetry = await openDuckDbTelemetryStore({ dir: join(dir, 'store'), catalog: fridges.catalog })
  try {
    const { readings, ms } = await fillStore(telemetry, fridges, APPLIANCES, DAYS)
    const written = readings / (ms / 1_000)
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
