import { BYTE_ORDER_MARK, csvLine } from '../../../api/tables/csv.ts'

/** Rows as a CSV file that opens rightly in spreadsheets. */
export function toCsv(rows: readonly Record<string, unknown>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))]
  return BYTE_ORDER_MARK + lines.map(csvLine).join('')
}

/** Saves rows as a CSV file. */
export function downloadCsv(name: string, rows: readonly Record<string, unknown>[]): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([toCsv(rows)], { type: 'text/csv;charset=utf-8' }))
  link.download = `${name}.csv`
  link.click()
  URL.revokeObjectURL(link.href)
}
