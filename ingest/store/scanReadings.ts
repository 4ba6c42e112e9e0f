import type { DuckDBConnection } from '@duckdb/node-api'
import type { Kind } from '../../catalog/index.ts'
import type { ScannedRows, ScanQuery, ScanTest } from '../../core/index.ts'
import { metricColumn, tableOf } from './duckDbTables.ts'
import { tooLarge, tooLong } from './scanLimits.ts'

/**
 * The stretches of a fleet's readings in which all tests held at least once, whole. One statement finds them and counts
 * their rows, another reads them; nothing is read of the rest but the columns of the tests.
 * @throws Problem `scan-too-large`, `scan-too-long`
 */
export async function scanReadings(
  connection: DuckDBConnection,
  kind: Kind,
  query: ScanQuery,
  numbers: ReadonlyMap<number, string>,
): Promise<ScannedRows> {
  let late = false
  const timer = setTimeout(() => {
    late = true
    connection.interrupt()
  }, query.withinMs)
  try {
    const wanted = wantedRows(kind, query, [...numbers.keys()])
    const [[count]] = (
      await connection.runAndReadAll(`${wanted.hot} select count(*)::double ${wanted.from}`)
    ).getRows() as [[number]]
    if (count > query.most) throw tooLarge(count, query.most)
    return await readRows(connection, kind, query, wanted, numbers, count)
  } catch (error) {
    if (late) throw tooLong()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** What is wanted, as SQL. Names are the catalog's; everything else is a number. */
function wantedRows(kind: Kind, { from, to, tests, stretchMs }: ScanQuery, numbers: readonly number[]) {
  const within = `appliance in (${numbers.length > 0 ? numbers : [-1]}) and ts >= ${whole(from)} and ts < ${whole(to)}`
  const holds = tests.map((one) => sqlOf(kind, one)).join(' and ') || 'true'
  const stretch = `ts // ${whole(stretchMs)}`
  return {
    hot: `with hot as (select distinct appliance, ${stretch} as stretch from ${tableOf(kind)} where ${within} and ${holds})`,
    from: `from ${tableOf(kind)} r semi join hot h on r.appliance = h.appliance and r.${stretch} = h.stretch
      where r.${within.replaceAll(' ts ', ' r.ts ')}`,
  }
}
const whole = (value: number): string => `${Math.ceil(value)}::bigint`

/** A plausible value; null where absent or marked as none. */
function valueSql(kind: Kind, metric: string): string {
  const m = kind.metricIndex.get(metric) ?? -1
  if (m < 0) return 'null::double'
  return `case when ((invalid${m >> 5} >> ${m & 31}) & 1) = 0 then ${metricColumn(metric)} end`
}
function sqlOf(kind: Kind, test: ScanTest): string {
  if ('state' in test) {
    const words = kind.states[test.state]
    const known = test.is.filter((word) => Array.isArray(words) && words.includes(word))
    return known.length > 0 ? `"s_${test.state}" in (${known.map(quoted)})` : 'false'
  }
  const { metric, minus, over } = test
  const less = minus === undefined ? '' : ` - ${valueSql(kind, minus)}`
  const by = over === undefined ? '' : ` / nullif(${valueSql(kind, over)}, 0)`
  const value = `(${valueSql(kind, metric)}${less})${by}`
  return 'above' in test ? `${value} > ${test.above}::double` : `${value} < ${test.below}::double`
}
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

async function readRows(
  connection: DuckDBConnection,
  kind: Kind,
  { metrics, states }: ScanQuery,
  wanted: { hot: string; from: string },
  numbers: ReadonlyMap<number, string>,
  count: number,
): Promise<ScannedRows> {
  const columns = [
    'r.appliance::double',
    'r.ts::double',
    ...metrics.map((metric) => `coalesce(${valueSql(kind, metric)}, 'nan'::double)`),
    ...states.map((state) => `coalesce(list_position([${wordsOf(kind, state).map(quoted)}], "s_${state}"), 0)::double`),
  ]
  const result = await connection.stream(
    `${wanted.hot} select ${columns.join(', ')} ${wanted.from} order by r.appliance, r.ts`,
  )
  const read = columns.map(() => new Float64Array(count))
  let rows = 0
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const fits = Math.min(chunk.rowCount, count - rows)
    for (const [c, column] of read.entries()) {
      // Every column is a double, and none is null.
      const { items } = chunk.getColumnVector(c) as unknown as { items: Float64Array }
      column.set(items.subarray(0, fits), rows)
    }
    rows += fits
  }
  const [number, ts, ...rest] = read.map((column) => column.subarray(0, rows))
  return named(
    kind,
    states,
    { number, ts, values: rest.slice(0, metrics.length), words: rest.slice(metrics.length) },
    numbers,
  )
}

const wordsOf = (kind: Kind, state: string): readonly string[] => {
  const words = kind.states[state]
  return Array.isArray(words) ? words : []
}

/** Rows by the ids of their appliances, states in words. */
function named(
  kind: Kind,
  states: readonly string[],
  read: {
    number: Float64Array | undefined
    ts: Float64Array | undefined
    values: Float64Array[]
    words: Float64Array[]
  },
  numbers: ReadonlyMap<number, string>,
): ScannedRows {
  const { number = new Float64Array(), ts = new Float64Array(), values, words } = read
  const appliances: string[] = []
  const places = new Map<number, number>()
  const applianceIndex = Int32Array.from(number, (one) => {
    const known = places.get(one)
    if (known !== undefined) return known
    places.set(one, appliances.length)
    return appliances.push(numbers.get(one) ?? '') - 1
  })
  return {
    appliances,
    applianceIndex,
    ts: ts.slice(),
    values: values.map((column) => column.slice()),
    states: words.map((column, s) => {
      const known = wordsOf(kind, states[s] ?? '')
      return Array.from(column, (word) => known[word - 1] ?? null)
    }),
  }
}
