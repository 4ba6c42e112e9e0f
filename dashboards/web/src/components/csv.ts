/** What a spreadsheet would take for a formula, unless it is a plain number. */
const runs = /^\s*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/
const isNumber = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/

/**
 * Rows as a CSV file that opens rightly in spreadsheets: a byte order mark, so that Chinese is read as UTF-8, lines that
 * end as RFC 4180 says, and an apostrophe before whatever would run as a formula (OWASP, CSV Injection).
 */
export function toCsv(rows: readonly Record<string, unknown>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))]
  return `\uFEFF${lines.map((cells) => cells.map(cellOf).join(',')).join('\r\n')}\r\n`
}

function cellOf(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')
  const safe = typeof value === 'string' && runs.test(text) && !isNumber.test(text) ? `'${text}` : text
  return /[",\r\n\t;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Saves rows as a CSV file. */
export function downloadCsv(name: string, rows: readonly Record<string, unknown>[]): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([toCsv(rows)], { type: 'text/csv;charset=utf-8' }))
  link.download = `${name}.csv`
  link.click()
  URL.revokeObjectURL(link.href)
}
