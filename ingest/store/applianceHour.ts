/** Count, sum, min and max of each metric of one appliance over one stretch of time. 32 bytes a metric. */
export class Summary {
  count = 0
  lastTs = -Infinity
  /** Four a metric: how many valid values, their sum, min, max. */
  readonly cells: Float64Array
  /** The same of metrics that the catalog does not know; at most 64 of them. */
  readonly extras = new Map<string, [n: number, sum: number, min: number, max: number]>()
  constructor(metrics: number) {
    this.cells = new Float64Array(metrics * 4)
    for (let m = 0; m < metrics; m++) {
      this.cells[m * 4 + 2] = Infinity
      this.cells[m * 4 + 3] = -Infinity
    }
  }
  seen(ts: number): void {
    this.count++
    if (ts > this.lastTs) this.lastTs = ts
  }
  add(metric: number, value: number): void {
    const { cells } = this
    const at = metric * 4
    cells[at]!++
    cells[at + 1]! += value
    if (value < cells[at + 2]!) cells[at + 2] = value
    if (value > cells[at + 3]!) cells[at + 3] = value
  }
  addExtra(name: string, value: number, n = 1, min = value, max = value): void {
    const cell = this.extras.get(name)
    if (!cell) {
      if (this.extras.size < 64) this.extras.set(name, [n, value, min, max])
      return
    }
    cell[0] += n
    cell[1] += value
    cell[2] = Math.min(cell[2], min)
    cell[3] = Math.max(cell[3], max)
  }
  merge(other: Summary): void {
    this.count += other.count
    if (other.lastTs > this.lastTs) this.lastTs = other.lastTs
    for (let at = 0; at < this.cells.length; at += 4) {
      this.cells[at]! += other.cells[at]!
      this.cells[at + 1]! += other.cells[at + 1]!
      this.cells[at + 2] = Math.min(this.cells[at + 2]!, other.cells[at + 2]!)
      this.cells[at + 3] = Math.max(this.cells[at + 3]!, other.cells[at + 3]!)
    }
    for (const [name, [n, sum, min, max]] of other.extras) this.addExtra(name, sum, n, min, max)
  }
}

/** Layout number, count, last ts, the cells, then the extras as JSON. */
export function encodeSummary(summary: Summary, layout: number): Uint8Array {
  const head = Float64Array.of(layout, summary.count, summary.lastTs)
  const extras = summary.extras.size ? Buffer.from(JSON.stringify([...summary.extras])) : empty
  const bytes = new Uint8Array(24 + summary.cells.byteLength + extras.length)
  bytes.set(new Uint8Array(head.buffer))
  bytes.set(new Uint8Array(summary.cells.buffer), 24)
  bytes.set(extras, 24 + summary.cells.byteLength)
  return bytes
}

/**
 * @param mapOf layout number → for each of its metrics the column it has today, −1 where the catalog dropped it
 * @param metrics of the kind today
 */
export function decodeSummary(bytes: Uint8Array, mapOf: (layout: number) => Int32Array, metrics: number): Summary {
  const aligned = bytes.slice()
  const head = new Float64Array(aligned.buffer, 0, 3)
  const columns = mapOf(head[0]!)
  const summary = new Summary(metrics)
  summary.count = head[1]!
  summary.lastTs = head[2]!
  const cells = new Float64Array(aligned.buffer, 24, columns.length * 4)
  for (let m = 0; m < columns.length; m++) {
    const to = columns[m]!
    if (to >= 0) summary.cells.set(cells.subarray(m * 4, m * 4 + 4), to * 4)
  }
  const end = 24 + cells.byteLength
  if (aligned.length > end) {
    for (const [name, cell] of JSON.parse(Buffer.from(aligned.subarray(end)).toString())) summary.extras.set(name, cell)
  }
  return summary
}

const empty = Buffer.alloc(0)
