import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog, Kind } from '../../catalog/index.ts'
import {
  HOUR,
  type Millis,
  type Offset,
  type QuarantineBounds,
  type Retention,
  type ScannedRows,
  type ScanQuery,
  type Series,
  type SeriesQuery,
  type StoredBatch,
  type TelemetryStore,
} from '../../core/index.ts'
import { pinSqlite } from '../../database/index.ts'
import { AppendQueue, type Mark } from './appendQueue.ts'
import { ApplianceFile } from './applianceFile.ts'
import type { Summary } from './applianceHour.ts'
import type { DuckDbReadings } from './duckDbReadings.ts'
import { OnApplianceFile } from './onApplianceFile.ts'
import type { GatheredRows } from './readingBlock.ts'
import { seriesOfRows, seriesOfSummaries, summaryOf } from './series.ts'

const FILE = 'appliances.sqlite'
const READINGS = 'readings.duckdb'
/** So many are read one by one even where fewer points are asked for: stretches of equal length, and not of whole hours. */
const ROWS_READ = 4_000

export interface DuckDbOptions {
  dir: string
  catalog: Catalog
  /** Of DuckDB's buffers, not of the process. Default 96: a delete of millions of rows and a grouping of all of them were tried at it. */
  memoryLimitMb?: number
  /** What is kept of an appliance's refused messages. */
  quarantine?: QuarantineBounds
  /** Where the thread stands, on disk. */
  mark?: Mark
  /** Commits begin at least this far apart, so that what comes meanwhile shares one. Default 200. */
  commitEveryMs?: number
}

/**
 * Readings in DuckDB, a wide table a kind; what one appliance's page needs in SQLite beside it. Each file commits its
 * data with an offset of its own and skips what it has, so both hold every batch exactly once; `offset()` is the lesser.
 * DuckDB takes 70 MB and is loaded for the first reading: before it there is no file of readings, and nothing in it to ask for.
 * Blocks its thread while it commits: give it one of its own.
 * @throws Problem `store-unavailable` when the files cannot be opened
 */
export async function openDuckDbTelemetryStore(options: DuckDbOptions): Promise<TelemetryStore> {
  await mkdir(options.dir, { recursive: true })
  const path = join(options.dir, READINGS)
  const file = new ApplianceFile(join(options.dir, FILE), options.catalog, true, options.quarantine)
  const open = async (): Promise<DuckDbReadings> => {
    const { openDuckDbReadings } = await import('./duckDbReadings.ts')
    return openDuckDbReadings(path, options.catalog, options.memoryLimitMb ?? 96, file.offset)
  }
  try {
    return new DuckDbTelemetryStore(options, file, open, existsSync(path) ? await open() : undefined)
  } catch (error) {
    file.close()
    throw error
  }
}

class DuckDbTelemetryStore extends OnApplianceFile implements TelemetryStore {
  #dir: string
  #catalog: Catalog
  #open: () => Promise<DuckDbReadings>
  /** Absent before the first reading. */
  #readings: DuckDbReadings | undefined
  #queue: AppendQueue

  constructor(
    options: DuckDbOptions,
    file: ApplianceFile,
    open: () => Promise<DuckDbReadings>,
    readings: DuckDbReadings | undefined,
  ) {
    super(file)
    this.#dir = options.dir
    this.#catalog = options.catalog
    this.#open = open
    this.#readings = readings
    this.#queue = new AppendQueue({
      committed: () => this.#offset,
      commit: (batches) => this.#commit(batches),
      everyMs: options.commitEveryMs ?? 200,
      isWell: () => this.#isWell(),
      ...(options.mark ? { mark: options.mark } : {}),
    })
  }

  get #offset(): Offset {
    return Math.min(this.#readings?.place ?? Infinity, this.file.offset)
  }

  protected flush(): Promise<void> {
    return this.#queue.flush()
  }
  append(batch: StoredBatch): Promise<void> {
    return this.#queue.append(batch)
  }

  async #commit(batches: StoredBatch[]): Promise<void> {
    if (batches.some(({ readings }) => readings.length > 0)) this.#readings ??= await this.#open()
    const readings = this.#readings
    const fresh = batches.filter(({ upTo }) => readings && upTo > readings.place)
    if (fresh.length > 0) {
      this.file.nameAll(fresh)
      await readings?.commit(fresh, (id) => this.file.numberOf(id))
    }
    this.file.apply(batches)
  }
  async #isWell(): Promise<void> {
    await this.#readings?.probe()
    this.file.probe()
  }
  async begin(): ReturnType<TelemetryStore['begin']> {
    await this.#queue.begin()
    return { upTo: this.#offset, counters: this.file.counters }
  }

  async offset(): Promise<Offset> {
    return this.#offset
  }

  async known(keys: Parameters<TelemetryStore['known']>[0]): ReturnType<TelemetryStore['known']> {
    await this.#queue.flush()
    const byKind = new Map<string, { number: number; ts: number }[]>()
    const idOf = new Map<number, string>()
    for (const { appliance, kind, ts } of keys) {
      const number = this.file.knownNumber(appliance)
      if (number === undefined || !this.#catalog.kinds.has(kind)) continue
      idOf.set(number, appliance)
      const wanted = byKind.get(kind)
      if (wanted) wanted.push({ number, ts })
      else byKind.set(kind, [{ number, ts }])
    }
    const found: Awaited<ReturnType<TelemetryStore['known']>> = []
    for (const [name, wanted] of byKind) {
      const stored = (await this.#readings?.known(this.#catalog.kind(name), wanted)) ?? []
      for (const { number, ...key } of stored) found.push({ appliance: idOf.get(number)!, ...key })
    }
    return found
  }

  async series({ appliance, kind: name, from, to, points, metrics }: SeriesQuery): Promise<Series> {
    const kind = this.#catalog.kind(name)
    if (from > this.file.recentFloor(appliance)) {
      return seriesOfRows(kind, this.file.recentRows(appliance, kind, from, to), points, metrics)
    }
    const hours = this.file.hours(appliance, kind, from, to)
    const [first, last] = [hours[0], hours.at(-1)]
    if (!first || !last) return seriesOfRows(kind, [], points, metrics)
    const counted = hours.reduce((sum, { summary }) => sum + summary.count, 0)
    const within = hours.filter(({ hour }) => hour >= from && hour + HOUR <= to)
    const atLeast = within.reduce((sum, { summary }) => sum + summary.count, 0)
    const most = Math.max(points, ROWS_READ)
    if (atLeast <= most) {
      const limit = most + counted - atLeast + 1
      const rows = await this.#rows(appliance, kind, first.hour, last.hour + HOUR, limit)
      const asked = rows.filter(({ ts }) => ts >= from && ts < to)
      // Where raw readings were forgotten, fewer are there than the hours have counted: the hours speak.
      if (asked.length <= most && rows.length >= counted) return seriesOfRows(kind, asked, points, metrics)
    }
    const summaries = await Promise.all(hours.map((one) => this.#partOf(one, appliance, kind, from, to)))
    return seriesOfSummaries(
      kind,
      summaries.flatMap((one) => one ?? []),
      points,
      metrics,
    )
  }

  /** What of an hour lies in the range, by its readings; of one whose readings were forgotten, all that is known of it. */
  async #partOf(
    { hour, summary }: { hour: Millis; summary: Summary },
    appliance: string,
    kind: Kind,
    from: Millis,
    to: Millis,
  ): Promise<Summary | undefined> {
    if (hour >= from && hour + HOUR <= to) return summary
    if (summary.lastTs < from) return undefined
    const rows = await this.#rows(appliance, kind, hour, hour + HOUR, summary.count + 1)
    if (rows.length >= summary.count)
      return summaryOf(
        kind,
        rows.filter(({ ts }) => ts >= from && ts < to),
      )
    summary.lastTs = Math.min(summary.lastTs, Math.ceil(to) - 1)
    return summary
  }

  async firstHour({ appliance }: Parameters<TelemetryStore['firstHour']>[0]): Promise<number | undefined> {
    return this.file.firstHour(appliance)
  }

  async #rows(appliance: string, kind: Kind, from: number, to: number, limit: number): Promise<GatheredRows> {
    const number = this.file.knownNumber(appliance)
    return (number !== undefined && (await this.#readings?.rows(number, kind, from, to, limit))) || []
  }

  async scan(query: ScanQuery): Promise<ScannedRows> {
    await this.#queue.flush()
    const numbers = this.file.numbersOf(query.appliances)
    const found = await this.#readings?.scan(this.#catalog.kind(query.kind), query, numbers)
    return found ?? { appliances: [], applianceIndex: new Int32Array(), ts: new Float64Array(), values: [], states: [] }
  }

  async forget(retention: Retention): Promise<{ rows: number; done: boolean }> {
    const gone = await this.#readings?.forget(retention, (appliance) => this.file.knownNumber(appliance))
    const refused = this.file.forgetRefused(retention)
    return { rows: (gone?.rows ?? 0) + refused.rows, done: (gone?.done ?? true) && refused.done }
  }

  async copyTo(dir: string): Promise<void> {
    await mkdir(dir, { recursive: true })
    // Between two commits both files are of one moment.
    const copies = await this.#queue.between(async () => {
      const copyFile = pinSqlite(join(this.#dir, FILE))
      const copyReadings = await this.#readings?.pin(join(dir, READINGS))
      return [copyFile(join(dir, FILE)), copyReadings?.()]
    })
    await Promise.all(copies)
  }

  async close(): Promise<void> {
    await this.#queue.close()
    this.#readings?.close()
    this.file.close()
  }
}
