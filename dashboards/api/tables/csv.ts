/** What a spreadsheet would take for a formula, unless it is a plain number. */
const runs = /^\s*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/
const isNumber = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/
/** Before the first line, so that spreadsheets read Chinese as UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF'

/** One line of a CSV file, ended as RFC 4180 says, with an apostrophe before whatever would run as a formula (OWASP, CSV Injection). */
export const csvLine = (cells: readonly unknown[]): string => `${cells.map(cellOf).join(',')}\r\n`

function cellOf(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')
  const safe = typeof value === 'string' && runs.test(text) && !isNumber.test(text) ? `'${text}` : text
  return /[",\r\n\t;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
