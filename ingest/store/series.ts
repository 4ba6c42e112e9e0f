import type { Kind } from '../../catalog/index.ts'
import { byName, own, type Series } from '../../core/index.ts'
import { Summary } from './applianceHour.ts'
import type { GatheredRows } from './readingBlock.ts'

/**
 * Rows as an answer: each as it is when there are no more than `points`, else in at most `points` stretches of equal
 * length with min, mean and max of the plausible values. A stretch stands at its last reading.
 * @param rows in any order
 * @param wanted metric names; undefined: all that have a value
 */
export function seriesOfRows(kind: Kind, rows: GatheredRows, points: number, wanted: string[] | undefined): Series {
  rows.sort((a, b) => a.ts - b.ts)
  if (rows.length > points) return seriesOfSummaries(kind, summarise(kind, rows, points), points, wanted)
  const series: Series = { ts: rows.map(({ ts }) => ts), series: byName() }
  const names = new Set(wanted ?? [...kind.metricNames, ...rows.flatMap(({ extras }) => Object.keys(extras ?? {}))])
  for (const name of names) {
    const m = kind.metricIndex.get(name)
    const column = rows.map(({ values, extras }) => finite(m === undefined ? extras && own(extras, name) : values[m]))
    if (wanted || column.some((value) => value !== null))
      series.series[name] = { min: column, mean: column, max: column }
  }
  return series
}

/** @param summaries in order of time, merged until there are no more than `points` */
export function seriesOfSummaries(
  kind: Kind,
  summaries: Summary[],
  points: number,
  wanted: string[] | undefined,
): Series {
  const each = Math.ceil(summaries.length / points)
  const merged = each > 1 ? mergeEvery(kind, summaries, each) : summaries
  const series: Series = { ts: merged.map(({ lastTs }) => lastTs), series: byName() }
  const names = new Set(wanted ?? [...kind.metricNames, ...merged.flatMap(({ extras }) => [...extras.keys()])])
  for (const name of names) {
    const m = kind.metricIndex.get(name)
    const cells = merged.map(({ cells, extras }) =>
      m === undefined ? (extras.get(name) ?? none) : cells.subarray(m * 4, m * 4 + 4),
    )
    if (!wanted && cells.every(([n]) => !n)) continue
    series.series[name] = {
      min: cells.map(([n, , min]) => (n ? min! : null)),
      mean: cells.map(([n, sum]) => (n ? sum! / n : null)),
      max: cells.map(([n, , , max]) => (n ? max! : null)),
    }
  }
  return series
}

function summarise(kind: Kind, rows: GatheredRows, points: number): Summary[] {
  const first = rows[0]!.ts
  const width = (rows[rows.length - 1]!.ts - first + 1) / points
  const summaries: Summary[] = []
  let bucket = -1
  for (const row of rows) {
    const at = Math.floor((row.ts - first) / width)
    if (at !== bucket) {
      bucket = at
      summaries.push(new Summary(kind.metricNames.length))
    }
    take(summaries[summaries.length - 1]!, row)
  }
  return summaries
}

/** All of these as one stretch; undefined where there are none. */
export function summaryOf(kind: Kind, rows: GatheredRows): Summary | undefined {
  if (rows.length === 0) return undefined
  const summary = new Summary(kind.metricNames.length)
  for (const row of rows) take(summary, row)
  return summary
}

function take(summary: Summary, { ts, values, invalid, extras }: GatheredRows[number]): void {
  summary.seen(ts)
  for (let m = 0; m < values.length; m++) {
    if (!Number.isNaN(values[m]!) && !invalid[m]) summary.add(m, values[m]!)
  }
  for (const name in extras) summary.addExtra(name, extras[name]!)
}

function mergeEvery(kind: Kind, summaries: Summary[], each: number): Summary[] {
  const merged: Summary[] = []
  for (let i = 0; i < summaries.length; i += each) {
    const into = new Summary(kind.metricNames.length)
    for (const summary of summaries.slice(i, i + each)) into.merge(summary)
    merged.push(into)
  }
  return merged
}

const none = [0, 0, 0, 0]
const finite = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value)
