import type { Kind } from '../../catalog/index.ts'
import { type Millis, nth, Problem, type Reading } from '../../core/index.ts'
import { numberOf } from './numberCells.ts'
import { type CellRefusal, readTable, type Table, type TableOptions, type TableShape } from './readTable.ts'
import { inOrder, type TimeOptions, type TimeShape, timeOf, timeShapeOf } from './timeCells.ts'

export interface RecordingOptions extends TableOptions, TimeOptions {
  kind: Kind
  /** The metric that `watts`, or the only entity of an export, is. */
  metric: string
  /** Column or entity → metric; an empty one is left out. */
  map?: ReadonlyMap<string, string> | undefined
}

/** One row of a recording: its time and its metrics. */
export type Sample = Pick<Reading, 'ts' | 'metrics'>
/** What one metric was from a time on; null: nobody knows. */
export interface Change {
  ts: Millis
  value: number | null
}

/** A recording, and how it was understood. */
export interface Recording {
  understood: TableShape & {
    /** Rows of values, or the history of Home Assistant: each row a change of one entity. */
    format: 'rows' | 'changes'
    time: TimeShape & { column: string }
    /** Column or entity → what it became. */
    metrics: { from: string; metric: string }[]
    rows: number
  }
  /** Of `rows`: in order of time. */
  samples: Sample[]
  /** Of `changes`: by metric, in order of time. */
  changes: Map<string, Change[]>
  /** Cells that say that there is no value (empty, unavailable, unknown). */
  absent: number
  refused: CellRefusal[]
}

const timeNames =
  /^(?:(?:ts?|time|elapsed)(?:_(?:min|minutes|s|sec|seconds|ms|us|ns))?|minutes?|seconds?|timestamp|datetime|date|date_?time|unix(?:_.+)?|epoch.*|last_(?:changed|updated)|.*_at|时间|日期|时间戳)$/i
const noValue = /^(?:|unavailable|unknown|none|null|nan|n\/a|na|-|—)$/i
const switched = new Map([
  ['on', 1],
  ['off', 0],
  ['true', 1],
  ['false', 0],
  ['open', 1],
  ['closed', 0],
])

/**
 * A file of measurements: a column of times and columns of values under the names of metrics, `unix_s,watts`, or an
 * export of Home Assistant's history (`entity_id,state,last_changed`). What cannot be used is in `refused`, with its place.
 * @throws Problem `bad-recording`, which says what was found
 */
export function readRecording(file: Uint8Array, options: RecordingOptions): Recording {
  const table = readTable(file, options)
  const names = table.header.map((name) => name.toLowerCase())
  const entity = names.indexOf('entity_id')
  const state = names.indexOf('state')
  return entity >= 0 && state >= 0 ? readChanges(table, { entity, state }, options) : readRows(table, options)
}

function timeColumn(table: Table, options: RecordingOptions): { at: number; shape: TimeShape } {
  const { header, rows } = table
  const named = header.findIndex((name) => timeNames.test(name))
  const at = Math.max(named, 0)
  const cells = rows.map(({ cells }) => nth(cells, at))
  const shape = timeShapeOf(nth(header, at), cells, options)
  const fault = named >= 0 && cells.length > 0 ? timeOf(nth(cells, 0), shape) : undefined
  if (typeof fault === 'string' && fault.startsWith('may be'))
    throw new Problem({
      code: 'bad-recording',
      message: `The times of ${nth(header, at)} cannot be told apart: '${nth(cells, 0)}' ${fault}.`,
      remedy: 'Say --time-unit or --date-order and try again; nothing was sent.',
    })
  const isTime =
    named >= 0 || cells.slice(0, 20).every((cell) => typeof timeOf(cell, shape) === 'number' && !/^\d{1,9}$/.test(cell))
  if (!isTime || rows.length === 0) {
    throw new Problem({
      code: 'bad-recording',
      message:
        rows.length === 0
          ? `Below the first line there are no rows${table.refused[0] ? `: line ${table.refused[0].line}: ${table.refused[0].why}` : ''}.`
          : `None of the columns ${header.slice(0, 8).join(', ').slice(0, 120)} is a time; the first line is taken as a header.`,
      remedy: "Begin the file with a line of names: 'ts' (or 'unix_s', 'time') and the names of metrics.",
    })
  }
  return { at, shape }
}

function readRows(table: Table, options: RecordingOptions): Recording {
  const { header, rows, decimal } = table
  const { at: timeAt, shape } = timeColumn(table, options)
  const refused = [...table.refused]
  const wanted: { at: number; from: string; metric: string }[] = []
  for (const [at, from] of header.entries()) {
    if (at === timeAt) continue
    const metric = options.map?.get(from) ?? (from === 'watts' ? options.metric : from)
    if (metric === '') continue
    const cells = rows.map(({ cells }) => nth(cells, at)).filter((cell) => !noValue.test(cell))
    if (cells.length > 0 && !cells.some((cell) => typeof cellValue(cell, decimal) === 'number')) {
      refused.push({
        line: 1,
        column: at + 1,
        name: from,
        value: nth(cells, 0),
        why: 'no cell of this column is a number: it is left out',
      })
    } else if (wanted.some((other) => other.metric === metric)) {
      const why = `another column is ${metric}, too: this one is left out`
      refused.push({ line: 1, column: at + 1, name: from, value: from, why })
    } else wanted.push({ at, from, metric })
  }
  const samples: Sample[] = []
  let absent = 0
  let before = Number.NEGATIVE_INFINITY
  for (const { line, cells } of isNewestFirst(rows, timeAt, shape) ? rows.toReversed() : rows) {
    const place = { line, column: timeAt + 1, name: nth(header, timeAt), value: nth(cells, timeAt) }
    const said = timeOf(nth(cells, timeAt), shape)
    if (typeof said === 'string') {
      refused.push({ ...place, why: said })
      continue
    }
    const ts = inOrder(said, before, shape)
    before = ts
    const metrics: [string, number][] = []
    for (const { at, from, metric } of wanted) {
      const cell = nth(cells, at)
      if (noValue.test(cell)) {
        absent++
        continue
      }
      const value = cellValue(cell, decimal)
      if (typeof value === 'number') metrics.push([metric, value])
      else refused.push({ line, column: at + 1, name: from, value: cell, why: value })
    }
    if (metrics.length > 0) samples.push({ ts, metrics: Object.fromEntries(metrics) })
  }
  samples.sort((a, b) => a.ts - b.ts)
  return {
    understood: understood(table, 'rows', nth(header, timeAt), shape, wanted),
    samples,
    changes: new Map(),
    absent,
    refused: refused.sort(byPlace),
  }
}

function isNewestFirst(rows: Table['rows'], timeAt: number, shape: TimeShape): boolean {
  const [first, last] = [rows[0], rows.at(-1)].map((row) => row && timeOf(nth(row.cells, timeAt), shape))
  return typeof first === 'number' && typeof last === 'number' && first > last
}

function readChanges(table: Table, at: { entity: number; state: number }, options: RecordingOptions): Recording {
  const { header, rows, decimal } = table
  const { at: timeAt, shape } = timeColumn(table, options)
  const refused = [...table.refused]
  const entities = new Set(rows.map(({ cells }) => nth(cells, at.entity)))
  const metricOf = (entity: string): string | undefined =>
    options.map?.get(entity) ?? (entities.size === 1 ? options.metric : nameIn(entity, options.kind))
  const changes = new Map<string, Change[]>()
  const wanted = new Map<string, string>()
  let absent = 0
  for (const { line, cells } of rows) {
    const [entity, state, time] = [nth(cells, at.entity), nth(cells, at.state), nth(cells, timeAt)]
    const metric = metricOf(entity)
    if (metric === '') continue
    const refuse = (column: number, value: string, why: string): void => {
      refused.push({ line, column: column + 1, name: nth(header, column), value, why })
    }
    if (metric === undefined) {
      // Once is enough: it is the entity that is not known, not the row.
      if (!wanted.has(entity)) refuse(at.entity, entity, `which metric it is must be said: --map ${entity}=METRIC`)
      wanted.set(entity, '')
      continue
    }
    wanted.set(entity, metric)
    const ts = timeOf(time, shape)
    if (typeof ts === 'string') {
      refuse(timeAt, time, ts)
      continue
    }
    const isAbsent = noValue.test(state)
    const value = isAbsent ? null : cellValue(state, decimal)
    if (isAbsent) absent++
    if (typeof value === 'string') {
      refuse(at.state, state, value)
      continue
    }
    const of = changes.get(metric) ?? []
    of.push({ ts, value })
    changes.set(metric, of)
  }
  for (const of of changes.values()) of.sort((a, b) => a.ts - b.ts)
  const metrics = [...wanted].filter(([, metric]) => metric !== '').map(([from, metric]) => ({ from, metric }))
  return {
    understood: understood(table, 'changes', nth(header, timeAt), shape, metrics),
    samples: [],
    changes,
    absent,
    refused: refused.sort(byPlace),
  }
}

/** The metric of the kind that an entity's name ends with: `sensor.kitchen_cabinet_temp` → `cabinetTemp`. */
function nameIn(entity: string, kind: Kind): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  const said = plain(entity)
  return kind.metricNames.filter((metric) => said.endsWith(plain(metric))).toSorted((a, b) => b.length - a.length)[0]
}

const cellValue = (cell: string, decimal: Table['decimal']): number | string =>
  switched.get(cell.toLowerCase()) ?? numberOf(cell, decimal)

function understood(
  { encoding, delimiter, decimal, rows }: Table,
  format: 'rows' | 'changes',
  column: string,
  shape: TimeShape,
  metrics: { from: string; metric: string }[],
): Recording['understood'] {
  return {
    encoding,
    delimiter,
    decimal,
    format,
    time: { column, ...shape },
    metrics: metrics.map(({ from, metric }) => ({ from, metric })),
    rows: rows.length,
  }
}

const byPlace = (a: CellRefusal, b: CellRefusal): number => a.line - b.line || (a.column ?? 0) - (b.column ?? 0)
