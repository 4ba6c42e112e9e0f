import type { z } from 'zod'
import { controlFault, MAX_TEXT, nth } from '../../../core/index.ts'
import {
  type CellRefusal,
  numberOf,
  readTable,
  type TableOptions,
  type TableShape,
  type TimeOptions,
  type TimeShape,
  timeOf,
  timeShapeOf,
} from '../../../ingest/index.ts'

export type ImportOptions = TableOptions & TimeOptions

/** Of a list that is sent, unpacked: it is taken apart between two other calls, on the thread that answers them all. */
const LIST_BOUNDS = { bytes: 16 << 20, lines: 50_000, cells: 1_000_000 }

/** A column that a file may have. */
export interface Field {
  /** Where its value goes: `location.lat`. Its name in a file is `name`, or one of `also`, whatever the case. */
  path: string
  name: string
  also?: readonly string[]
  required?: boolean
  /** What a cell means; a refusal in words. */
  read?: 'number' | 'time' | ((cell: string) => { value: unknown } | { why: string })
}

/** A file as it was understood. `items` belong to the lines of `lines`, one each. */
export interface Import<T> {
  understood: TableShape & { time?: TimeShape }
  /** Column of the file → field; null: nobody knows it. */
  columns: { name: string; field: string | null }[]
  rows: number
  items: T[]
  lines: number[]
  refused: CellRefusal[]
}

/**
 * Rows as bodies of a schema. A row of which anything cannot be used is refused whole, each cell with its place; a column
 * that nobody knows is refused, too, so that a misspelt one is not lost in silence.
 */
export function readImport<S extends z.ZodType>(
  file: Uint8Array,
  fields: readonly Field[],
  schema: S,
  options: ImportOptions,
  /** What a row says by what it leaves out. */
  complete: (body: Record<string, unknown>) => void = () => undefined,
): Import<z.infer<S>> {
  const table = readTable(file, options, LIST_BOUNDS)
  const refused = [...table.refused]
  const fieldOf = table.header.map((name) => fields.find((field) => isNamed(field, name)))
  for (const [i, name] of table.header.entries()) {
    if (fieldOf[i] && fieldOf.indexOf(fieldOf[i]) === i) continue
    const why = fieldOf[i]
      ? `is the same column as ${table.header[fieldOf.indexOf(fieldOf[i])]}`
      : `is not known; known are ${fields.map((field) => field.name).join(', ')}`
    refused.push({ line: 1, column: i + 1, name, why })
  }
  for (const field of fields) {
    if (field.required && !fieldOf.includes(field))
      refused.push({ line: 1, name: field.name, why: 'this column is needed' })
  }
  const times = fieldOf.flatMap((field, i) => (field?.read === 'time' ? [i] : []))
  const shapes = new Map(
    times.map((i) => {
      const cells = table.rows.map(({ cells }) => nth(cells, i)).filter(Boolean)
      return [i, timeShapeOf(nth(table.header, i), cells, options)]
    }),
  )
  const items: z.infer<S>[] = []
  const lines: number[] = []
  for (const { line, cells } of table.rows) {
    const body: Record<string, unknown> = Object.create(null)
    const before = refused.length
    for (const [i, field] of fieldOf.entries()) {
      const cell = nth(cells, i)
      if (!field || fieldOf.indexOf(field) !== i || cell === '') continue
      const found = readCell(cell, field, table, shapes.get(i))
      if ('value' in found) place(body, field.path, found.value)
      else refused.push({ line, column: i + 1, name: nth(table.header, i), value: cell.slice(0, 200), why: found.why })
    }
    complete(body)
    const unread = new Set(refused.slice(before).map(({ column }) => column))
    const checked = schema.safeParse(body)
    for (const issue of checked.error?.issues ?? []) {
      const path = issue.path.join('.')
      const i = fieldOf.findIndex((field) => field && (field.path === path || field.path.startsWith(`${path}.`)))
      if (unread.has(i + 1)) continue
      const at =
        i < 0
          ? {}
          : { column: i + 1, name: nth(table.header, i), ...(cells[i] ? { value: cells[i].slice(0, 200) } : {}) }
      refused.push({
        line,
        ...at,
        why: i >= 0 && !cells[i] ? 'is needed here' : `${i < 0 ? `${path}: ` : ''}${issue.message}`,
      })
    }
    if (checked.success && refused.length === before) {
      items.push(checked.data)
      lines.push(line)
    }
  }
  const { encoding, delimiter, decimal, header, rows } = table
  const time = [...shapes.values()][0]
  return {
    understood: { encoding, delimiter, decimal, ...(time ? { time } : {}) },
    columns: header.map((name, i) => ({ name, field: fieldOf[i]?.path ?? null })),
    rows: rows.length,
    items,
    lines,
    refused: refused.sort((a, b) => a.line - b.line || (a.column ?? 0) - (b.column ?? 0)),
  }
}

const plain = (name: string): string => name.toLowerCase().replace(/[\s_.-]/g, '')
const isNamed = ({ name, also = [] }: Field, given: string): boolean =>
  [name, ...also].some((known) => plain(known) === plain(given))

function readCell(
  cell: string,
  { read }: Field,
  { decimal }: TableShape,
  time: TimeShape | undefined,
): { value: unknown } | { why: string } {
  if (cell.length > MAX_TEXT) return { why: `has ${cell.length} characters, ${MAX_TEXT} are allowed` }
  const fault = controlFault(cell)
  if (fault !== undefined) return { why: fault }
  if (typeof read === 'function') return read(cell)
  if (read === undefined) return { value: cell }
  const value = read === 'number' ? numberOf(cell, decimal) : timeOf(cell, time ?? {})
  return typeof value === 'number' ? { value } : { why: value }
}

function place(body: Record<string, unknown>, path: string, value: unknown): void {
  const [first = '', second] = path.split('.')
  if (second === undefined) body[first] = value
  else body[first] = { ...(body[first] as object | undefined), [second]: value }
}
