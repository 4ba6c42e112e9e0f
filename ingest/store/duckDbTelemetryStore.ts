import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Catalog, Kind } from '../../catalog/index.ts'
import {
  HOUR,
  type Offset,
  type QuarantineBounds,
  type Retention,
  type Series,
  type SeriesQuery,
  type StoredBatch,
  type TelemetryStore,
} from '../../core/index.ts'
import { AppendQueue, type Mark, unavailable } from './appendQueue.ts'
import { ApplianceFile } from './applianceFile.ts'
import { KindTable, metricColumn, tableOf } from './duckDbTables.ts'
import { forgetReadings } from './forgetReadings.ts'
import type { GatheredRows } from './readingBlock.ts'
import { seriesOfRows, seriesOfSummaries } from './series.ts'

export interface DuckDbOptions {
  dir: string
  catalog: Catalog
  /** Of DuckDB's buffers, not of the process. Default 512. */
  memoryLimitMb?: number
  /** What is kept of an appliance's refused messages. */
  quarantine?: QuarantineBounds
  /** Where the thread stands, on disk. */
  mark?: Mark
  /** Commits begin at least this far apart, so that what comes meanwhile shares one. Default 200. */
  commitEveryMs?: number
}

/** Keys that one query asks for. */
const KEYS_AT_ONCE = 2_000

/**
 * Readings in DuckDB, a wide table a kind; what one appliance's page needs in SQLite beside it. Each file commits its
 * data with an offset of its own and skips what it has, so both hold every batch exactly once; `offset()` is the lesser.
 * Blocks its thread while it commits: give it one of its own.
 * @throws Problem `store-unavailable` when the files cannot be opened
 */
export async function openDuckDbTelemetryStore(options: DuckDbOptions): Promise<TelemetryStore> {
  await mkdir(options.dir, { recursive: true })
  const path = join(options.dir, 'readings.duckdb')
  const instance = await DuckDBInstance.create(path, {
    memory_limit: `${options.memoryLimitMb ?? 512}MB`,
    threads: '2',
  }).catch((error: Error) => {
    throw unavailable(`The readings in ${path} cannot be opened: ${error.message}.`, error)
  })
  const connection = await instance.connect()
  await connection.run('create table if not exists meta (place bigint)')
  await connection.run('insert into meta select 0 where not exists (select * from meta)')
  const tables = new Map<string, KindTable>()
  for (const kind of options.catalog.kinds.values()) tables.set(kind.kind, await KindTable.open(connection, kind))
  const [[place]] = (await connection.runAndReadAll('select place from meta')).getRows() as [[bigint]]
  const file = new ApplianceFile(join(options.dir, 'appliances.sqlite'), options.catalog, true, options.quarantine)
  return new DuckDbTelemetryStore(options, instance, connection, await instance.connect(), tables, file, Number(place))
}

class DuckDbTelemetryStore implements TelemetryStore {
  #catalog: Catalog
  #instance: DuckDBInstance
  #writer: DuckDBConnection
  #reader: DuckDBConnection
  #forgetter: DuckDBConnection | undefined
  #tables: Map<string, KindTable>
  #file: ApplianceFile
  #committed: Offset
  #queue: AppendQueue

  constructor(
    options: DuckDbOptions,
    instance: DuckDBInstance,
    writer: DuckDBConnection,
    reader: DuckDBConnection,
    tables: Map<string, KindTable>,
    file: ApplianceFile,
    committed: Offset,
  ) {
    this.#catalog = options.catalog
    this.#instance = instance
    this.#writer = writer
    this.#reader = reader
    this.#tables = tables
    this.#file = file
    this.#committed = committed
    this.#queue = new AppendQueue({
      committed: () => this.#offset,
      commit: (batches) => this.#commit(batches),
      everyMs: options.commitEveryMs ?? 200,
      isWell: () => this.#isWell(),
      ...(options.mark ? { mark: options.mark } : {}),
    })
  }

  get #offset(): Offset {
    return Math.min(this.#committed, this.#file.offset)
  }

  append(batch: StoredBatch): Promise<void> {
    return this.#queue.append(batch)
  }

  async #commit(batches: StoredBatch[]): Promise<void> {
    const fresh = batches.filter(({ upTo }) => upTo > this.#committed)
    const last = fresh[fresh.length - 1]
    if (last) await this.#commitReadings(fresh, last.upTo)
    this.#file.apply(batches)
  }
  async #isWell(): Promise<void> {
    await this.#writer.run('update meta set place = place')
    this.#file.probe()
  }
  async begin(): ReturnType<TelemetryStore['begin']> {
    await this.#queue.begin()
    return { upTo: this.#offset, counters: this.#file.counters }
  }

  async #commitReadings(batches: StoredBatch[], upTo: Offset): Promise<void> {
    this.#file.nameAll(batches)
    await this.#writer.run('begin')
    try {
      const touched = new Set<KindTable>()
      for (const { readings } of batches) {
        for (const batch of readings) {
          const table = this.#tables.get(batch.kind)!
          table.append(
            batch,
            Int32Array.from(batch.appliances, (id) => this.#file.numberOf(id)),
          )
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
    this.#committed = upTo
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

  async offset(): Promise<Offset> {
    return this.#offset
  }

  async known(keys: Parameters<TelemetryStore['known']>[0]): ReturnType<TelemetryStore['known']> {
    await this.#queue.flush()
    const byKind = new Map<string, { number: number; ts: number }[]>()
    const idOf = new Map<number, string>()
    for (const { appliance, kind, ts } of keys) {
      const number = this.#file.knownNumber(appliance)
      if (number === undefined || !this.#tables.has(kind)) continue
      idOf.set(number, appliance)
      const wanted = byKind.get(kind)
      if (wanted) wanted.push({ number, ts })
      else byKind.set(kind, [{ number, ts }])
    }
    const found: Awaited<ReturnType<TelemetryStore['known']>> = []
    for (const [name, wanted] of byKind) {
      const kind = this.#catalog.kind(name)
      wanted.sort((a, b) => a.ts - b.ts)
      for (let i = 0; i < wanted.length; i += KEYS_AT_ONCE) {
        const some = wanted.slice(i, i + KEYS_AT_ONCE)
        const sql = `select r.appliance, r.ts, r.hash_high, r.hash_low, r.place, r.idx from ${tableOf(kind)} r
          semi join (values ${some.map(({ number, ts }) => `(${number}, ${ts}::bigint)`)}) k(appliance, ts)
          on r.appliance = k.appliance and r.ts = k.ts
          where r.ts between ${some[0]!.ts}::bigint and ${some[some.length - 1]!.ts}::bigint`
        for (const row of (await this.#reader.runAndReadAll(sql)).getRows()) {
          const [number, ts, hashHigh, hashLow, offset, index] = row.map(Number) as [number, ...number[]]
          found.push({
            appliance: idOf.get(number)!,
            ts: ts!,
            hashHigh: hashHigh!,
            hashLow: hashLow!,
            offset: offset!,
            index: index!,
          })
        }
      }
    }
    return found
  }

  async series({ appliance, kind: name, from, to, points, metrics }: SeriesQuery): Promise<Series> {
    const kind = this.#catalog.kind(name)
    if (from > this.#file.recentFloor(appliance)) {
      return seriesOfRows(kind, this.#file.recentRows(appliance, kind, from, to), points, metrics)
    }
    const hours = this.#file.hours(appliance, kind, from, to)
    const within = hours.filter(({ hour }) => hour >= from && hour + HOUR <= to)
    const atLeast = within.reduce((sum, { summary }) => sum + summary.count, 0)
    if (atLeast <= points) {
      const rows = await this.#rows(appliance, kind, from, to, points + 1)
      // Where raw readings were forgotten, fewer are there than the hours have counted: the hours speak.
      if (rows.length <= points && rows.length >= atLeast) return seriesOfRows(kind, rows, points, metrics)
    }
    const summaries = hours.map(({ summary }) => summary)
    return seriesOfSummaries(kind, summaries, points, metrics)
  }

  async #rows(appliance: string, kind: Kind, from: number, to: number, limit: number): Promise<GatheredRows> {
    const number = this.#file.knownNumber(appliance)
    if (number === undefined) return []
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

  async latest(appliances: string[]): ReturnType<TelemetryStore['latest']> {
    return this.#file.latest(appliances)
  }
  async features(...args: Parameters<TelemetryStore['features']>): ReturnType<TelemetryStore['features']> {
    return this.#file.found.features(...args)
  }
  async cycles(...args: Parameters<TelemetryStore['cycles']>): ReturnType<TelemetryStore['cycles']> {
    return this.#file.found.cycles(...args)
  }
  async events(...args: Parameters<TelemetryStore['events']>): ReturnType<TelemetryStore['events']> {
    await this.#queue.flush()
    return this.#file.found.events(...args)
  }
  async counters(): ReturnType<TelemetryStore['counters']> {
    return this.#file.counters
  }
  async quarantine(...args: Parameters<TelemetryStore['quarantine']>): ReturnType<TelemetryStore['quarantine']> {
    return this.#file.quarantine.list(...args)
  }
  async takeFromQuarantine(ids: string[]): ReturnType<TelemetryStore['takeFromQuarantine']> {
    return this.#file.quarantine.take(ids)
  }
  async quarantineUse(
    ...args: Parameters<TelemetryStore['quarantineUse']>
  ): ReturnType<TelemetryStore['quarantineUse']> {
    return this.#file.quarantine.use(...args)
  }

  async forget({ before, keep, most }: Retention): ReturnType<TelemetryStore['forget']> {
    this.#forgetter ??= await this.#instance.connect()
    let rows = 0
    for (const { kind } of this.#tables.values()) {
      const own = (appliance: string): number | undefined => this.#file.knownNumber(appliance)
      const gone = await forgetReadings(this.#forgetter, tableOf(kind), { before, keep }, own, most - rows)
      rows += gone.rows
      if (!gone.done) return { rows, done: false }
    }
    return { rows, done: true }
  }

  async close(): Promise<void> {
    await this.#queue.close()
    this.#forgetter?.closeSync()
    for (const table of this.#tables.values()) table.close()
    this.#reader.closeSync()
    this.#writer.closeSync()
    this.#instance.closeSync()
    this.#file.close()
  }
}
