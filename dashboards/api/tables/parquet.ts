import { PassThrough, type Readable } from 'node:stream'
import { ByteWriter, type ColumnSource, parquetWriteRows } from 'hyparquet-writer'

export type Cell = string | number | boolean | Date | null
export type Row = Readonly<Record<string, Cell>>
export type Column = Pick<ColumnSource, 'name'> & { type: 'BOOLEAN' | 'DOUBLE' | 'STRING' | 'TIMESTAMP' }

/** Rows that are turned into columns at once: some milliseconds of a thread that answers others, too. */
const AT_ONCE = 2_000

/** A Parquet file of these rows as they come: no more of them is held than is turned into columns at once. */
export function parquetOf(columns: readonly Column[], rows: AsyncIterable<Row> | Iterable<Row>): Readable {
  const file = new PassThrough()
  const writer = new ByteWriter()
  const push = async (): Promise<void> => {
    const bytes = writer.getBytes().slice()
    writer.index = 0
    // Whoever has gone reads no more: waiting for them would hold what is left for good.
    if (bytes.length > 0 && !file.write(bytes) && !file.destroyed)
      await new Promise<void>((goOn) => {
        file.once('drain', goOn)
        file.once('close', goOn)
      })
    if (file.destroyed) throw new Error('nobody reads it any more')
  }
  const done = parquetWriteRows({
    writer: Object.assign(writer, { flush: push, finish: push }),
    rows: inTurns(rows),
    columns: columns.map((column) => ({ ...column, nullable: true })),
    rowGroupSize: AT_ONCE,
  })
  Promise.resolve(done).then(
    () => file.end(),
    (error: Error) => file.destroy(error),
  )
  return file
}

/** Others have their turn between one group of rows and the next. */
async function* inTurns(rows: AsyncIterable<Row> | Iterable<Row>): AsyncGenerator<Row> {
  let count = 0
  for await (const row of rows) {
    yield row
    if (++count % AT_ONCE === 0) await new Promise((turn) => setImmediate(turn))
  }
}
