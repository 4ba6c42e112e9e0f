import type { Kind } from '../../catalog/index.ts'
import { monotonicMs, type ScannedRows, type ScanQuery } from '../../core/index.ts'
import { tooLarge, tooLong } from './scanLimits.ts'

/** Appliances that one query asks for. */
const AT_ONCE = 10

interface Table {
  columns: string[]
  values: unknown[][]
}

/**
 * Readings of many appliances from InfluxDB, all of them: it cannot leave out stretches, and what is more says the same.
 * @throws as `TelemetryStore.scan`
 */
export async function scanInflux(
  kind: Kind,
  { appliances, from, to, metrics, states, most, withinMs }: ScanQuery,
  ask: (statements: string[]) => Promise<(Table | undefined)[]>,
): Promise<ScannedRows> {
  const until = monotonicMs() + withinMs
  const names = [...metrics.map((metric) => `m_${metric}`), ...states.map((state) => `s_${state}`)]
  const select = ['"n"', ...names.map((name) => `"${name}"`)].join(', ')
  const rows: { place: number; cells: unknown[] }[] = []
  const heard: string[] = []
  for (let i = 0; i < appliances.length; i += AT_ONCE) {
    if (monotonicMs() > until) throw tooLong()
    const some = appliances.slice(i, i + AT_ONCE)
    const range = `time >= ${Math.ceil(from)}ms AND time < ${Math.ceil(to)}ms`
    const tables = await ask(
      some.map((id) => `SELECT ${select} FROM "${kind.kind}" WHERE "appliance" = '${id}' AND ${range}`),
    )
    for (const [t, table] of tables.entries()) {
      if (!table) continue
      if (rows.length + table.values.length > most) throw tooLarge(rows.length + table.values.length, most)
      const place = heard.push(some[t] ?? '') - 1
      for (const cells of table.values) rows.push({ place, cells })
    }
  }
  // Cells: time, n, then the names in their order.
  const column = (c: number): Float64Array =>
    Float64Array.from(rows, ({ cells }) => (typeof cells[c] === 'number' ? cells[c] : Number.NaN))
  return {
    appliances: heard,
    applianceIndex: Int32Array.from(rows, ({ place }) => place),
    ts: column(0),
    values: metrics.map((_, m) => column(2 + m)),
    states: states.map((_, s) =>
      rows.map(({ cells }) => {
        const word = cells[2 + metrics.length + s]
        return typeof word === 'string' ? word : null
      }),
    ),
  }
}
