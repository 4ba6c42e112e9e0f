import type { z } from 'zod'
import { Problem, type Tables } from '../core/index.ts'

/** So many rows that cannot be read are known by name at most; beyond them they are only counted. */
const MOST_KNOWN = 1_000

/** Code of the Problem of a row that is not what its column should hold. */
export const ROW_UNREADABLE = 'row-unreadable'

/** A column of one table that holds JSON: its schema stands where the table is declared, and nobody reads it without. */
export interface JsonColumn<T> {
  /**
   * @param text what the column holds @param row its key, as somebody finds it by
   * @throws Problem `row-unreadable`: it names table, row, column, and the first field that is wrong
   */
  read(text: string, row: string | number): T
}

export function jsonColumn<T, K extends keyof Tables & string>(
  table: K,
  column: keyof Tables[K] & string,
  schema: z.ZodType<T>,
): JsonColumn<T> {
  return {
    read(text, row) {
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch (error) {
        throw unreadable(table, row, column, 'it is no JSON', error)
      }
      const read = schema.safeParse(value)
      if (read.success) return read.data
      const [first] = read.error.issues
      const field = first?.path.map(String).join('/')
      const wrong = `${field ? `${field}: ` : ''}${first?.message ?? 'not as described'}`
      throw unreadable(table, row, column, wrong, read.error)
    },
  }
}

/**
 * The same column, with what was read last of so many rows: the same text of a row is not read again. What it answers is
 * everybody's, and frozen. For rows that are read far more often than they change.
 * @param most.characters of texts that are remembered, all together
 */
export function remembering<T>(column: JsonColumn<T>, most: { rows: number; characters: number }): JsonColumn<T> {
  /** The one that was asked for longest ago comes first. */
  const known = new Map<string | number, { text: string; value: T }>()
  let characters = 0
  const forget = (row: string | number): void => {
    characters -= known.get(row)?.text.length ?? 0
    known.delete(row)
  }
  return {
    read(text, row) {
      const last = known.get(row)
      if (last) forget(row)
      const value = last?.text === text ? last.value : frozen(column.read(text, row))
      known.set(row, { text, value })
      characters += text.length
      for (const oldest of known.keys()) {
        if (known.size <= most.rows && characters <= most.characters) break
        forget(oldest)
      }
      return value
    },
  }
}

/** All of it, so that nobody changes what others read. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const own of Object.values(value)) frozen(own)
  return Object.freeze(value)
}

function unreadable(table: string, row: string | number, column: string, wrong: string, cause: unknown): Problem {
  return new Problem({
    code: ROW_UNREADABLE,
    message: `Row '${row}' of the table '${table}' cannot be read: ${column}: ${wrong}.`,
    remedy: 'Mend this row, or restore it from a backup; everything else goes on without it.',
    concerns: `${table}/${row}`,
    status: 500,
    cause,
  })
}

/**
 * Rows of a list, those that cannot be read left out: one broken row keeps nobody from the others. Each is told once
 * (`unreadableRows`).
 */
export function readable<R, T>(rows: readonly R[], read: (row: R) => T): T[] {
  return rows.flatMap((row) => {
    try {
      return [read(row)]
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== ROW_UNREADABLE) throw error
      unreadableRows.add(error)
      return []
    }
  })
}

/** What this process could not read, each row once. */
class UnreadableRows {
  readonly #known = new Map<string, Problem>()
  #listener: ((problem: Problem) => void) | undefined
  /** How many rows were left out of lists since the start; `MOST_KNOWN` at most. */
  get count(): number {
    return this.#known.size
  }
  add(problem: Problem): void {
    const row = problem.concerns ?? ''
    if (this.#known.has(row) || this.#known.size >= MOST_KNOWN) return
    this.#known.set(row, problem)
    this.#listener?.(problem)
  }
  /** Hears of each once; of those that are known already at once. */
  onFound(listener: (problem: Problem) => void): void {
    this.#listener = listener
    for (const problem of this.#known.values()) listener(problem)
  }
}

/** Like the process's metrics: one for all rooms. */
export const unreadableRows = new UnreadableRows()
