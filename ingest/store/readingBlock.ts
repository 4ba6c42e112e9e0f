import type { ReadingBatch } from '../../core/index.ts'

/** Layout number and count, ts, values, bits of the implausible, then unknown metrics as JSON. 8 bytes a value. */
export function encodeBlock(batch: ReadingBatch, rows: number[], layout: number): Uint8Array {
  const count = rows.length
  const metrics = batch.values.length
  const words = Math.ceil(metrics / 32)
  const numbers = new Float64Array(2 + count * (1 + metrics))
  numbers[0] = layout
  numbers[1] = count
  const bits = new Uint32Array(count * words)
  const extras: [number, unknown][] = []
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    numbers[2 + i] = batch.ts[row]!
    for (let w = 0; w < words; w++) bits[i * words + w] = batch.invalid[row * words + w]!
    const text = batch.extras.get(row)
    if (text !== undefined) extras.push([i, JSON.parse(text)])
  }
  for (let m = 0; m < metrics; m++) {
    const column = batch.values[m]!
    const at = 2 + count * (1 + m)
    for (let i = 0; i < count; i++) numbers[at + i] = column[rows[i]!]!
  }
  const tail = extras.length ? Buffer.from(JSON.stringify(extras)) : Buffer.alloc(0)
  const bytes = new Uint8Array(numbers.byteLength + bits.byteLength + tail.length)
  bytes.set(new Uint8Array(numbers.buffer))
  bytes.set(new Uint8Array(bits.buffer), numbers.byteLength)
  bytes.set(tail, numbers.byteLength + bits.byteLength)
  return bytes
}

/** Adds the rows of a block with `from ≤ ts < to` to `into`. Parameters as of `decodeSummary`. */
export function decodeBlock(
  bytes: Uint8Array,
  mapOf: (layout: number) => Int32Array,
  metrics: number,
  from: number,
  to: number,
  into: GatheredRows,
): void {
  const aligned = bytes.slice()
  const head = new Float64Array(aligned.buffer, 0, 2)
  const count = head[1]!
  const columns = mapOf(head[0]!)
  const words = Math.ceil(columns.length / 32)
  const numbers = new Float64Array(aligned.buffer, 16, count * (1 + columns.length))
  const bitsAt = 16 + numbers.byteLength
  const bits = new Uint32Array(aligned.buffer, bitsAt, count * words)
  const tailAt = bitsAt + bits.byteLength
  const extras = new Map<number, Record<string, number>>(
    aligned.length > tailAt ? JSON.parse(Buffer.from(aligned.subarray(tailAt)).toString()) : [],
  )
  for (let i = 0; i < count; i++) {
    const ts = numbers[i]!
    if (ts < from || ts >= to) continue
    const values = new Array<number>(metrics).fill(Number.NaN)
    const invalid = new Array<boolean>(metrics).fill(false)
    for (let m = 0; m < columns.length; m++) {
      const column = columns[m]!
      if (column < 0) continue
      values[column] = numbers[count * (1 + m) + i]!
      invalid[column] = ((bits[i * words + (m >> 5)]! >>> (m & 31)) & 1) === 1
    }
    into.push({ ts, values, invalid, extras: extras.get(i) })
  }
}

/** Rows of one appliance, gathered from wherever they are kept. */
export type GatheredRows = {
  ts: number
  values: number[]
  invalid: boolean[]
  extras: Record<string, number> | undefined
}[]
