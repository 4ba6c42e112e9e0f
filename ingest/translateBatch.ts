import type { Kind } from '../catalog/index.ts'
import type { ReadingBatch } from '../core/index.ts'

/** Do the columns of both mean the same? */
const isSameLayout = (a: Kind, b: Kind): boolean =>
  a === b ||
  (sameTexts(a.metricNames, b.metricNames) &&
    sameTexts(a.stateNames, b.stateNames) &&
    a.stateNames.every((state) => JSON.stringify(a.states[state]) === JSON.stringify(b.states[state])))
const sameTexts = (a: string[], b: string[]): boolean => a.length === b.length && a.every((text, i) => text === b[i])

/**
 * Readings that were judged by one version of a kind, in the columns of another; what became of each stays. A metric that
 * the other does not have goes to the unknown ones, one that it gained comes from there.
 */
export function translateBatch(batch: ReadingBatch, from: Kind, to: Kind): ReadingBatch {
  if (isSameLayout(from, to)) return batch
  const { count } = batch
  const fromWords = Math.ceil(from.metricNames.length / 32)
  const toWords = Math.ceil(to.metricNames.length / 32)
  const values = to.metricNames.map((metric) => {
    const m = from.metricIndex.get(metric)
    return m === undefined ? new Float64Array(count).fill(Number.NaN) : batch.values[m]!
  })
  const invalid = new Uint32Array(count * toWords)
  const mark = (row: number, m: number): void => {
    invalid[row * toWords + (m >> 5)]! |= 1 << (m & 31)
  }
  const extras = new Map<number, string>()
  for (let row = 0; row < count; row++) {
    for (const [m, metric] of to.metricNames.entries()) {
      const was = from.metricIndex.get(metric)
      if (was !== undefined && (batch.invalid[row * fromWords + (was >> 5)]! >>> (was & 31)) & 1) mark(row, m)
    }
    const known = batch.extras.get(row)
    const unknown = new Map<string, unknown>(known === undefined ? [] : Object.entries(JSON.parse(known) as object))
    for (const [name, value] of unknown) {
      const m = to.metricIndex.get(name)
      if (m === undefined || typeof value !== 'number') continue
      values[m]![row] = value
      const [low, high] = to.metrics[name]!.plausible
      if (!(value >= low && value <= high)) mark(row, m)
      unknown.delete(name)
    }
    for (const [m, metric] of from.metricNames.entries()) {
      const value = batch.values[m]![row]!
      if (!to.metricIndex.has(metric) && !Number.isNaN(value)) unknown.set(metric, value)
    }
    if (unknown.size > 0) extras.set(row, JSON.stringify(Object.fromEntries(unknown)))
  }
  const words = [...batch.words]
  const states = to.stateNames.map((state) => stateColumn(batch, from, to, state, words))
  return { ...batch, values, invalid, extras, words, states }
}

/** @param texts free texts, to which it adds */
function stateColumn(batch: ReadingBatch, from: Kind, to: Kind, state: string, texts: string[]): Int32Array {
  const column = new Int32Array(batch.count).fill(-1)
  const s = from.stateNames.indexOf(state)
  if (s < 0) return column
  const [was, is] = [from.states[state], to.states[state]]
  for (let row = 0; row < batch.count; row++) {
    const number = batch.states[s]![row]!
    if (number < 0) continue
    const word = was === 'text' ? batch.words[number] : was?.[number]
    if (word === undefined) continue
    column[row] = is === 'text' ? texts.push(word) - 1 : (is?.indexOf(word) ?? -1)
  }
  return column
}
