import {
  type ApplianceEvent,
  type ApplianceId,
  BURST,
  type CycleRow,
  DAY,
  type FeatureRow,
  type FoundQuery,
  type Millis,
  type StoredBatch,
} from '../../core/index.ts'
import type { FileStatements } from './fileStatements.ts'

export const foundSchema = `
  create table if not exists features(appliance integer, at integer, feature text, observed real, low real, high real,
    primary key(appliance, at, feature)) without rowid;
  create table if not exists cycles(appliance integer, from_ts integer, cycle text, to_ts integer, features text,
    primary key(appliance, from_ts, cycle)) without rowid;
  create table if not exists events(offset integer primary key, appliance integer, ts integer, kind text, type text,
    code text, body text);
  create index if not exists events_by_appliance on events(appliance, ts);`

/** None takes longer: those that ended within a time are found by when they began. */
const LONGEST_CYCLE_MS = 31 * DAY
/** Bursts of one appliance whose raw samples are kept. */
const BURSTS_KEPT = 8

/** What was found in an appliance's readings, and what it said besides: features, cycles, events. */
export class FoundTable {
  #file: FileStatements
  /** Undefined: never heard of. */
  #numberOf: (id: ApplianceId) => number | undefined

  constructor(file: FileStatements, numberOf: (id: ApplianceId) => number | undefined) {
    this.#file = file
    this.#numberOf = numberOf
  }

  /** Of appliances that have a number. */
  apply({ events, features, cycles }: Pick<StoredBatch, 'events' | 'features' | 'cycles'>): void {
    for (const { appliance, ts, kind, type, code, body, offset } of events) {
      const sql = 'insert or ignore into events values (?, ?, ?, ?, ?, ?, ?)'
      const number = this.#numberOf(appliance)!
      const { samples: _, ...rest } = body
      const kept = type === BURST && this.#newerBursts(number, ts) >= BURSTS_KEPT ? rest : body
      this.#file.run(sql, offset, number, ts, kind, type, code, JSON.stringify(kept))
      if (kept === body && type === BURST) this.#forgetSamples(number)
    }
    for (const { appliance, feature, at, observed, low, high } of features) {
      const sql = 'insert or replace into features values (?, ?, ?, ?, ?, ?)'
      this.#file.run(sql, this.#numberOf(appliance)!, at, feature, orNull(observed), orNull(low), orNull(high))
    }
    for (const { appliance, cycle, from, to, features: of } of cycles) {
      const sql = 'insert or replace into cycles values (?, ?, ?, ?, ?)'
      this.#file.run(sql, this.#numberOf(appliance)!, from, cycle, to, JSON.stringify(of))
    }
  }

  #newerBursts(appliance: number, ts: Millis): number {
    const newer = 'select 1 from events where appliance = ? and type = ? and ts > ? limit ?'
    return Number(this.#file.all(`select count(*) as n from (${newer})`, appliance, BURST, ts, BURSTS_KEPT)[0]?.n ?? 0)
  }
  /** The raw samples of the newest few bursts are kept; older ones stay as events, without them. */
  #forgetSamples(appliance: number): void {
    const next =
      'select offset from events where appliance = ? and type = ? order by ts desc, offset desc limit 1 offset ?'
    const sql = `update events set body = json_remove(body, '$.samples') where offset = (${next})`
    this.#file.run(sql, appliance, BURST, BURSTS_KEPT)
  }

  features(id: ApplianceId, feature: string | null, from: Millis, to: Millis): FeatureRow[] {
    const sql = `select at, feature, observed, low, high from features where appliance = ? and at >= ? and at < ?
      and (? is null or feature = ?) order by at, feature`
    return this.#file.all(sql, this.#numberOf(id) ?? -1, from, to, feature, feature).map((row) => ({
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
    return this.#file.all(sql, this.#numberOf(id) ?? -1, from, to).map((row) => ({
      appliance: id,
      cycle: String(row.cycle),
      from: Number(row.from_ts),
      to: Number(row.to_ts),
      features: JSON.parse(String(row.features)),
    }))
  }
  /** Moments and values of one thing that was found, of one appliance. */
  one(id: ApplianceId, { what, from, to }: Pick<FoundQuery, 'what' | 'from' | 'to'>): { at: Millis; value: number }[] {
    const number = this.#numberOf(id) ?? -1
    const rows = (sql: string, ...more: (string | number | null)[]): { at: Millis; value: number }[] =>
      this.#file.all(sql, number, from, to, ...more).map(({ at, value }) => ({ at: Number(at), value: orNaN(value) }))
    const range = (time: string): string => `where appliance = ? and ${time} >= ? and ${time} < ?`
    switch (what.of) {
      case 'feature':
        return rows(
          `select at, observed as value from features ${range('at')} and feature = ? order by at`,
          what.feature,
        )
      case 'cycle':
        return rows(
          `select to_ts as at, (to_ts - from_ts) / 60000.0 as value from cycles ${range('to_ts')}
            and from_ts >= ? and cycle = ? order by to_ts`,
          from - LONGEST_CYCLE_MS,
          what.cycle,
        )
      case 'event':
        return rows(
          `select ts as at, 1 as value from events ${range('ts')} and type = ? and (? is null or code = ?) order by ts, offset`,
          what.type,
          what.code ?? null,
          what.code ?? null,
        )
    }
  }
  events(id: ApplianceId, from: Millis, to: Millis): ApplianceEvent[] {
    const sql = 'select * from events where appliance = ? and ts >= ? and ts < ? order by ts, offset'
    return this.#file.all(sql, this.#numberOf(id) ?? -1, from, to).map((row) => ({
      appliance: id,
      kind: String(row.kind),
      ts: Number(row.ts),
      type: String(row.type),
      code: row.code === null ? null : String(row.code),
      body: JSON.parse(String(row.body)),
      offset: Number(row.offset),
    }))
  }
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value)
const orNaN = (value: unknown): number => (value === null ? Number.NaN : Number(value))
