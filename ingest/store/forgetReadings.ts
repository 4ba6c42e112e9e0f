import type { DuckDBConnection } from '@duckdb/node-api'
import { HOUR, type Retention } from '../../core/index.ts'

/** Readings of so much time go in one statement: short ones, so that what is written meanwhile never waits for long. */
const SLICE_MS = 6 * HOUR

/**
 * Deletes the oldest readings of one table before a time, except windows that are kept; about `most` rows, then it stops.
 * On a connection of its own: what is appended meanwhile is another transaction, of other rows.
 * @param numberOf an appliance's number in the table; absent ones were never heard
 */
export async function forgetReadings(
  connection: DuckDBConnection,
  table: string,
  { before, keep }: Pick<Retention, 'before' | 'keep'>,
  numberOf: (appliance: string) => number | undefined,
  most: number,
): Promise<{ rows: number; done: boolean }> {
  const windows = keep.flatMap(({ appliance, from, to }) => {
    const number = numberOf(appliance)
    return number === undefined ? [] : [`(${number}, ${Math.floor(from)}::bigint, ${Math.ceil(to)}::bigint)`]
  })
  const kept =
    windows.length === 0
      ? ''
      : `and not exists (select 1 from (values ${windows}) k(appliance, a, b)
         where k.appliance = r.appliance and r.ts >= k.a and r.ts < k.b)`
  let rows = 0
  while (rows < most) {
    const oldest = await connection.runAndReadAll(
      `select min(r.ts) from ${table} r where r.ts < ${Math.floor(before)}::bigint ${kept}`,
    )
    const first = oldest.getRows()[0]?.[0]
    if (first === null || first === undefined) return { rows, done: true }
    const until = Math.min(before, Number(first) + SLICE_MS)
    const gone = await connection.runAndReadAll(
      `delete from ${table} r where r.ts >= ${Number(first)}::bigint and r.ts < ${Math.ceil(until)}::bigint ${kept}`,
    )
    rows += Number(gone.getRows()[0]?.[0] ?? 0)
  }
  return { rows, done: false }
}
