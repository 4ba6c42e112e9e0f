import { gunzipSync } from 'node:zlib'
import type { Kind } from '../catalog/index.ts'
import { HOUR, MINUTE, Problem, type Reading } from '../core/index.ts'

/** One row of a recording: its time and its metrics. */
export type Sample = Pick<Reading, 'ts' | 'metrics'>

/** An array that a contract's payload can hold. */
const MAX_BATCH = 1_000

/**
 * Rows of a recording, in order of time: `unix_s,watts`, or a header `ts,metric…` with ts in ms. Cells that are no
 * number are left out.
 * @param metric the name that `watts` gets
 * @throws Problem `bad-recording`, which says what was found
 */
export function parseSeries(file: Uint8Array, metric: string): Sample[] {
  const bytes = file[0] === 0x1f && file[1] === 0x8b ? gunzipSync(file) : Buffer.from(file)
  const [head = '', ...lines] = bytes.toString('utf8').split(/\r?\n/)
  const columns = head.split(',').map((name) => name.trim())
  const time = columns[0]
  if (columns.length < 2 || (time !== 'unix_s' && time !== 'ts')) {
    throw new Problem({
      code: 'bad-recording',
      message: `The first line is '${head.slice(0, 80)}', not a header.`,
      remedy: `Begin the file with 'unix_s,watts' or with 'ts,' and the names of metrics.`,
    })
  }
  const names = columns.slice(1).map((name) => (name === 'watts' ? metric : name))
  const scale = time === 'unix_s' ? 1_000 : 1
  const samples: Sample[] = []
  for (const line of lines) {
    const [first = '', ...cells] = line.split(',')
    const ts = Math.round(Number(first) * scale)
    if (first.trim() === '' || !Number.isFinite(ts)) continue
    const metrics: Record<string, number> = {}
    for (const [i, cell] of cells.entries()) {
      const value = Number(cell)
      if (cell.trim() !== '' && Number.isFinite(value) && names[i]) metrics[names[i]] = value
    }
    if (Object.keys(metrics).length > 0) samples.push({ ts, metrics })
  }
  return samples.sort((a, b) => a.ts - b.ts)
}

/**
 * One reading for each cadence that has samples, at its end: the mean of them, or their sum for metrics that add up.
 * Gaps stay gaps.
 */
export function averageTo(samples: Sample[], cadenceMs: number, kind: Kind): Sample[] {
  const readings: Sample[] = []
  let slot = Number.NaN
  let sums = new Map<string, [sum: number, n: number]>()
  const finish = (): void => {
    if (sums.size === 0) return
    const metrics = Object.fromEntries(
      [...sums].map(([name, [sum, n]]) => [name, kind.metrics[name]?.sums ? sum : Number((sum / n).toPrecision(12))]),
    )
    readings.push({ ts: (slot + 1) * cadenceMs, metrics })
    sums = new Map()
  }
  for (const { ts, metrics } of samples) {
    const at = Math.floor(ts / cadenceMs)
    if (at !== slot) {
      finish()
      slot = at
    }
    for (const [name, value] of Object.entries(metrics)) {
      const cell = sums.get(name)
      if (cell) {
        cell[0] += value
        cell[1]++
      } else sums.set(name, [value, 1])
    }
  }
  finish()
  return readings
}

/** The same readings, begun at `startAt`, moved by whole cadences so that they stay on their beat. */
export function shiftTo(readings: Sample[], startAt: number, cadenceMs: number): Sample[] {
  const first = readings[0]
  if (!first) return []
  const by = Math.floor((startAt - first.ts) / cadenceMs) * cadenceMs
  return readings.map(({ ts, metrics }) => ({ ts: ts + by, metrics }))
}

/** As an appliance would send them at this speed: single ones when there is time, else arrays of up to an hour. */
export function* batchesOf(readings: Sample[], speed: number, cadenceMs: number): Generator<Sample[]> {
  const spanMs = speed * cadenceMs > 60 * MINUTE ? HOUR : Math.max(1, Math.min(HOUR, speed * 200))
  let batch: Sample[] = []
  for (const reading of readings) {
    if (batch.length > 0 && (reading.ts - batch[0]!.ts >= spanMs || batch.length >= MAX_BATCH)) {
      yield batch
      batch = []
    }
    batch.push(reading)
  }
  if (batch.length > 0) yield batch
}
