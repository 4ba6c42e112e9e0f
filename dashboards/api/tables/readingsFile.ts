import { Readable } from 'node:stream'
import { type ApplianceId, DAY, type Millis, type TelemetryStore } from '../../../core/index.ts'
import { BYTE_ORDER_MARK, csvLine } from './csv.ts'
import { type Column, parquetOf, type Row } from './parquet.ts'

/** More readings than any appliance sends in a day: nothing is drawn together. */
const ALL = 1_000_000

interface Stretch {
  appliance: ApplianceId
  kind: string
  from: Millis
  to: Millis
  metrics: readonly string[]
}

/** Every reading of a stretch, as it was stored, a day at a time. */
export function readingsFile(
  store: Pick<TelemetryStore, 'series'>,
  stretch: Stretch,
  format: 'csv' | 'parquet',
): Readable {
  const rows = readings(store, stretch)
  if (format === 'csv') return Readable.from(csvLines(rows, stretch.metrics))
  const columns: Column[] = stretch.metrics.map((name) => ({ name, type: 'DOUBLE' }))
  return parquetOf([{ name: 'ts', type: 'TIMESTAMP' }, ...columns], rows)
}

async function* readings(
  store: Pick<TelemetryStore, 'series'>,
  { appliance, kind, from, to, metrics }: Stretch,
): AsyncGenerator<Row> {
  for (let day = from; day < to; day += DAY) {
    const { ts, series } = await store.series({
      appliance,
      kind,
      from: day,
      to: Math.min(to, day + DAY),
      points: ALL,
      metrics: [...metrics],
    })
    for (const [i, at] of ts.entries())
      yield { ts: new Date(at), ...Object.fromEntries(metrics.map((name) => [name, series[name]?.mean[i] ?? null])) }
  }
}

/** Lines that leave together. */
const LINES = 500

async function* csvLines(rows: AsyncIterable<Row>, metrics: readonly string[]): AsyncGenerator<string> {
  let lines = BYTE_ORDER_MARK + csvLine(['ts', ...metrics])
  let count = 0
  for await (const { ts, ...row } of rows) {
    lines += csvLine([(ts as Date).toISOString(), ...metrics.map((name) => row[name])])
    if (++count % LINES > 0) continue
    yield lines
    lines = ''
    await new Promise((turn) => setImmediate(turn))
  }
  yield lines
}
