import {
  BIGINT,
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  INTEGER,
  UINTEGER,
  VARCHAR,
} from '@duckdb/node-api'
import type { Kind } from '../../catalog/index.ts'
import type { ReadingBatch } from '../../core/index.ts'
import { stateWord } from './applianceFile.ts'

/** The most rows that a chunk can hold. */
const CHUNK_ROWS = 2048

/** One column of a kind's table, and how a batch fills it. */
interface Column {
  name: string
  sql: string
  type: DuckDBType
  fill: (into: Vector, batch: ReadingBatch, from: number, rows: number, numbers: Int32Array) => void
}
/** What the driver's vectors have in common, which its types leave to each of them. */
interface Vector {
  items: Float64Array | Int32Array | Uint32Array | BigInt64Array
  setItem(row: number, value: unknown): void
  flush(): void
}

export const tableOf = (kind: Kind): string => `"readings_${kind.kind}"`
export const metricColumn = (metric: string): string => `"m_${metric}"`

function columnsOf(kind: Kind): Column[] {
  const words = Math.ceil(kind.metricNames.length / 32)
  return [
    {
      name: 'appliance',
      sql: 'integer',
      type: INTEGER,
      fill: ({ items }, batch, from, rows, numbers) => {
        for (let i = 0; i < rows; i++) items[i] = numbers[batch.applianceIndex[from + i]!]!
      },
    },
    {
      name: 'ts',
      sql: 'bigint',
      type: BIGINT,
      fill: (into, batch, from, rows) => fillLong(into, batch.ts, from, rows),
    },
    {
      name: 'hash_high',
      sql: 'uinteger',
      type: UINTEGER,
      fill: ({ items }, batch, from, rows) => copy(items, batch.hashHigh, from, rows),
    },
    {
      name: 'hash_low',
      sql: 'uinteger',
      type: UINTEGER,
      fill: ({ items }, batch, from, rows) => copy(items, batch.hashLow, from, rows),
    },
    {
      name: 'place',
      sql: 'bigint',
      type: BIGINT,
      fill: (into, batch, from, rows) => fillLong(into, batch.offset, from, rows),
    },
    {
      name: 'idx',
      sql: 'uinteger',
      type: UINTEGER,
      fill: ({ items }, batch, from, rows) => copy(items, batch.index, from, rows),
    },
    {
      name: 'firmware',
      sql: 'varchar',
      type: VARCHAR,
      fill: (into, batch, from, rows) => {
        for (let i = 0; i < rows; i++) {
          const word = batch.firmware[from + i]!
          into.setItem(i, word < 0 ? null : batch.words[word]!)
        }
      },
    },
    {
      name: 'extras',
      sql: 'varchar',
      type: VARCHAR,
      fill: (into, batch, from, rows) => {
        for (let i = 0; i < rows; i++) into.setItem(i, batch.extras.get(from + i) ?? null)
      },
    },
    ...kind.stateNames.map(
      (state, s): Column => ({
        name: `s_${state}`,
        sql: 'varchar',
        type: VARCHAR,
        fill: (into, batch, from, rows) => {
          for (let i = 0; i < rows; i++) into.setItem(i, stateWord(kind, batch, s, from + i))
        },
      }),
    ),
    ...Array.from(
      { length: words },
      (_, w): Column => ({
        name: `invalid${w}`,
        sql: 'uinteger',
        type: UINTEGER,
        fill: ({ items }, batch, from, rows) => {
          for (let i = 0; i < rows; i++) items[i] = batch.invalid[(from + i) * words + w]!
        },
      }),
    ),
    ...kind.metricNames.map(
      (metric, m): Column => ({
        name: `m_${metric}`,
        sql: 'double',
        type: DOUBLE,
        fill: (into, batch, from, rows) => {
          const column = batch.values[m]!
          copy(into.items, column, from, rows)
          for (let i = 0; i < rows; i++) if (Number.isNaN(column[from + i]!)) into.setItem(i, null)
        },
      }),
    ),
  ]
}

const copy = (items: Vector['items'], column: Float64Array | Uint32Array, from: number, rows: number): void =>
  (items as Float64Array).set(column.subarray(from, from + rows))

/** Whole numbers up to 2⁵³ as 64-bit ones, without a BigInt for each. */
function fillLong({ items }: Vector, column: Float64Array, from: number, rows: number): void {
  const halves = new Uint32Array(items.buffer, items.byteOffset, rows * 2)
  for (let i = 0; i < rows; i++) {
    const value = column[from + i]!
    halves[i * 2] = value % 4294967296
    halves[i * 2 + 1] = value / 4294967296
  }
}

/** DuckDB takes `m_t1` and `m_T1` for one column: what an earlier catalog wrote otherwise is the same metric. */
const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** The wide table of one kind, made from its catalog file; metrics that the file gained become columns. */
export class KindTable {
  readonly kind: Kind
  #columns: (Column | undefined)[]
  #types: DuckDBType[]
  #appender: DuckDBAppender

  private constructor(kind: Kind, columns: (Column | undefined)[], types: DuckDBType[], appender: DuckDBAppender) {
    this.kind = kind
    this.#columns = columns
    this.#types = types
    this.#appender = appender
  }

  static async open(connection: DuckDBConnection, kind: Kind): Promise<KindTable> {
    const wanted = columnsOf(kind)
    const table = tableOf(kind)
    await connection.run(`create table if not exists ${table} (${wanted.map(({ name, sql }) => `"${name}" ${sql}`)})`)
    for (const { name, sql } of wanted) {
      await connection.run(`alter table ${table} add column if not exists "${name}" ${sql}`)
    }
    const found = await connection.runAndReadAll(`select name, type from pragma_table_info('${table.slice(1, -1)}')`)
    const columns = found.getRows().map(([name]) => wanted.find((column) => sameName(column.name, String(name))))
    const appender = await connection.createAppender(table.slice(1, -1))
    const types = columns.map((column, i) => column?.type ?? appender.columnType(i))
    return new KindTable(kind, columns, types, appender)
  }

  /** @param numbers appliance index of the batch → number in the table */
  append(batch: ReadingBatch, numbers: Int32Array): void {
    for (let from = 0; from < batch.count; from += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, batch.count - from)
      const chunk = DuckDBDataChunk.create(this.#types, rows)
      for (let c = 0; c < this.#columns.length; c++) {
        const vector = chunk.getColumnVector(c) as unknown as Vector
        const column = this.#columns[c]
        if (column) column.fill(vector, batch, from, rows, numbers)
        else for (let i = 0; i < rows; i++) vector.setItem(i, null)
        vector.flush()
      }
      this.#appender.appendDataChunk(chunk)
    }
  }
  flush(): void {
    this.#appender.flushSync()
  }
  /** Forgets what is not flushed, and is of no use afterwards. */
  discard(): void {
    try {
      this.#appender.clear()
      this.#appender.closeSync()
    } catch {
      // A failed appender cannot be closed well; its rows are gone with it.
    }
  }
  close(): void {
    this.#appender.closeSync()
  }
}
