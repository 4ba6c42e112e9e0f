import type { Kind } from '../../catalog/index.ts'
import { DAY, HOUR, type Millis, type ReadingBatch } from '../../core/index.ts'
import { decodeSummary, encodeSummary, Summary } from './applianceHour.ts'
import type { FileStatements } from './fileStatements.ts'
import { decodeBlock, encodeBlock, type GatheredRows } from './readingBlock.ts'

/** Readings this much older than an appliance's newest are no longer kept in blocks. */
export const RECENT_MS = DAY + 2 * HOUR
const HOURS_CACHED = 20_000

export const recentSchema = `
  create table if not exists layouts(num integer primary key, metrics text not null unique);
  create table if not exists recent(appliance integer, last_ts integer, offset integer, first_ts integer, rows blob,
    primary key(appliance, last_ts, offset)) without rowid;
  create table if not exists hours(appliance integer, hour integer, summary blob, primary key(appliance, hour)) without rowid;`

interface HourEntry {
  number: number
  hour: number
  layout: number
  summary: Summary
  dirty: boolean
}

/** Readings of an appliance as a page asks for them: the last day in small blocks, and min, mean and max by hour. */
export class RecentTable {
  #file: FileStatements
  #layouts = new Map<string, number>()
  #layoutOfKind = new WeakMap<Kind, number>()
  #layoutMaps = new Map<string, Int32Array>()
  #entries = new Map<string, HourEntry>()

  constructor(file: FileStatements) {
    this.#file = file
    for (const { num, metrics } of file.all('select num, metrics from layouts')) {
      this.#layouts.set(String(metrics), Number(num))
    }
  }

  /** @param rows of one appliance in the order of their times; a block of those that are recent, and their hours */
  take(number: number, kind: Kind, batch: ReadingBatch, rows: number[], floor: Millis): void {
    this.#add(number, kind, batch, rows)
    const recent = rows.filter((row) => batch.ts[row]! > floor)
    if (recent.length === 0) return
    const [first, last] = [batch.ts[recent[0]!]!, batch.ts[recent[recent.length - 1]!]!]
    const block = encodeBlock(batch, recent, this.layoutOf(kind))
    const offset = batch.offset[recent[0]!]!
    this.#file.run('insert or replace into recent values (?, ?, ?, ?, ?)', number, last, offset, first, block)
  }
  prune(number: number, floor: Millis): void {
    this.#file.run('delete from recent where appliance = ? and last_ts < ?', number, floor)
  }
  #add(number: number, kind: Kind, batch: ReadingBatch, rows: number[]): void {
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

  recentRows(number: number, kind: Kind, from: Millis, to: Millis): GatheredRows {
    const rows: GatheredRows = []
    const sql = 'select rows from recent where appliance = ? and last_ts >= ? and first_ts < ?'
    for (const block of this.#file.all(sql, number, from, to)) {
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
  between(number: number, kind: Kind, from: Millis, to: Millis): { hour: Millis; summary: Summary }[] {
    const sql = 'select hour, summary from hours where appliance = ? and hour between ? and ? order by hour'
    const [first, last] = [Math.floor(from / HOUR), Math.ceil(to / HOUR) - 1]
    return this.#file.all(sql, number, first, last).map(({ hour, summary }) => ({
      hour: Number(hour) * HOUR,
      summary: decodeSummary(summary as Uint8Array, (layout) => this.#mapOf(layout, kind), kind.metricNames.length),
    }))
  }

  firstHour(number: number): Millis | undefined {
    const [row] = this.#file.all('select min(hour) as hour from hours where appliance = ?', number)
    return typeof row?.hour === 'number' ? row.hour * HOUR : undefined
  }

  #hourOf(number: number, hour: number, kind: Kind): HourEntry {
    const key = `${number}/${hour}`
    let entry = this.#entries.get(key)
    if (!entry) {
      const [row] = this.#file.all('select summary from hours where appliance = ? and hour = ?', number, hour)
      const metrics = kind.metricNames.length
      const map = (layout: number): Int32Array => this.#mapOf(layout, kind)
      const summary = row ? decodeSummary(row.summary as Uint8Array, map, metrics) : new Summary(metrics)
      entry = { number, hour, layout: this.layoutOf(kind), summary, dirty: false }
      this.#entries.set(key, entry)
    }
    return entry
  }
  flush(): void {
    for (const entry of this.#entries.values()) {
      if (!entry.dirty) continue
      const { number, hour, layout, summary } = entry
      this.#file.run('insert or replace into hours values (?, ?, ?)', number, hour, encodeSummary(summary, layout))
      entry.dirty = false
    }
  }

  layoutOf(kind: Kind): number {
    const known = this.#layoutOfKind.get(kind)
    if (known !== undefined) return known
    const metrics = JSON.stringify(kind.metricNames)
    let number = this.#layouts.get(metrics)
    if (number === undefined) {
      number = Number(this.#file.prepare('insert into layouts(metrics) values (?)').run(metrics).lastInsertRowid)
      this.#layouts.set(metrics, number)
    }
    this.#layoutOfKind.set(kind, number)
    return number
  }
  #mapOf(layout: number, kind: Kind): Int32Array {
    const key = `${layout}/${kind.kind}`
    let map = this.#layoutMaps.get(key)
    if (!map) {
      const [row] = this.#file.all('select metrics from layouts where num = ?', layout)
      const names = JSON.parse(String(row?.metrics ?? '[]')) as string[]
      map = Int32Array.from(names, (name) => kind.metricIndex.get(name) ?? -1)
      this.#layoutMaps.set(key, map)
    }
    return map
  }
  /** What is in memory alone is of a commit that failed. */
  forget(): void {
    this.#entries.clear()
  }
  keepFew(): void {
    if (this.#entries.size > HOURS_CACHED) this.#entries.clear()
  }
}
