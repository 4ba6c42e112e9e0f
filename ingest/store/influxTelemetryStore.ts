import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { HttpError, InfluxDB } from '@influxdata/influxdb-client'
import type { Catalog } from '../../catalog/index.ts'
import {
  HOUR,
  type Offset,
  Problem,
  type QuarantineBounds,
  type Retention,
  type ScannedRows,
  type ScanQuery,
  type Series,
  type SeriesQuery,
  type StoredBatch,
  type TelemetryStore,
} from '../../core/index.ts'
import { AppendQueue, type Mark, unavailable, unprocessable } from './appendQueue.ts'
import { ApplianceFile } from './applianceFile.ts'
import { influxLines, placeMeasurement, rowOfInflux } from './influxLines.ts'
import { stretchesOf } from './influxStretches.ts'
import { OnApplianceFile } from './onApplianceFile.ts'
import { scanInflux } from './scanInflux.ts'
import { seriesOfRows } from './series.ts'

export interface InfluxOptions {
  /** May carry `user:password@`. */
  url: string
  /** Version 1 is tested. 2 and 3 go by the same client and are unverified. */
  version?: '1' | '2' | '3'
  /** The database of version 1, made when it is missing; the bucket of the others. */
  database: string
  token?: string
  org?: string
  /** Where the file lies that keeps offset, counters, quarantine, and what is derived. */
  dir: string
  catalog: Catalog
  timeoutMs?: number
  commitEveryMs?: number
  /** What is kept of an appliance's refused messages. */
  quarantine?: QuarantineBounds
  /** Where the thread stands, on disk. */
  mark?: Mark
}

const LINES_AT_ONCE = 5_000
const STATEMENTS_AT_ONCE = 100
/** Keys of an appliance that are nearer than this are asked for in one range. */
const KEY_GAP_MS = 6 * HOUR
/** The last millisecond that InfluxDB's nanoseconds can say. */
const LAST_MS = 9_223_372_036_854

/**
 * Readings in InfluxDB, everything else in an SQLite file beside it. The offset commits in the file after the write has
 * succeeded: a crash between writes the same points again, which InfluxDB takes for the same. Hash and place of every
 * reading are points of their own, so that a conflict is found although InfluxDB overwrites in silence.
 * @throws Problem `store-unavailable`, retryable, when the server does not answer
 */
export async function openInfluxTelemetryStore(options: InfluxOptions): Promise<TelemetryStore> {
  await mkdir(options.dir, { recursive: true })
  const server = new InfluxServer(options)
  if ((options.version ?? '1') === '1') await server.query([`CREATE DATABASE "${options.database}"`])
  const file = new ApplianceFile(join(options.dir, 'appliances.sqlite'), options.catalog, false, options.quarantine)
  return new InfluxTelemetryStore(options, server, file)
}

interface Table {
  columns: string[]
  values: unknown[][]
}

/** Writing through the client, reading in InfluxQL, which all versions speak. */
class InfluxServer {
  #url: URL
  #params: Record<string, string>
  #headers: Record<string, string>
  #timeoutMs: number
  #write: ReturnType<InfluxDB['getWriteApi']>

  constructor({ url, version = '1', database, token, org = '-', timeoutMs = 10_000 }: InfluxOptions) {
    this.#url = new URL(url)
    const { username, password } = this.#url
    this.#url.username = ''
    this.#url.password = ''
    this.#params = {
      db: database,
      epoch: 'ms',
      ...(username ? { u: decodeURIComponent(username), p: decodeURIComponent(password) } : {}),
    }
    this.#headers = token ? { authorization: `Token ${token}` } : {}
    this.#timeoutMs = timeoutMs
    const base = this.#url.toString().replace(/\/$/, '')
    const client = new InfluxDB({ url: base, timeout: timeoutMs, ...(token ? { token } : {}) })
    // The client's own retries are memory alone and give up: the journal is what tries again.
    this.#write = client.getWriteApi(org, database, 'ms', {
      batchSize: LINES_AT_ONCE * 2,
      flushInterval: 0,
      maxRetries: 0,
      writeFailed: (error) => Promise.reject(error),
    })
    if (version === '1') {
      const { epoch: _, ...params } = this.#params
      // A plain property of the client that its types do not offer: version 1 has no /api/v2/write.
      ;(this.#write as unknown as { path: string }).path =
        `/write?${new URLSearchParams({ ...params, precision: 'ms' })}`
    }
  }

  async write(lines: string[]): Promise<void> {
    for (let i = 0; i < lines.length; i += LINES_AT_ONCE) {
      try {
        this.#write.writeRecords(lines.slice(i, i + LINES_AT_ONCE))
        await this.#write.flush()
      } catch (error) {
        // What it cannot parse is a fault of what was written.
        if (error instanceof HttpError && error.statusCode === 400) throw unprocessable(error)
        // A refused write would be refused again for ever: a person has to see it.
        if (error instanceof HttpError && error.statusCode >= 400 && error.statusCode < 500)
          throw refused(error.message, error)
        throw unavailable(`InfluxDB at ${this.#url.host} took no readings: ${(error as Error).message}.`, error)
      }
    }
  }

  /** @returns the table of each statement */
  async query(statements: string[]): Promise<(Table | undefined)[]> {
    const url = new URL('query', this.#url.href.endsWith('/') ? this.#url : `${this.#url}/`)
    let status: number
    let text: string
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: this.#headers,
        body: new URLSearchParams({ ...this.#params, q: statements.join(';') }),
        signal: AbortSignal.timeout(this.#timeoutMs),
      })
      status = answer.status
      text = await answer.text()
    } catch (cause) {
      throw unavailable(`InfluxDB at ${this.#url.host} does not answer: ${(cause as Error).message}.`, cause)
    }
    if (status >= 500) throw unavailable(`InfluxDB at ${this.#url.host} answered ${status}: ${text.slice(0, 200)}.`)
    const { error, results } = JSON.parse(text) as { error?: string; results?: { error?: string; series?: Table[] }[] }
    const wrong = error ?? results?.find((result) => result.error)?.error
    if (wrong) throw refused(wrong)
    return (results ?? []).map(({ series }) => series?.[0])
  }

  async close(): Promise<void> {
    await this.#write.close().catch(() => undefined)
  }
}

class InfluxTelemetryStore extends OnApplianceFile implements TelemetryStore {
  #catalog: Catalog
  #server: InfluxServer
  #queue: AppendQueue

  constructor(options: InfluxOptions, server: InfluxServer, file: ApplianceFile) {
    super(file)
    this.#catalog = options.catalog
    this.#server = server
    this.#queue = new AppendQueue({
      committed: () => file.offset,
      commit: (batches) => this.#commit(batches),
      everyMs: options.commitEveryMs ?? 500,
      isWell: async () => file.probe(),
      ...(options.mark ? { mark: options.mark } : {}),
    })
  }

  protected flush(): Promise<void> {
    return this.#queue.flush()
  }
  append(batch: StoredBatch): Promise<void> {
    return this.#queue.append(batch)
  }
  async #commit(batches: StoredBatch[]): Promise<void> {
    const fresh = batches.filter(({ upTo }) => upTo > this.file.offset)
    const lines = fresh.flatMap(({ readings }) =>
      readings.flatMap((batch) => influxLines(this.#catalog.kind(batch.kind), batch)),
    )
    await this.#server.write(lines)
    this.file.apply(fresh)
  }
  async begin(): ReturnType<TelemetryStore['begin']> {
    await this.#queue.begin()
    return { upTo: this.file.offset, counters: this.file.counters }
  }
  async offset(): Promise<Offset> {
    return this.file.offset
  }

  async known(keys: Parameters<TelemetryStore['known']>[0]): ReturnType<TelemetryStore['known']> {
    await this.#queue.flush()
    const wanted = new Set(keys.map(({ appliance, ts }) => `${appliance} ${ts}`))
    const ranges = rangesOf(keys)
    const found: Awaited<ReturnType<TelemetryStore['known']>> = []
    for (let i = 0; i < ranges.length; i += STATEMENTS_AT_ONCE) {
      const some = ranges.slice(i, i + STATEMENTS_AT_ONCE)
      const statements = some.map(
        ({ appliance, kind, from, to }) =>
          `SELECT "hash", "place", "idx" FROM "${placeMeasurement(kind)}" WHERE ${where(appliance, from, to + 1)}`,
      )
      for (const [s, table] of (await this.#server.query(statements)).entries()) {
        const { appliance } = some[s]!
        for (const [ts, hash, offset, index] of table?.values ?? []) {
          if (!wanted.has(`${appliance} ${ts}`)) continue
          const [high, low] = String(hash).split('-')
          const hashes = { hashHigh: Number.parseInt(high!, 16), hashLow: Number.parseInt(low!, 16) }
          found.push({ appliance, ts: Number(ts), ...hashes, offset: Number(offset), index: Number(index) })
        }
      }
    }
    return found
  }

  async series({ appliance, kind: name, from, to, points, metrics }: SeriesQuery): Promise<Series> {
    const kind = this.#catalog.kind(name)
    const readings = `FROM "${kind.kind}" WHERE ${where(appliance, from, to)}`
    const [count, first, last] = await this.#server.query([
      `SELECT count("n") ${readings}`,
      `SELECT first("n") ${readings}`,
      `SELECT last("n") ${readings}`,
    ])
    if (Number(count?.values[0]?.[1] ?? 0) <= points) {
      const [table] = await this.#server.query([`SELECT * ${readings}`])
      const rows = (table?.values ?? []).map((values) => rowOfInflux(kind, table!.columns, values))
      return seriesOfRows(kind, rows, points, metrics)
    }
    const firstTs = Number(first?.values[0]?.[0])
    const lastTs = Number(last?.values[0]?.[0])
    const whose = `"appliance" = '${appliance}'`
    const stretches = { kind, whose, first: firstTs, last: lastTs, points, metrics }
    return stretchesOf((statements) => this.#server.query(statements), stretches)
  }

  async firstHour({ appliance, kind }: Parameters<TelemetryStore['firstHour']>[0]): Promise<number | undefined> {
    const [first] = await this.#server.query([
      `SELECT first("n") FROM "${this.#catalog.kind(kind).kind}" WHERE ${where(appliance, 0, LAST_MS)}`,
    ])
    const ts = first?.values[0]?.[0]
    return ts === undefined ? undefined : Math.floor(Number(ts) / HOUR) * HOUR
  }

  async scan(query: ScanQuery): Promise<ScannedRows> {
    await this.#queue.flush()
    return scanInflux(this.#catalog.kind(query.kind), query, (statements) => this.#server.query(statements))
  }

  /** The server's own retention policy decides what goes: README says how long it should be. */
  async forget(retention: Retention): ReturnType<TelemetryStore['forget']> {
    return this.file.forgetRefused(retention)
  }
  async copyTo(): Promise<void> {
    throw new Problem({
      code: 'store-elsewhere',
      message: 'The readings are in InfluxDB, which has a backup of its own.',
      remedy: 'Stop the product, then copy DATA_DIR and run InfluxDB’s own backup; put both back together.',
      status: 409,
    })
  }
  async close(): Promise<void> {
    await this.#queue.close()
    await this.#server.close()
    this.file.close()
  }
}

/** InfluxQL answers one range of time a statement, not a list of times. */
function rangesOf(
  keys: { appliance: string; kind: string; ts: number }[],
): { appliance: string; kind: string; from: number; to: number }[] {
  const ranges: { appliance: string; kind: string; from: number; to: number }[] = []
  const sorted = [...keys].sort((a, b) =>
    a.appliance < b.appliance ? -1 : a.appliance > b.appliance ? 1 : a.ts - b.ts,
  )
  for (const { appliance, kind, ts } of sorted) {
    const last = ranges[ranges.length - 1]
    if (last && last.appliance === appliance && last.kind === kind && ts - last.to < KEY_GAP_MS) last.to = ts
    else ranges.push({ appliance, kind, from: ts, to: ts })
  }
  return ranges
}

/** Ids have no character that InfluxQL's quotes would mind. */
const where = (appliance: string, from: number, to: number): string =>
  `"appliance" = '${appliance}' AND time >= ${inRange(from)}ms AND time < ${inRange(to)}ms`
const inRange = (ts: number): number => Math.ceil(Math.min(Math.max(ts, 0), LAST_MS))

const refused = (what: string, cause?: unknown): Problem =>
  new Problem({
    code: 'store-refused',
    message: `InfluxDB refused: ${what}.`,
    remedy:
      'See that the database, its retention policy and the account of INFLUX_URL fit; nothing acknowledged is lost.',
    concerns: 'INFLUX_URL',
    status: 502,
    cause,
  })
