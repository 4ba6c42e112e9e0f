import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Catalog, Kind } from '../../catalog/index.ts'
import type { Offset, Retention, ScannedRows, ScanQuery, StoredBatch } from '../../core/index.ts'
import { unavailable } from './appendQueue.ts'
import { KindTable, metricColumn, tableOf } from './duckDbTables.ts'
import { forgetReadings } from './forgetReadings.ts'
import type { GatheredRows } from './readingBlock.ts'
import { scanReadings } from './scanReadings.ts'

/** Keys that one query asks for. */
const KEYS_AT_ONCE = 2_000

/** A reading by the number of its appliance. */
interface NumberedKey {
  number: number
  ts: number
}
interface StoredKey extends NumberedKey {
  hashHigh: number
  hashLow: number
  offset: Offset
  index: number
}

/**
 * The file of raw readings, a wide table a kind, each commit with its place in the journal.
 * @param place where a file that is new begins: nothing before it holds a reading
 * @throws Problem `store-unavailable` when the file cannot be opened
 */
export async function openDuckDbReadings(path: string, catalog: Catalog, memoryLimitMb: number, place: Offset) {
  const open = (file: string): Promise<DuckDBInstance> =>
    DuckDBInstance.create(file, {
      memory_limit: `${memoryLimitMb}MB`,
      threads: '2',
      // What a commit or a checkpoint gave up goes back at once; DuckDB keeps up to 128 and 512 MB of it otherwise.
      allocator_flush_threshold: '8MB',
      allocator_bulk_deallocation_flush_threshold: '16MB',
    }).catch((error: Error) => {
      throw unavailable(`The readings in ${path} cannot be opened: ${error.message}.`, error)
    })
  if (!existsSync(path)) await make(path, open, place)
  return await closedOnFailure(await open(path), async (instance) => {
    const writer = await instance.connect()
    const tables = new Map<string, KindTable>()
    for (const kind of catalog.kinds.values()) tables.set(kind.kind, await KindTable.open(writer, kind))
    const [[stands]] = (await writer.runAndReadAll('select place from meta')).getRows() as [[bigint]]
    return new DuckDbReadings(instance, writer, await instance.connect(), tables, Number(stands))
  })
}

/** A new file, whole before it has its name: one that is half made, on a disk that was full, could never be opened again. */
async function make(path: string, open: (file: string) => Promise<DuckDBInstance>, place: Offset): Promise<void> {
  const made = `${path}.new`
  for (const file of [made, `${made}.wal`]) await rm(file, { force: true })
  await closedOnFailure(await open(made), async (instance) => {
    const writer = await instance.connect()
    await writer.run('create table meta (place bigint)')
    await writer.run(`insert into meta values (${place})`)
    await writer.run('checkpoint')
    writer.closeSync()
    instance.closeSync()
  })
  await rename(made, path)
}

/** While an instance is open, nobody can open its file again. */
async function closedOnFailure<T>(instance: DuckDBInstance, use: (instance: DuckDBInstance) => Promise<T>): Promise<T> {
  try {
    return await use(instance)
  } catch (error) {
    instance.closeSync()
    throw error
  }
}

export class DuckDbReadings {
  #instance: DuckDBInstance
  #writer: DuckDBConnection
  #reader: DuckDBConnection
  #forgetter: DuckDBConnection | undefined
  /** Looks for long, and holds nobody up. */
  #scanner: DuckDBConnection | undefined
  #tables: Map<string, KindTable>
  #place: Offset

  constructor(
    instance: DuckDBInstance,
    writer: DuckDBConnection,
    reader: DuckDBConnection,
    tables: Map<string, KindTable>,
    place: Offset,
  ) {
    this.#instance = instance
    this.#writer = writer
    this.#reader = reader
    this.#tables = tables
    this.#place = place
  }

  /** Committed up to here. */
  get place(): Offset {
    return this.#place
  }

  /** Commits what is not here yet, and its place, together. */
  async commit(batches: StoredBatch[], numberOf: (appliance: string) => number): Promise<void> {
    const upTo = batches.at(-1)?.upTo
    if (upTo === undefined) return
    await this.#writer.run('begin')
    try {
      const touched = new Set<KindTable>()
      for (const { readings } of batches) {
        for (const batch of readings) {
          const table = this.#tables.get(batch.kind)!
          table.append(batch, Int32Array.from(batch.appliances, numberOf))
          touched.add(table)
        }
      }
      for (const table of touched) table.flush()
      await this.#writer.run(`update meta set place = ${upTo}`)
      await this.#writer.run('commit')
    } catch (error) {
      await this.#reopenTables()
      throw error
    }
    this.#place = upTo
  }

  /** Writes something and nothing. */
  async probe(): Promise<void> {
    await this.#writer.run('update meta set place = place')
  }

  /**
   * After a failure an appender may still hold rows, and closing it would commit them by itself: so they are forgotten
   * inside the transaction, before that is rolled back.
   */
  async #reopenTables(): Promise<void> {
    for (const table of this.#tables.values()) table.discard()
    try {
      await this.#writer.run('rollback')
    } catch {
      // The failure has ended the transaction already.
    }
    this.#writer.closeSync()
    this.#writer = await this.#instance.connect()
    for (const { kind } of [...this.#tables.values()]) {
      this.#tables.set(kind.kind, await KindTable.open(this.#writer, kind))
    }
  }

  /** Which of these are stored, and what of them. */
  async known(kind: Kind, wanted: NumberedKey[]): Promise<StoredKey[]> {
    const found: StoredKey[] = []
    wanted.sort((a, b) => a.ts - b.ts)
    for (let i = 0; i < wanted.length; i += KEYS_AT_ONCE) {
      const some = wanted.slice(i, i + KEYS_AT_ONCE)
      const sql = `select r.appliance, r.ts, r.hash_high, r.hash_low, r.place, r.idx from ${tableOf(kind)} r
        semi join (values ${some.map(({ number, ts }) => `(${number}, ${ts}::bigint)`)}) k(appliance, ts)
        on r.appliance = k.appliance and r.ts = k.ts
        where r.ts between ${some[0]!.ts}::bigint and ${some[some.length - 1]!.ts}::bigint`
      for (const row of (await this.#reader.runAndReadAll(sql)).getRows()) {
        const [number, ts, hashHigh, hashLow, offset, index] = row.map(Number) as [number, ...number[]]
        found.push({ number, ts: ts!, hashHigh: hashHigh!, hashLow: hashLow!, offset: offset!, index: index! })
      }
    }
    return found
  }

  async rows(number: number, kind: Kind, from: number, to: number, limit: number): Promise<GatheredRows> {
    const words = Math.ceil(kind.metricNames.length / 32)
    const columns = [
      'ts',
      'extras',
      ...Array.from({ length: words }, (_, w) => `invalid${w}`),
      ...kind.metricNames.map(metricColumn),
    ]
    const sql = `select ${columns} from ${tableOf(kind)} where appliance = ${number}
      and ts >= ${Math.ceil(from)}::bigint and ts < ${Math.ceil(to)}::bigint limit ${limit}`
    const found = await this.#reader.runAndReadAll(sql)
    return found.getRows().map(([ts, extras, ...rest]) => ({
      ts: Number(ts),
      extras: extras === null ? undefined : JSON.parse(String(extras)),
      values: kind.metricNames.map((_, m) => {
        const value = rest[words + m]
        return value === null || value === undefined ? Number.NaN : Number(value)
      }),
      invalid: kind.metricNames.map((_, m) => ((Number(rest[m >> 5] ?? 0) >>> (m & 31)) & 1) === 1),
    }))
  }

  async scan(kind: Kind, query: ScanQuery, numbers: ReadonlyMap<number, string>): Promise<ScannedRows> {
    this.#scanner ??= await this.#instance.connect()
    return scanReadings(this.#scanner, kind, query, numbers)
  }

  async forget(
    { before, keep, most }: Retention,
    numberOf: (appliance: string) => number | undefined,
  ): Promise<{ rows: number; done: boolean }> {
    this.#forgetter ??= await this.#instance.connect()
    let rows = 0
    for (const { kind } of this.#tables.values()) {
      const gone = await forgetReadings(this.#forgetter, tableOf(kind), { before, keep }, numberOf, most - rows)
      rows += gone.rows
      if (!gone.done) return { rows, done: false }
    }
    return { rows, done: true }
  }

  /** Sees from now on what is committed now. @returns copies it into this new file, once, while commits go on */
  async pin(path: string): Promise<() => Promise<void>> {
    const copier = await this.#instance.connect()
    await copier.run(`attach ${quoted(path)} as copied`)
    await copier.run('begin')
    await copier.run('select place from meta')
    return async () => {
      try {
        await copier.run(`copy from database ${await currentDatabase(copier)} to copied`)
        await copier.run('commit')
        await copier.run('detach copied')
      } finally {
        copier.closeSync()
      }
    }
  }

  close(): void {
    this.#forgetter?.closeSync()
    this.#scanner?.closeSync()
    for (const table of this.#tables.values()) table.close()
    this.#reader.closeSync()
    this.#writer.closeSync()
    this.#instance.closeSync()
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
async function currentDatabase(connection: DuckDBConnection): Promise<string> {
  const [[name]] = (await connection.runAndReadAll('select current_database()')).getRows() as [[string]]
  return `"${name.replaceAll('"', '""')}"`
}
