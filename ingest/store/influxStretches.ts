import type { Kind } from '../../catalog/index.ts'
import { byName, own, type Series } from '../../core/index.ts'
import { Summary } from './applianceHour.ts'

interface Table {
  values: unknown[][]
}
/** What is asked for: the readings of one appliance from the first to the last of a range, at most `points` stretches. */
export interface Stretches {
  kind: Kind
  /** `"appliance" = '…'`. */
  whose: string
  first: number
  last: number
  points: number
  /** Undefined: all that have a value. */
  metrics: string[] | undefined
}
type Ask = (statements: string[]) => Promise<(Table | undefined)[]>

/** Rows with metrics of unknown name that one answer brings. */
const EXTRAS_AT_ONCE = 100_000

/** A range of more readings than points in stretches of equal length, each with min, mean and max, summed up by InfluxDB. */
export async function stretchesOf(ask: Ask, query: Stretches): Promise<Series> {
  const { kind, whose, first, last, points, metrics: wanted } = query
  const width = Math.ceil((last - first + 1) / points)
  const names = kind.metricNames.filter((metric) => !wanted || wanted.includes(metric))
  const columns = names.flatMap((metric) => ['min', 'mean', 'max'].map((of) => `${of}("m_${metric}")`))
  const select = ['count("n")', ...columns].join(', ')
  const grouped = `GROUP BY time(${width}ms, ${first % width}ms) fill(none)`
  const [table] = await ask([`SELECT ${select} ${fromOf(kind, whose, first, last)} ${grouped}`])
  const rows = table?.values ?? []
  const starts = rows.map(([start]) => Number(start))
  const series: Series = { ts: starts.map((start) => Math.min(start + width - 1, last)), series: byName() }
  for (const [i, metric] of names.entries()) {
    const column = (of: number): (number | null)[] => rows.map((row) => (row[2 + i * 3 + of] ?? null) as number | null)
    const [min, mean, max] = [column(0), column(1), column(2)]
    if (wanted || max.some((value) => value !== null)) series.series[metric] = { min, mean, max }
  }
  if (wanted?.every((metric) => own(kind.metrics, metric))) return series
  const extras = await extrasOf(ask, query, width)
  const found = [...extras.values()].flatMap((summary) => [...summary.extras.keys()])
  for (const name of new Set(wanted?.filter((metric) => !own(kind.metrics, metric)) ?? found)) {
    const cells = starts.map((start) => extras.get(start)?.extras.get(name))
    series.series[name] = {
      min: cells.map((cell) => cell?.[2] ?? null),
      mean: cells.map((cell) => (cell ? cell[1] / cell[0] : null)),
      max: cells.map((cell) => cell?.[3] ?? null),
    }
  }
  return series
}

/** Metrics that the kind does not know lie as one text beside a reading: InfluxDB cannot sum them up. By stretch's start. */
async function extrasOf(
  ask: Ask,
  { kind, whose, first, last }: Stretches,
  width: number,
): Promise<Map<number, Summary>> {
  const extras = new Map<number, Summary>()
  for (let from = first; ; ) {
    const [table] = await ask([`SELECT "extras" ${fromOf(kind, whose, from, last)} LIMIT ${EXTRAS_AT_ONCE}`])
    for (const [ts, said] of table?.values ?? []) {
      const start = first + Math.floor((Number(ts) - first) / width) * width
      const summary = extras.get(start) ?? new Summary(0)
      extras.set(start, summary)
      const values = JSON.parse(String(said)) as Record<string, number>
      for (const name in values) summary.addExtra(name, values[name] ?? Number.NaN)
    }
    const newest = table?.values.at(-1)?.[0]
    if (newest === undefined || (table?.values.length ?? 0) < EXTRAS_AT_ONCE) return extras
    from = Number(newest) + 1
  }
}

const fromOf = (kind: Kind, whose: string, first: number, last: number): string =>
  `FROM "${kind.kind}" WHERE ${whose} AND time >= ${first}ms AND time <= ${last}ms`
