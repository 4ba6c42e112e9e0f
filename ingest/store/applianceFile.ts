import type { Catalog, Kind } from '../../catalog/index.ts'
import {
  type ApplianceId,
  byName,
  HOUR,
  type IngestCounters,
  type LatestReading,
  type Millis,
  type Offset,
  type QuarantineBounds,
  quarantineBounds,
  type ReadingBatch,
  type Retention,
  type StoredBatch,
} from '../../core/index.ts'
import { addCounters, noCounters } from '../counters.ts'
import type { Summary } from './applianceHour.ts'
import { FileStatements } from './fileStatements.ts'
import { FoundTable, foundSchema } from './foundTable.ts'
import { QuarantineTable } from './quarantineTable.ts'
import type { GatheredRows } from './readingBlock.ts'
import { RECENT_MS, RecentTable, recentSchema } from './recentTable.ts'

const PRUNE_EVERY_MS = 2 * HOUR
const LATEST_CACHED = 50_000

const schema = `
  create table if not exists meta(key text primary key, value) without rowid;
  create table if not exists appliances(num integer primary key, id text not null unique);
  create table if not exists latest(appliance integer primary key, reading text not null);`

interface Latest extends LatestReading {
  prunedAt: Millis
}

/**
 * What is kept by appliance beside the readings, in one SQLite file: latest values, the last day in small blocks,
 * min, mean and max by hour, features, cycles, events, and the quarantine with the counters. It commits an offset of
 * its own with all of it, so a replay repeats nothing. Synchronous: lives on the store's thread.
 */
export class ApplianceFile {
  #file: FileStatements
  #catalog: Catalog
  #offset: Offset
  #counters: IngestCounters
  #numbers = new Map<ApplianceId, number>()
  #latest = new Map<number, Latest>()
  readonly quarantine: QuarantineTable
  readonly found: FoundTable
  #recent: RecentTable
  /** Are blocks and hours kept here, or does the store answer series itself? */
  #keepsReadings: boolean

  constructor(path: string, catalog: Catalog, keepsReadings: boolean, bounds: QuarantineBounds = quarantineBounds) {
    const file = new FileStatements(path, schema + recentSchema + foundSchema)
    this.#file = file
    this.quarantine = new QuarantineTable(file, bounds)
    this.found = new FoundTable(file, (id) => this.#numbers.get(id))
    this.#recent = new RecentTable(file)
    this.#catalog = catalog
    this.#keepsReadings = keepsReadings
    const meta = new Map(file.all('select key, value from meta').map(({ key, value }) => [key, value]))
    this.#offset = Number(meta.get('offset') ?? 0)
    this.#counters = meta.has('counters') ? JSON.parse(String(meta.get('counters'))) : noCounters()
    for (const { num, id } of file.all('select num, id from appliances')) this.#numbers.set(String(id), Number(num))
  }

  get offset(): Offset {
    return this.#offset
  }
  get counters(): IngestCounters {
    return structuredClone(this.#counters)
  }

  /** Gives every appliance of these batches a number, durable before anything else may use it. */
  nameAll(batches: StoredBatch[]): void {
    const unnamed = new Set<ApplianceId>()
    const see = (id: ApplianceId): unknown => this.#numbers.has(id) || unnamed.add(id)
    for (const { readings, events, features, cycles } of batches) {
      for (const { kind, appliances } of readings) {
        appliances.forEach(see)
        if (this.#keepsReadings) this.#recent.layoutOf(this.#catalog.kind(kind))
      }
      for (const rows of [events, features, cycles]) for (const { appliance } of rows) see(appliance)
    }
    if (unnamed.size === 0) return
    const insert = this.#file.prepare('insert into appliances(id) values (?)')
    this.#file.transaction(() => {
      const numbers = [...unnamed].map((id): [ApplianceId, number] => [id, Number(insert.run(id).lastInsertRowid)])
      return () => {
        for (const [id, number] of numbers) this.#numbers.set(id, number)
      }
    }, this.#forget)
  }
  /** Of an appliance that `nameAll` has seen. */
  numberOf(id: ApplianceId): number {
    return this.#numbers.get(id)!
  }
  /** Number → id of those among them that were ever heard of. */
  numbersOf(ids: readonly ApplianceId[]): Map<number, ApplianceId> {
    const known = new Map<number, ApplianceId>()
    for (const id of ids) {
      const number = this.#numbers.get(id)
      if (number !== undefined) known.set(number, id)
    }
    return known
  }
  /** Absent: never heard of. */
  knownNumber(id: ApplianceId): number | undefined {
    return this.#numbers.get(id)
  }

  /** All of these and the last one's offset, in one synced commit. Those already committed change nothing. */
  apply(batches: StoredBatch[]): void {
    const fresh = batches.filter(({ upTo }) => upTo > this.#offset)
    const last = fresh[fresh.length - 1]
    if (!last) return
    // Before the transaction, so that one that is rolled back leaves none in memory alone.
    this.nameAll(fresh)
    const counters = this.counters
    this.#file.transaction(() => {
      const dirty = new Set<number>()
      for (const batch of fresh) {
        for (const readings of batch.readings) this.#applyReadings(readings, dirty)
        this.found.apply(batch)
        this.quarantine.apply(batch)
        addCounters(counters, batch.counters)
      }
      for (const number of dirty) {
        this.#file.run('insert or replace into latest values (?, ?)', number, JSON.stringify(this.#latest.get(number)))
      }
      this.#recent.flush()
      this.#file.run('insert or replace into meta values (?, ?)', 'counters', JSON.stringify(counters))
      this.#file.run('insert or replace into meta values (?, ?)', 'offset', last.upTo)
      return () => undefined
    }, this.#forget)
    this.#offset = last.upTo
    this.#counters = counters
    if (this.#latest.size > LATEST_CACHED) this.#latest.clear()
    this.#recent.keepFew()
  }

  /** What was refused long ago, in a bite. */
  forgetRefused({ refusedBefore, most }: Pick<Retention, 'refusedBefore' | 'most'>): { rows: number; done: boolean } {
    let rows = 0
    this.#file.transaction(() => {
      rows = this.quarantine.forgetBefore(refusedBefore, most)
      return () => undefined
    }, this.#forget)
    return { rows, done: rows < most }
  }

  /** Can anything be written? @throws as writing does */
  probe(): void {
    this.#file.transaction(() => {
      this.#file.run('insert or replace into meta values (?, ?)', 'offset', this.#offset)
      return () => undefined
    }, this.#forget)
  }

  /** What is in memory alone is of a commit that failed. */
  #forget = (): void => {
    this.#latest.clear()
    this.#recent.forget()
  }

  #applyReadings(batch: ReadingBatch, dirty: Set<number>): void {
    const kind = this.#catalog.kind(batch.kind)
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
      const floor = latest.ts - RECENT_MS
      this.#recent.take(number, kind, batch, rows, floor)
      if (floor - latest.prunedAt > PRUNE_EVERY_MS) {
        latest.prunedAt = floor
        this.#recent.prune(number, floor)
      }
    }
  }

  /** Blocks hold everything after this; −∞ for an appliance that has sent nothing. */
  recentFloor(id: ApplianceId): Millis {
    const number = this.#numbers.get(id)
    return number === undefined ? -Infinity : this.#latestOf(number).ts - RECENT_MS
  }
  recentRows(id: ApplianceId, kind: Kind, from: Millis, to: Millis): GatheredRows {
    const number = this.#numbers.get(id)
    return number === undefined ? [] : this.#recent.recentRows(number, kind, from, to)
  }
  /** Hours that overlap [from, to), in order. */
  hours(id: ApplianceId, kind: Kind, from: Millis, to: Millis): { hour: Millis; summary: Summary }[] {
    const number = this.#numbers.get(id)
    return number === undefined ? [] : this.#recent.between(number, kind, from, to)
  }
  firstHour(id: ApplianceId): Millis | undefined {
    const number = this.#numbers.get(id)
    return number === undefined ? undefined : this.#recent.firstHour(number)
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

  close(): void {
    this.#file.close()
  }

  #latestOf(number: number): Latest {
    let latest = this.#latest.get(number)
    if (!latest) {
      const [row] = this.#file.all('select reading from latest where appliance = ?', number)
      const found: Latest = row
        ? (JSON.parse(String(row.reading)) as Latest)
        : { ts: -Infinity, metrics: {}, states: {}, prunedAt: 0 }
      latest = { ...found, metrics: byName(found.metrics) }
      this.#latest.set(number, latest)
    }
    return latest
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
