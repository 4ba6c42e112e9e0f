import { marks } from '../core/index.ts'

const { begin, end, middle } = marks
/** What rooms mark (core/persons.ts): a text with whose it is, or a pseudonym in the place of one. */
export const marked = new RegExp(`${begin}(?:=([^${middle}${end}]*)${middle}([^${end}]*)|#([^${end}]*))${end}`, 'g')

/** Seals what rooms marked as a person's on its way into the database, and opens it on its way out. */
export interface Sealing {
  /** A text without marks is itself. A person who is new gets a key, which is not kept before `keep`. */
  seal(text: string): string
  /** A text whose key is gone is read as nothing. */
  open(text: string): string
  /** New keys are on disk when it returns: before the commit of what was sealed with them. */
  keep(): void
}

/** Where there are no keys (a passing file, a laboratory) marks are taken off, and texts lie as they are. */
export const unsealed: Sealing = {
  seal: (text) =>
    text.includes(begin)
      ? text.replace(marked, (_, _ref, plain: string, pseudonym: string | undefined) => pseudonym ?? plain)
      : text,
  open: (text) => text,
  keep: () => undefined,
}

/** Parameters of a statement, as they are written. */
export const sealedAll = (parameters: readonly unknown[], { seal }: Sealing): unknown[] =>
  parameters.map((value) => (typeof value === 'string' ? seal(value) : value))

/** Rows as they are read; they are changed in place, for they are nobody else's yet. */
export function openedRows(rows: unknown[], { open }: Sealing): unknown[] {
  for (const row of rows as Record<string, unknown>[])
    for (const [name, value] of Object.entries(row))
      if (typeof value === 'string' && value.includes(begin)) row[name] = open(value)
  return rows
}
