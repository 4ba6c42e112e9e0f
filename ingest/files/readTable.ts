import { type CsvError, parse } from 'csv-parse/sync'
import { Problem } from '../../core/index.ts'
import { decodeText, type Encoding } from './decodeText.ts'
import { type DecimalSign, decimalSignOf } from './numberCells.ts'

export const delimiters = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof delimiters)[number]

/** What a person may know better than the file says. */
export interface TableOptions {
  encoding?: Encoding | undefined
  delimiter?: Delimiter | undefined
  decimal?: DecimalSign | undefined
}
/** How a file was understood. */
export interface TableShape {
  encoding: Encoding
  delimiter: Delimiter
  decimal: DecimalSign
}
/** A cell, a row, or a column that cannot be used. Lines and columns count from 1, as editors and spreadsheets do. */
export interface CellRefusal {
  line: number
  column?: number
  /** The column's name in the file. */
  name?: string
  value?: string
  why: string
}
export interface TableRow {
  line: number
  cells: string[]
}
export interface Table extends TableShape {
  header: string[]
  /** As many cells as the header has. */
  rows: TableRow[]
  refused: CellRefusal[]
}

/** What of a file is looked at before it is taken apart: each row and each cell costs a hundred times its bytes. */
export interface TableBounds {
  bytes: number
  lines: number
  cells: number
}

const LINES_LOOKED_AT = 50
const SHOWN = 80

/**
 * A file of rows below a line of names. What cannot be a row is refused with its line; nothing is left out in silence.
 * @param bounds of a file that comes from somebody else; without them memory is the bound
 * @throws Problem `bad-file` when there is no table in it, or more than the bounds
 */
export function readTable(file: Uint8Array, options: TableOptions = {}, bounds?: TableBounds): Table {
  const { text, encoding } = decodeText(file, options.encoding, bounds?.bytes)
  // How a file tells a spreadsheet its separator: a line before the names, and no row.
  const said = /^\uFEFF?"?sep=([,;|\t])"?[ \t]*(\r\n|\r|\n)/i.exec(text)
  const delimiter = options.delimiter ?? (said ? (said[1] as Delimiter) : delimiterOf(text))
  if (bounds) checkBounds(file, text, delimiter, bounds)
  const refused: CellRefusal[] = []
  const above = said ? 1 : 0
  const records = parse(said ? text.slice(said[0].length) : text, {
    delimiter,
    bom: true,
    info: true,
    trim: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      refused.push({ line: Number(error?.lines ?? 1) + above, why: quoteFault(error) })
      return undefined
    },
  }) as unknown as { record: string[]; info: { lines: number } }[]
  const rows: TableRow[] = []
  for (const { record, info } of records) {
    // A line of separators alone is how a spreadsheet writes an empty one.
    if (record.every((cell) => cell === '')) continue
    const breaks = record.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)
    rows.push({ line: info.lines - breaks + above, cells: record })
  }
  const head = rows.shift()
  if (!head) {
    throw new Problem({
      code: 'bad-file',
      message: 'There are no rows in the file.',
      remedy: 'Its first line names the columns; each further line is one row.',
    })
  }
  const whole: TableRow[] = []
  for (const row of rows) {
    const why = lengthFault(row.cells, head.cells.length, delimiter)
    if (why) refused.push({ line: row.line, value: row.cells.join(delimiter).slice(0, SHOWN), why })
    else whole.push({ line: row.line, cells: row.cells.slice(0, head.cells.length) })
  }
  const decimal = options.decimal ?? decimalSignOf(whole.slice(0, 10_000).flatMap(({ cells }) => cells))
  return { encoding, delimiter, decimal, header: head.cells, rows: whole, refused }
}

/** At most: line breaks and separators within quotes count, too. @throws Problem `bad-file` */
function checkBounds(file: Uint8Array, text: string, delimiter: Delimiter, bounds: TableBounds): void {
  let [lines, cells] = [1, 1]
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]
    if (letter === delimiter) cells++
    else if (letter === '\n' || (letter === '\r' && text[i + 1] !== '\n')) lines++
  }
  cells += lines - 1
  const is = (count: number, most: number, what: string): string[] =>
    count > most ? [`${count} ${what}, ${most} are allowed`] : []
  const [tooMuch] = [
    ...is(file.byteLength, bounds.bytes, 'bytes'),
    ...is(lines, bounds.lines, 'lines'),
    ...is(cells, bounds.cells, 'cells'),
  ]
  if (!tooMuch) return
  throw new Problem({
    code: 'bad-file',
    message: `The file has ${tooMuch}.`,
    remedy: 'Cut it into parts, each with the line of names, and send one after the other.',
    status: 413,
  })
}

/** The separator that cuts the most lines into as many cells as the first one has, with the most cells. */
function delimiterOf(text: string): Delimiter {
  const lines = text
    .slice(0, 1 << 20)
    .split(/\r?\n|\r/, LINES_LOOKED_AT)
    .filter((line) => line.trim() !== '')
  let best: { delimiter: Delimiter; like: number; cells: number } = { delimiter: ',', like: 0, cells: 1 }
  for (const delimiter of delimiters) {
    const counts = lines.map((line) => line.replace(/"(?:[^"]|"")*"/g, '').split(delimiter).length)
    const cells = counts[0] ?? 1
    const like = counts.filter((count) => count === cells).length
    // Where the header has no such separator, nothing is cut by it.
    if (cells > 1 && (like > best.like || (like === best.like && cells > best.cells) || best.cells === 1)) {
      best = { delimiter, like, cells }
    }
  }
  return best.delimiter
}

function lengthFault(cells: string[], wanted: number, delimiter: Delimiter): string | undefined {
  const given = cells.length
  if (given === wanted || (given > wanted && cells.slice(wanted).every((cell) => cell === ''))) return undefined
  const count = `has ${given} cells, and the first line names ${wanted} columns`
  const isSplit = delimiter === ',' && given > wanted && cells.some((cell) => /^\d{1,2}$/.test(cell))
  return isSplit ? `${count}: numbers with a decimal comma need quotes, or ; between the cells` : count
}

const quoteFault = (error: CsvError | undefined): string =>
  error?.code === 'CSV_QUOTE_NOT_CLOSED'
    ? 'a quote is opened here or above and never closed'
    : 'a quote stands inside a cell that does not begin with one; double it and quote the whole cell'
