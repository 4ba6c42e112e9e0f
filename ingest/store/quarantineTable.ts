import type {
  ApplianceId,
  Millis,
  QuarantineBounds,
  QuarantineRow,
  QuarantineUse,
  StoredBatch,
  TelemetryStore,
} from '../../core/index.ts'
import type { FileStatements } from './fileStatements.ts'

/** What no retry can mend: it goes before what a catalog or a clock that is mended would let in. */
const JUNK = "reason in ('bad-json', 'bad-shape')"
const OLDEST_AT_ONCE = 500

const schema = [
  `create table if not exists quarantine(offset integer, idx integer, appliance text, kind text, reason text, detail text,
    at integer, bytes blob, readings integer, topic text, not_kept integer, primary key(offset, idx)) without rowid`,
  'create index if not exists quarantine_by_reason on quarantine(reason, offset)',
  'create index if not exists quarantine_by_age on quarantine(at)',
  'create index if not exists quarantine_by_appliance on quarantine(appliance, offset)',
]
const boundsSchema = [
  `create index if not exists quarantine_junk on quarantine(appliance, offset, idx) where ${JUNK}`,
  'create index if not exists quarantine_payload on quarantine(appliance, offset, idx) where bytes is not null',
  `create index if not exists quarantine_junk_payload on quarantine(appliance, offset, idx)
    where bytes is not null and ${JUNK}`,
  `create table if not exists quarantine_use(appliance text primary key, rows integer, bytes integer,
    without_payload integer, forgotten integer) without rowid`,
  // Kept beside every change, however it comes: counting thousands of rows at each commit takes too long.
  `create trigger if not exists quarantine_came after insert on quarantine begin
    insert into quarantine_use values (new.appliance, 1, length(new.bytes), 0, 0) on conflict(appliance)
      do update set rows = rows + 1, bytes = bytes + length(new.bytes); end`,
  `create trigger if not exists quarantine_went after delete on quarantine begin
    update quarantine_use set rows = rows - 1, bytes = bytes - coalesce(length(old.bytes), 0),
      without_payload = without_payload - (old.bytes is null) where appliance = old.appliance; end`,
  `create trigger if not exists quarantine_cut after update of bytes on quarantine begin
    update quarantine_use set bytes = bytes - length(old.bytes), without_payload = without_payload + 1
      where appliance = old.appliance; end`,
]

/**
 * What was refused, bounded for each appliance: beyond the bytes the oldest payloads go and their rows say so, beyond the
 * rows the oldest rows; of both first what no retry can mend. What the counters count stays counted.
 */
export class QuarantineTable {
  #sql: Pick<FileStatements, 'run' | 'all'>
  #bounds: QuarantineBounds

  constructor(sql: Pick<FileStatements, 'run' | 'all'>, bounds: QuarantineBounds) {
    this.#sql = sql
    this.#bounds = bounds
    for (const statement of schema) sql.run(statement)
    const columns = sql.all('select name from pragma_table_info(?)', 'quarantine').map(({ name }) => name)
    if (!columns.includes('not_kept')) sql.run('alter table quarantine add column not_kept integer')
    for (const statement of boundsSchema) sql.run(statement)
    // What was there before anybody counted, also where a kill came between the table and this.
    if (sql.all('select 1 from quarantine_use limit 1').length === 0) {
      const counts = 'count(*), coalesce(sum(length(bytes)), 0), 0, 0'
      sql.run(`insert into quarantine_use select appliance, ${counts} from quarantine group by appliance`)
    }
  }

  /** Within the transaction of its batch. */
  apply({ quarantined, requeued }: Pick<StoredBatch, 'quarantined' | 'requeued'>): void {
    for (const id of requeued) this.#sql.run('delete from quarantine where offset = ? and idx = ?', ...placeOf(id))
    for (const row of quarantined) {
      const { appliance, kind, reason, detail, at, bytes, readings, topic } = row
      const sql = 'insert or ignore into quarantine values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)'
      this.#sql.run(sql, ...placeOf(row.id), appliance, kind, reason, detail, at, bytes, readings, topic)
    }
    for (const appliance of new Set(quarantined.map(({ appliance }) => appliance))) this.#bound(appliance)
  }

  list({ reason, appliance, limit, before }: Parameters<TelemetryStore['quarantine']>[0]): QuarantineRow[] {
    const [offset, index] = before === undefined ? [Number.MAX_SAFE_INTEGER, 0] : placeOf(before)
    const where = ['(offset, idx) < (?, ?)']
    const values: (string | number)[] = [offset, index]
    if (reason !== undefined) {
      where.push('reason = ?')
      values.push(reason)
    }
    if (appliance !== undefined) {
      where.push('appliance = ?')
      values.push(appliance)
    }
    const sql = `select * from quarantine where ${where.join(' and ')} order by offset desc, idx desc limit ?`
    return this.#sql.all(sql, ...values, limit).map(toRow)
  }

  /** Those of these that are there and can be tried again. */
  take(ids: string[]): QuarantineRow[] {
    const sql = 'select * from quarantine where offset = ? and idx = ? and bytes is not null'
    return ids.flatMap((id) => this.#sql.all(sql, ...placeOf(id)).map(toRow))
  }

  use(appliance: ApplianceId): QuarantineUse {
    const { rows, bytes, withoutPayload, forgotten } = this.#useOf(appliance)
    return {
      rows: { used: rows, limit: this.#bounds.rows },
      bytes: { used: bytes, limit: this.#bounds.bytes },
      withoutPayload,
      forgotten,
    }
  }

  /** Within a transaction. @returns how many rows went */
  forgetBefore(before: Millis, most: number): number {
    const old = this.#sql.all('select offset, idx, appliance from quarantine where at < ? limit ?', before, most)
    for (const { offset, idx, appliance } of old) {
      this.#sql.run('delete from quarantine where offset = ? and idx = ?', Number(offset), Number(idx))
      this.#sql.run('update quarantine_use set forgotten = forgotten + 1 where appliance = ?', String(appliance))
    }
    return old.length
  }

  #useOf(appliance: ApplianceId): { rows: number; bytes: number; withoutPayload: number; forgotten: number } {
    const [row] = this.#sql.all('select * from quarantine_use where appliance = ?', appliance)
    return {
      rows: Number(row?.rows ?? 0),
      bytes: Number(row?.bytes ?? 0),
      withoutPayload: Number(row?.without_payload ?? 0),
      forgotten: Number(row?.forgotten ?? 0),
    }
  }

  #bound(appliance: ApplianceId): void {
    const { rows, bytes } = this.#useOf(appliance)
    if (bytes > this.#bounds.bytes) this.#dropPayloads(appliance, bytes - this.#bounds.bytes)
    if (rows > this.#bounds.rows) this.#forget(appliance, rows - this.#bounds.rows)
  }

  #dropPayloads(appliance: ApplianceId, tooMuch: number): void {
    let left = tooMuch
    for (const which of [`bytes is not null and ${JUNK}`, 'bytes is not null']) {
      const oldest = `select offset, idx, length(bytes) as size from quarantine where appliance = ? and ${which}
        order by offset, idx limit ?`
      for (;;) {
        const found = this.#sql.all(oldest, appliance, OLDEST_AT_ONCE)
        for (const { offset, idx, size } of found) {
          if (left <= 0) return
          const drop = 'update quarantine set bytes = null, not_kept = length(bytes) where offset = ? and idx = ?'
          this.#sql.run(drop, Number(offset), Number(idx))
          left -= Number(size)
        }
        if (found.length < OLDEST_AT_ONCE) break
      }
    }
  }

  #forget(appliance: ApplianceId, tooMany: number): void {
    let left = tooMany
    for (const which of [JUNK, 'true']) {
      const oldest = `select offset, idx from quarantine where appliance = ? and ${which} order by offset, idx limit ?`
      const found = this.#sql.all(oldest, appliance, left)
      for (const { offset, idx } of found)
        this.#sql.run('delete from quarantine where offset = ? and idx = ?', Number(offset), Number(idx))
      left -= found.length
      if (left === 0) break
    }
    this.#sql.run('update quarantine_use set forgotten = forgotten + ? where appliance = ?', tooMany - left, appliance)
  }
}

const toRow = (row: Record<string, unknown>): QuarantineRow => ({
  id: `${row.offset}-${row.idx}`,
  appliance: String(row.appliance),
  kind: String(row.kind),
  reason: row.reason as QuarantineRow['reason'],
  detail: String(row.detail),
  at: Number(row.at),
  bytes: (row.bytes as Uint8Array | null) ?? new Uint8Array(),
  ...(row.not_kept === null ? {} : { notKept: Number(row.not_kept) }),
  readings: Number(row.readings),
  topic: row.topic as QuarantineRow['topic'],
})

function placeOf(id: string): [offset: number, index: number] {
  const [offset, index] = id.split('-').map(Number)
  return [Number.isSafeInteger(offset) ? offset! : -1, Number.isSafeInteger(index) ? index! : -1]
}
