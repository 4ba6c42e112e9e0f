import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Catalog, Kind } from '../catalog/index.ts'
import {
  type ApplianceEvent,
  type ApplianceId,
  BURST,
  byName,
  type CycleRow,
  DAY,
  type FeatureRow,
  HOUR,
  type IngestCounters,
  type LatestReading,
  type Millis,
  type Offset,
  type QuarantineBounds,
  quarantineBounds,
  type ReadingBatch,
  type SettledBatch,
} from '../core/index.ts'
import { decodeSummary, encodeSummary, Summary } from './applianceHour.ts'
import { addCounters, noCounters } from './counters.ts'
import { QuarantineTable } from './quarantineTable.ts'
import { decodeBlock, encodeBlock, type GatheredRows } from './readingBlock.ts'

/** Readings this much older than an appliance's newest are no longer kept in blocks. */
const RECENT_MS = DAY + 2 * HOUR
const PRUNE_EVERY_MS = 2 * HOUR
const LATEST_CACHED = 50_000
const HOURS_CACHED = 20_000

const schema = `
  create table if not exists meta(key text primary key, value) without rowid;
  create table if not exists appliances(num integer primary key, id text not null unique);
  create table if not exists layouts(num integer primary key, metrics text not null unique);
  create table if not exists latest(appliance integer primary key, reading text not null);
  create table if not exists recent(appliance integer, last_ts integer, offset integer, first_ts integer, rows blob,
    primary key(appliance, last_ts, offset)) without rowid;
  create table if not exists hours(appliance integer, hour integer, summary blob, primary key(appliance, hour)) without rowid;
  create table if not exists features(appliance integer, at integer, feature text, observed real, low real, high real,
    primary key(appliance, at, feature)) without rowid;
  create table if not exists cycles(appliance integer, from_ts integer, cycle text, to_ts integer, features text,
    primary key(appliance, from_ts, cycle)) without rowid;
  create table if not exists events(offset integer primary key, appliance integer, ts integer, kind text, type text,
    code text, body text);
  create index if not exists events_by_appliance on events(appliance, ts);`

/** Bursts of one appliance whose raw samples are kept. */
const BURSTS_KEPT = 8

interface HourEntry {
  number: number
  hour: number
  layout: number
  summary: Summary
  dirty: boolean
}
interface Latest extends LatestReading {
  prunedAt: Millis
}

/**
 * What is kept by appliance beside the readings, in one SQLite file: latest values, the last day in small blocks,
 * min, mean and max by hour, features, cycles, events, and the quarantine with the counters. It commits an offset of
 * its own with all of it, so a replay repeats nothing. Synchronous: lives on the store's thread.
 */
export class ApplianceFile {
  #db: DatabaseSync
  #catalog: Catalog
  #offset: Offset
  #counters: IngestCounters
  #numbers = new Map<ApplianceId, number>()
  #layouts = new Map<string, number>()
  #layoutOfKind = new WeakMap<Kind, number>()
  #layoutMaps = new Map<string, Int32Array>()
  #latest = new Map<number, Latest>()
  #hours = new Map<string, HourEntry>()
  #sql = new Map<string, StatementSync>()
  readonly quarantine: QuarantineTable
  /** Are blocks and hours kept here, or does the store answer series itself? */
  #keepsReadings: boolean

  constructor(path: string, catalog: Catalog, keepsReadings: boolean, bounds: QuarantineBounds = quarantineBounds) {
    this.#db = new DatabaseSync(path, { timeout: 5_000 })
    this.#db.exec('pragma journal_mode=wal; pragma synchronous=full; pragma cache_size=-32768')
    this.#db.exec(schema)
    const statements = { run: this.#run.bind(this), all: this.#all.bind(this) }
    this.quarantine = new QuarantineTable(statements, bounds)
    this.#catalog = catalog
    this.#keepsReadings = keepsReadings
    const meta = new Map(this.#all('select key, value from meta').map(({ key, value }) => [key, value]))
    this.#offset = Number(meta.get('offset') ?? 0)
    this.#counters = meta.has('counters') ? JSON.parse(String(meta.get('counters'))) : noCounters()
    for (const { num, id } of this.#all('select num, id from appliances')) this.#numbers.set(String(id), Number(num))
    for (const { num, metrics } of this.#all('select num, metrics from layouts')) {
      this.#layouts.set(String(metrics), Number(num))
    }
  }

  get offset(): Offset {
    return this.#offset
  }
  get counters(): IngestCounters {
    return structuredClone(this.#counters)
  }

  /** Gives every appliance of these batches a number, durable before anything else may use it. */
  nameAll(batches: SettledBatch[]): void {
    const unnamed = new Set<ApplianceId>()
    const see = (id: ApplianceId): unknown => this.#numbers.has(id) || unnamed.add(id)
    for (const { readings, events, features, cycles } of batches) {
      for (const { kind, appliances } of readings) {
        appliances.forEach(see)
        if (this.#keepsReadings) this.#layoutOf(this.#catalog.kind(kind))
      }
      for (const rows of [events, features, cycles]) for (const { appliance } of rows) see(appliance)
    }
    if (unnamed.size === 0) return
    const insert = this.#statement('insert into appliances(id) values (?)')
    this.#inTransaction(() => {
      const numbers = [...unnamed].map((id): [ApplianceId, number] => [id, Number(insert.run(id).lastInsertRowid)])
      return () => {
        for (const [id, number] of numbers) this.#numbers.set(id, number)
      }
    })
  }
  /** Of an appliance that `nameAll` has seen. */
  numberOf(id: ApplianceId): number {
    return this.#numbers.get(id)!
  }
  /** Absent: never heard of. */
  knownNumber(id: ApplianceId): number | undefined {
    return this.#numbers.get(id)
  }

  /** All of these and the last one's offset, in one synced commit. Those already committed change nothing. */
  apply(batches: SettledBatch[]): void {
    const fresh = batches.filter(({ upTo }) => upTo > this.#offset)
    const last = fresh[fresh.length - 1]
    if (!last) return
    // Before the transaction, so that one that is rolled back leaves none in memory alone.
    this.nameAll(fresh)
    const counters = this.counters
    this.#inTransaction(() => {
      const dirty = new Set<number>()
      for (const batch of fresh) {
        for (const readings of batch.readings) this.#applyReadings(readings, dirty)
        this.#applyRest(batch)
        addCounters(counters, batch.counters)
      }
      for (const number of dirty) {
        this.#run('insert or replace into latest values (?, ?)', number, JSON.stringify(this.#latest.get(number)))
      }
      this.#flushHours()
      this.#run('insert or replace into meta values (?, ?)', 'counters', JSON.stringify(counters))
      this.#run('insert or replace into meta values (?, ?)', 'offset', last.upTo)
      return () => undefined
    })
    this.#offset = last.upTo
    this.#counters = counters
    if (this.#latest.size > LATEST_CACHED) this.#latest.clear()
    if (this.#hours.size > HOURS_CACHED) this.#hours.clear()
  }

  /** Can anything be written? @throws as writing does */
  probe(): void {
    this.#inTransaction(() => {
      this.#run('insert or replace into meta values (?, ?)', 'offset', this.#offset)
      return () => undefined
    })
  }

  /** @param act what it returns is done once it is committed */
  #inTransaction(act: () => () => void): void {
    this.#db.exec('begin immediate')
    try {
      const after = act()
      this.#db.exec('commit')
      after()
    } catch (error) {
      this.#latest.clear()
      this.#hours.clear()
      if (this.#db.isTransaction) this.#db.exec('rollback')
      throw error
    }
  }

  #applyReadings(batch: ReadingBatch, dirty: Set<number>): void {
    const kind = this.#catalog.kind(batch.kind)
    const layout = this.#keepsReadings ? this.#layoutOf(kind) : 0
    const rowsOf = new Map<number, number[]>()
    for (let row = 0; row < batch.count; row++) {
      const rows = rowsOf.get(batch.applianceIndex[row]!)
      if (rows) rows.push(row)
      else rowsOf.set(batch.applianceIndex[row]!, [row])
    }
    for (const [index, rows] of rowsOf) {
      const number = this.#numbers.get(batch.appliances[index]!)!
      const latest = this.#latestOf(number)
      rows.sort((a, b) => batch.ts[a]! - batch.ts[b]!)
      if (batch.ts[rows[rows.length - 1]!]! > latest.ts) {
        for (const row of rows) if (batch.ts[row]! > latest.ts) updateLatest(latest, kind, batch, row)
        dirty.add(number)
      }
      if (!this.#keepsReadings) continue
      this.#applyHours(number, kind, batch, rows)
      const floor = latest.ts - RECENT_MS
      const recent = rows.filter((row) => batch.ts[row]! > floor)
      if (recent.length) {
        const [first, last] = [batch.ts[recent[0]!]!, batch.ts[recent[recent.length - 1]!]!]
        const offset = batch.offset[recent[0]!]!
        const sql = 'insert or replace into recent values (?, ?, ?, ?, ?)'
        this.#run(sql, number, last, offset, first, encodeBlock(batch, recent, layout))
      }
      if (floor - latest.prunedAt > PRUNE_EVERY_MS) {
        latest.prunedAt = floor
        this.#run('delete from recent where appliance = ? and last_ts < ?', number, floor)
      }
    }
  }

  #applyHours(number: number, kind: Kind, batch: ReadingBatch, rows: number[]): void {
    const metrics = batch.values.length
    const words = Math.ceil(metrics / 32)
    let hour = -1
    let entry: HourEntry | undefined
    for (const row of rows) {
      const ts = batch.ts[row]!
      const at = Math.floor(ts / HOUR)
      if (at !== hour || !entry) {
        hour = at
        entry = this.#hourOf(number, at, kind)
        entry.dirty = true
      }
      const { summary } = entry
      summary.seen(ts)
      for (let m = 0; m < metrics; m++) {
        const value = batch.values[m]![row]!
        // biome-ignore lint/suspicious/noSelfCompare: NaN alone differs from itself; isNaN is a call on the hot path
        if (value === value && ((batch.invalid[row * words + (m >> 5)]! >>> (m & 31)) & 1) === 0) summary.add(m, value)
      }
      const extras = batch.extras.get(row)
      if (extras)
        for (const [name, value] of Object.entries(JSON.parse(extras))) summary.addExtra(name, value as number)
    }
  }

  #applyRest({ events, features, cycles, ...rest }: SettledBatch): void {
    for (const { appliance, ts, kind, type, code, body, offset } of events) {
      const sql = 'insert or ignore into events values (?, ?, ?, ?, ?, ?, ?)'
      const number = this.numberOf(appliance)
      const { samples: _, ...rest } = body
      const kept = type === BURST && this.#newerBursts(number, ts) >= BURSTS_KEPT ? rest : body
      this.#run(sql, offset, number, ts, kind, type, code, JSON.stringify(kept))
      if (kept === body && type === BURST) this.#forgetSamples(number)
    }
    for (const { appliance, feature, at, observed, low, high } of features) {
      const sql = 'insert or replace into features values (?, ?, ?, ?, ?, ?)'
      this.#run(sql, this.numberOf(appliance), at, feature, orNull(observed), orNull(low), orNull(high))
    }
    for (const { appliance, cycle, from, to, features: of } of cycles) {
      const sql = 'insert or replace into cycles values (?, ?, ?, ?, ?)'
      this.#run(sql, this.numberOf(appliance), from, cycle, to, JSON.stringify(of))
    }
    this.quarantine.apply(rest)
  }

  #newerBursts(appliance: number, ts: Millis): number {
    const newer = 'select 1 from events where appliance = ? and type = ? and ts > ? limit ?'
    return Number(this.#all(`select count(*) as n from (${newer})`, appliance, BURST, ts, BURSTS_KEPT)[0]?.n ?? 0)
  }
  /** The raw samples of the newest few bursts are kept; older ones stay as events, without them. */
  #forgetSamples(appliance: number): void {
    const next =
      'select offset from events where appliance = ? and type = ? order by ts desc, offset desc limit 1 offset ?'
    const sql = `update events set body = json_remove(body, '$.samples') where offset = (${next})`
    this.#run(sql, appliance, BURST, BURSTS_KEPT)
  }

  /** Blocks hold everything after this; −∞ for an appliance that has sent nothing. */
  recentFloor(id: ApplianceId): Millis {
    const number = this.#numbers.get(id)
    return number === undefined ? -Infinity : this.#latestOf(number).ts - RECENT_MS
  }
  recentRows(id: ApplianceId, kind: Kind, from: Millis, to: Millis): GatheredRows {
    const rows: GatheredRows = []
    const number = this.#numbers.get(id)
    if (number === undefined) return rows
    const sql = 'select rows from recent where appliance = ? and last_ts >= ? and first_ts < ?'
    for (const block of this.#all(sql, number, from, to)) {
      decodeBlock(
        block.rows as Uint8Array,
        (layout) => this.#mapOf(layout, kind),
        kind.metricNames.length,
        from,
        to,
        rows,
      )
    }
    return rows
  }
  /** Hours that overlap [from, to), in order. */
  hours(id: ApplianceId, kind: Kind, from: Millis, to: Millis): { hour: Millis; summary: Summary }[] {
    const number = this.#numbers.get(id)
    if (number === undefined) return []
    const sql = 'select hour, summary from hours where appliance = ? and hour between ? and ? order by hour'
    const [first, last] = [Math.floor(from / HOUR), Math.ceil(to / HOUR) - 1]
    return this.#all(sql, number, first, last).map(({ hour, summary }) => ({
      hour: Number(hour) * HOUR,
      summary: decodeSummary(summary as Uint8Array, (layout) => this.#mapOf(layout, kind), kind.metricNames.length),
    }))
  }

  latest(ids: ApplianceId[]): Map<ApplianceId, LatestReading> {
    const found = new Map<ApplianceId, LatestReading>()
    for (const id of ids) {
      const number = this.#numbers.get(id)
      if (number === undefined) continue
      const { ts, firmware, metrics, states } = this.#latestOf(number)
      if (ts === -Infinity) continue
      found.set(id, {
        ts,
        ...(firmware === undefined ? {} : { firmware }),
        metrics: { ...metrics },
        states: { ...states },
      })
    }
    return found
  }

  features(id: ApplianceId, feature: string | null, from: Millis, to: Millis): FeatureRow[] {
    const sql = `select at, feature, observed, low, high from features where appliance = ? and at >= ? and at < ?
      and (? is null or feature = ?) order by at, feature`
    return this.#all(sql, this.#numbers.get(id) ?? -1, from, to, feature, feature).map((row) => ({
      appliance: id,
      feature: String(row.feature),
      at: Number(row.at),
      observed: orNaN(row.observed),
      low: orNaN(row.low),
      high: orNaN(row.high),
    }))
  }
  cycles(id: ApplianceId, from: Millis, to: Millis): CycleRow[] {
    const sql = 'select * from cycles where appliance = ? and from_ts >= ? and from_ts < ? order by from_ts'
    return this.#all(sql, this.#numbers.get(id) ?? -1, from, to).map((row) => ({
      appliance: id,
      cycle: String(row.cycle),
      from: Number(row.from_ts),
      to: Number(row.to_ts),
      features: JSON.parse(String(row.features)),
    }))
  }
  events(id: ApplianceId, from: Millis, to: Millis): ApplianceEvent[] {
    const sql = 'select * from events where appliance = ? and ts >= ? and ts < ? order by ts, offset'
    return this.#all(sql, this.#numbers.get(id) ?? -1, from, to).map((row) => ({
      appliance: id,
      kind: String(row.kind),
      ts: Number(row.ts),
      type: String(row.type),
      code: row.code === null ? null : String(row.code),
      body: JSON.parse(String(row.body)),
      offset: Number(row.offset),
    }))
  }

  close(): void {
    this.#sql.clear()
    this.#db.close()
  }

  #latestOf(number: number): Latest {
    let latest = this.#latest.get(number)
    if (!latest) {
      const [row] = this.#all('select reading from latest where appliance = ?', number)
      const found: Latest = row
        ? (JSON.parse(String(row.reading)) as Latest)
        : { ts: -Infinity, metrics: {}, states: {}, prunedAt: 0 }
      latest = { ...found, metrics: byName(found.metrics) }
      this.#latest.set(number, latest)
    }
    return latest
  }
  #hourOf(number: number, hour: number, kind: Kind): HourEntry {
    const key = `${number}/${hour}`
    let entry = this.#hours.get(key)
    if (!entry) {
      const [row] = this.#all('select summary from hours where appliance = ? and hour = ?', number, hour)
      const metrics = kind.metricNames.length
      const map = (layout: number): Int32Array => this.#mapOf(layout, kind)
      const summary = row ? decodeSummary(row.summary as Uint8Array, map, metrics) : new Summary(metrics)
      entry = { number, hour, layout: this.#layoutOf(kind), summary, dirty: false }
      this.#hours.set(key, entry)
    }
    return entry
  }
  #flushHours(): void {
    for (const entry of this.#hours.values()) {
      if (!entry.dirty) continue
      const { number, hour, layout, summary } = entry
      this.#run('insert or replace into hours values (?, ?, ?)', number, hour, encodeSummary(summary, layout))
      entry.dirty = false
    }
  }

  #layoutOf(kind: Kind): number {
    const known = this.#layoutOfKind.get(kind)
    if (known !== undefined) return known
    const metrics = JSON.stringify(kind.metricNames)
    let number = this.#layouts.get(metrics)
    if (number === undefined) {
      number = Number(this.#statement('insert into layouts(metrics) values (?)').run(metrics).lastInsertRowid)
      this.#layouts.set(metrics, number)
    }
    this.#layoutOfKind.set(kind, number)
    return number
  }
  #mapOf(layout: number, kind: Kind): Int32Array {
    const key = `${layout}/${kind.kind}`
    let map = this.#layoutMaps.get(key)
    if (!map) {
      const [row] = this.#all('select metrics from layouts where num = ?', layout)
      const names = JSON.parse(String(row?.metrics ?? '[]')) as string[]
      map = Int32Array.from(names, (name) => kind.metricIndex.get(name) ?? -1)
      this.#layoutMaps.set(key, map)
    }
    return map
  }

  #statement(sql: string): StatementSync {
    let statement = this.#sql.get(sql)
    if (!statement) {
      statement = this.#db.prepare(sql)
      this.#sql.set(sql, statement)
    }
    return statement
  }
  #run(sql: string, ...values: (string | number | null | Uint8Array)[]): void {
    this.#statement(sql).run(...values)
  }
  #all(sql: string, ...values: (string | number | null)[]): Record<string, unknown>[] {
    return this.#statement(sql).all(...values)
  }
}

function updateLatest(latest: Latest, kind: Kind, batch: ReadingBatch, row: number): void {
  latest.ts = batch.ts[row]!
  const firmware = batch.firmware[row]!
  if (firmware >= 0) latest.firmware = batch.words[firmware]!
  for (let m = 0; m < batch.values.length; m++) {
    const value = batch.values[m]![row]!
    if (!Number.isNaN(value)) latest.metrics[kind.metricNames[m]!] = value
  }
  for (let s = 0; s < batch.states.length; s++) {
    const word = stateWord(kind, batch, s, row)
    if (word !== null) latest.states[kind.stateNames[s]!] = word
  }
  const extras = batch.extras.get(row)
  if (!extras) return
  let room = 64 + kind.metricNames.length - Object.keys(latest.metrics).length
  for (const [name, value] of Object.entries(JSON.parse(extras) as Record<string, number>))
    if (Object.hasOwn(latest.metrics, name) || room-- > 0) latest.metrics[name] = value
}

/** The word of a state column, whether the catalog lists it or it is a free text; null where absent. */
export function stateWord(kind: Kind, batch: ReadingBatch, state: number, row: number): string | null {
  const word = batch.states[state]![row]!
  if (word < 0) return null
  const words = kind.states[kind.stateNames[state]!]!
  return words === 'text' ? batch.words[word]! : words[word]!
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value)
const orNaN = (value: unknown): number => (value === null ? Number.NaN : Number(value))
