export const decimalSigns = ['.', ','] as const
export type DecimalSign = (typeof decimalSigns)[number]

const comma = /^[-+]?(?:\d{1,3}(?:[. \u00a0\u202f']\d{3})+|\d+)?,\d+(?:[eE][-+]?\d+)?$/
const point = /^[-+]?(?:\d{1,3}(?:[, \u00a0\u202f']\d{3})+|\d+)?\.\d+(?:[eE][-+]?\d+)?$/

/** Which sign the numbers of a table are written with: what most of those say that can be told. */
export function decimalSignOf(cells: Iterable<string>): DecimalSign {
  let [commas, points] = [0, 0]
  for (const cell of cells) {
    // 1,234 and 1.234 may be thousands.
    const isUnclear = /^[-+]?[1-9]\d{0,2}[.,]\d{3}$/.test(cell)
    if (!isUnclear && comma.test(cell)) commas++
    if (!isUnclear && point.test(cell)) points++
  }
  return commas > points ? ',' : '.'
}

/**
 * The number that a cell says; a text says what is wrong instead. Groups of thousands may be parted by a space, an
 * apostrophe, or the sign that is not the decimal one. `NaN`, `Infinity` and hexadecimal are no numbers here.
 */
export function numberOf(cell: string, decimal: DecimalSign): number | string {
  const wanted = decimal === ',' ? comma : point
  const isWhole = /^[-+]?(?:\d{1,3}(?:[ \u00a0\u202f']\d{3})+|\d+)(?:[eE][-+]?\d+)?$/.test(cell)
  const grouped = decimal === ',' ? /^[-+]?\d{1,3}(?:\.\d{3})+$/ : /^[-+]?\d{1,3}(?:,\d{3})+$/
  if (!isWhole && !wanted.test(cell) && !grouped.test(cell)) {
    const other = decimal === ',' ? point : comma
    return other.test(cell)
      ? `is no number with the decimal sign '${decimal}', which the other cells have`
      : 'is no number'
  }
  const plain = cell
    .replaceAll(/[ \u00a0\u202f']/g, '')
    .replaceAll(decimal === ',' ? '.' : ',', '')
    .replace(decimal, '.')
  const value = Number(plain)
  return Number.isFinite(value) ? value : 'is no number that can be kept'
}
