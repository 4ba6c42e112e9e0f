import type { Kind } from '../catalog/index.ts'
import { HOUR, MINUTE } from '../core/index.ts'
import { type Change, type Recording, readRecording, type Sample } from '../ingest/index.ts'

/** An array that a contract's payload can hold. */
const MAX_BATCH = 1_000

/** The power of a plug, `unix_s,watts`: for recordings that are known to be whole. */
export const powerOf = (file: Uint8Array, kind: Kind): Sample[] =>
  readRecording(file, { kind, metric: 'power' }).samples

/** Readings at a cadence of either kind of recording, and how many values were left out of means as implausible. */
export const readingsOf = (
  recording: Recording,
  cadenceMs: number,
  kind: Kind,
): { readings: Sample[]; implausible: number } =>
  recording.understood.format === 'rows'
    ? averageTo(recording.samples, cadenceMs, kind)
    : holdTo(recording.changes, cadenceMs, kind)

/**
 * One reading for each cadence that has samples, at its end: the mean of them, or their sum for metrics that add up.
 * Gaps stay gaps. A value that no sensor of the kind can mean spoils no mean: it is left out and counted, and stands for
 * itself where nothing else does, so that whoever judges readings sees it.
 */
export function averageTo(
  samples: Sample[],
  cadenceMs: number,
  kind: Kind,
): { readings: Sample[]; implausible: number } {
  const readings: Sample[] = []
  let implausible = 0
  let slot = Number.NaN
  let sums = new Map<string, { sum: number; n: number; odd?: number }>()
  const finish = (): void => {
    if (sums.size === 0) return
    const metrics = [...sums].map(([name, { sum, n, odd }]): [string, number] => {
      if (n === 0) return [name, odd ?? Number.NaN]
      return [name, kind.metrics[name]?.sums ? sum : rounded(sum / n)]
    })
    readings.push({ ts: (slot + 1) * cadenceMs, metrics: Object.fromEntries(metrics) })
    sums = new Map()
  }
  for (const { ts, metrics } of samples) {
    const at = Math.floor(ts / cadenceMs)
    if (at !== slot) {
      finish()
      slot = at
    }
    for (const [name, value] of Object.entries(metrics)) {
      const cell = sums.get(name) ?? { sum: 0, n: 0 }
      sums.set(name, cell)
      if (isPlausible(kind, name, value)) {
        cell.sum += value
        cell.n++
      } else {
        cell.odd = value
        implausible++
      }
    }
  }
  finish()
  return { readings, implausible }
}

/**
 * Changes as readings at a cadence: each value holds until the next one, and a reading says its mean over the time that
 * it was known; where nothing is known there is none. What adds up is summed instead.
 */
export function holdTo(
  changes: ReadonlyMap<string, Change[]>,
  cadenceMs: number,
  kind: Kind,
): { readings: Sample[]; implausible: number } {
  let implausible = 0
  const slots = new Map<number, [string, number][]>()
  const end = Math.max(...[...changes.values()].map((of) => of.at(-1)?.ts ?? 0))
  for (const [name, of] of changes) {
    const known = of.filter(({ value }) => {
      const isKnown = value === null || isPlausible(kind, name, value)
      if (!isKnown) implausible++
      return isKnown
    })
    const sums = new Map<number, { sum: number; weight: number }>()
    for (const [i, { ts, value }] of known.entries()) {
      if (value === null) continue
      const until = known[i + 1]?.ts ?? end
      const isSum = kind.metrics[name]?.sums
      for (let from = ts; from < until || from === ts; ) {
        const slot = Math.floor(from / cadenceMs)
        const to = isSum ? from : Math.min(until, (slot + 1) * cadenceMs)
        const weight = isSum ? 1 : Math.max(to - from, 1)
        const cell = sums.get(slot) ?? { sum: 0, weight: 0 }
        sums.set(slot, { sum: cell.sum + value * weight, weight: cell.weight + weight })
        if (isSum || to <= from) break
        from = to
      }
    }
    for (const [slot, { sum, weight }] of sums) {
      const value = kind.metrics[name]?.sums ? sum : rounded(sum / weight)
      slots.set(slot, [...(slots.get(slot) ?? []), [name, value]])
    }
  }
  const readings = [...slots]
    .sort(([a], [b]) => a - b)
    .map(([slot, metrics]) => ({ ts: (slot + 1) * cadenceMs, metrics: Object.fromEntries(metrics) }))
  return { readings, implausible }
}

function isPlausible(kind: Kind, name: string, value: number): boolean {
  if (!kind.metricIndex.has(name)) return true
  const [low, high] = kind.metrics[name]?.plausible ?? [-Infinity, Infinity]
  return value >= low && value <= high
}
const rounded = (value: number): number => Number(value.toPrecision(12))

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
