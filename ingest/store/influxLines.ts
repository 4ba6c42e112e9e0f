import type { Kind } from '../../catalog/index.ts'
import type { ReadingBatch } from '../../core/index.ts'
import { stateWord } from './applianceFile.ts'
import type { GatheredRows } from './readingBlock.ts'

/** Hash and place of the readings of a kind. */
export const placeMeasurement = (kind: string): string => `${kind}.place`

const text = (value: string): string => `"${value.replace(/[\\"]/g, '\\$&')}"`

/**
 * Two lines of line protocol a reading, times in ms: the reading (`m_…` plausible values, `i_…` implausible ones, so
 * that means leave them out; `n` counts), and its hash and place. Kinds and ids need no escaping.
 */
export function influxLines(kind: Kind, batch: ReadingBatch): string[] {
  const lines: string[] = []
  const words = Math.ceil(batch.values.length / 32)
  const hex = (value: number): string => value.toString(16)
  for (let row = 0; row < batch.count; row++) {
    const tags = `,appliance=${batch.appliances[batch.applianceIndex[row]!]}`
    const ts = batch.ts[row]
    let fields = 'n=1i'
    for (let m = 0; m < batch.values.length; m++) {
      const value = batch.values[m]![row]!
      if (Number.isNaN(value)) continue
      const invalid = (batch.invalid[row * words + (m >> 5)]! >>> (m & 31)) & 1
      fields += `,${invalid ? 'i' : 'm'}_${kind.metricNames[m]}=${value}`
    }
    for (let s = 0; s < batch.states.length; s++) {
      const word = stateWord(kind, batch, s, row)
      if (word !== null) fields += `,s_${kind.stateNames[s]}=${text(word)}`
    }
    const firmware = batch.firmware[row]!
    if (firmware >= 0) fields += `,firmware=${text(batch.words[firmware]!)}`
    const extras = batch.extras.get(row)
    if (extras !== undefined) fields += `,extras=${text(extras)}`
    lines.push(`${kind.kind}${tags} ${fields} ${ts}`)
    const place = `hash="${hex(batch.hashHigh[row]!)}-${hex(batch.hashLow[row]!)}",place=${batch.offset[row]}i,idx=${batch.index[row]}i`
    lines.push(`${placeMeasurement(kind.kind)}${tags} ${place} ${ts}`)
  }
  return lines
}

/** A row of `SELECT *` as the reading that it was. */
export function rowOfInflux(kind: Kind, columns: string[], values: unknown[]): GatheredRows[number] {
  const row: GatheredRows[number] = {
    ts: Number(values[0]),
    values: kind.metricNames.map(() => Number.NaN),
    invalid: kind.metricNames.map(() => false),
    extras: undefined,
  }
  for (const [c, column] of columns.entries()) {
    const value = values[c]
    if (value === null || value === undefined) continue
    if (column === 'extras') row.extras = JSON.parse(String(value))
    const m = kind.metricIndex.get(column.slice(2))
    if (m === undefined || !/^[mi]_/.test(column)) continue
    row.values[m] = Number(value)
    row.invalid[m] = column.startsWith('i_')
  }
  return row
}
