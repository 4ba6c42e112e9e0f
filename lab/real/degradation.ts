import { Matrix, solve } from 'ml-matrix'
import { type Engine, lifeOf } from './cmapssData.ts'

/** What training engines teach about how wear shows: sums of standardized sensors that follow it. */
export interface DegradationIndex {
  means: Float64Array
  spreads: Float64Array
  /** By index its weights: of 1, then of each sensor. */
  weights: number[][]
}

const RIDGE = 10
/** The second index is for the end: it grows as the exponential of the cycles left over this. */
const END_CYCLES = 40
const SPANS = [10, 20, 40, 80]
const FIRST_CYCLES = 25
/** Pulls slopes of short stretches to 0. */
const SLOPE_PRIOR = 4

/** Two indices, linear in the sensors: one follows the capped life, one its end. Ridge regression on training engines only. */
export function learnIndex(engines: Engine[]): DegradationIndex {
  const rows = engines.flatMap(({ cycles }) => cycles)
  const sensors = rows[0]!.length
  const means = new Float64Array(sensors)
  const spreads = new Float64Array(sensors)
  for (const row of rows) for (let s = 0; s < sensors; s++) means[s]! += row[s]! / rows.length
  for (const row of rows) for (let s = 0; s < sensors; s++) spreads[s]! += (row[s]! - means[s]!) ** 2 / rows.length
  for (let s = 0; s < sensors; s++) spreads[s] = Math.sqrt(spreads[s]!)
  const life = engines.flatMap((engine) => Array.from(lifeOf(engine)))
  const end = engines.flatMap(({ cycles }) => cycles.map((_, t) => Math.exp((t - cycles.length + 1) / END_CYCLES)))
  const inputs = new Matrix(rows.map((row) => [1, ...row.map((x, s) => (x - means[s]!) / spreads[s]!)]))
  const squares = inputs.transpose().mmul(inputs)
  for (let s = 1; s <= sensors; s++) squares.set(s, s, squares.get(s, s) + RIDGE)
  return {
    means,
    spreads,
    weights: [life, end].map((target) =>
      solve(squares, inputs.transpose().mmul(Matrix.columnVector(target))).to1DArray(),
    ),
  }
}

/**
 * Features of an engine by cycle: levels and slopes of its indices over several spans, since its first cycles and over its
 * whole life, and means of its sensors. Causal: a cycle's features read only cycles up to it.
 * @param sensorSpans lengths of the sensors' means, in cycles; Infinity for all of its life
 * @param withAge whether the number of the cycle is one of them
 */
export function degradationFeatures(
  { cycles }: Engine,
  index: DegradationIndex,
  sensorSpans: number[],
  withAge: boolean,
): Float64Array[] {
  const sensors = Array.from(index.means, (mean, s) => cycles.map((row) => (row[s]! - mean) / index.spreads[s]!))
  const columns: number[][] = []
  for (const [constant, ...weights] of index.weights) {
    const values = cycles.map((_, t) => weights.reduce((sum, w, s) => sum + w * sensors[s]![t]!, constant!))
    columns.push(...indexColumns(values))
  }
  for (const values of sensors) {
    const mean = meanOf(values)
    for (const span of sensorSpans) columns.push(values.map((_, t) => mean(t + 1 - span, t + 1)))
  }
  if (withAge) columns.push(cycles.map((_, t) => t))
  return cycles.map((_, t) => Float64Array.from(columns, (column) => column[t]!))
}

function indexColumns(values: number[]): number[][] {
  const mean = meanOf(values)
  const columns = SPANS.flatMap((span) => {
    const lines = values.map((_, t) => lineOf(values, Math.max(0, t + 1 - span), t + 1))
    return [lines.map(({ level }) => level), lines.map(({ slope }) => slope)]
  })
  const first = values.map((_, t) => mean(0, Math.min(t + 1, FIRST_CYCLES)))
  let lowest = Infinity
  columns.push(
    values.map((_, t) => mean(0, t + 1)),
    values.map((_, t) => mean(t - 4, t + 1)),
    values.map((_, t) => mean(t + 1 - FIRST_CYCLES, t + 1) - first[t]!),
    first,
    values.map((_, t) => {
      if (t >= 9) lowest = Math.min(lowest, mean(t - 9, t + 1))
      return lowest === Infinity ? mean(0, t + 1) : lowest
    }),
  )
  return columns
}

/** The mean of values from (0 at least) up to, not including, to. */
function meanOf(values: number[]): (from: number, to: number) => number {
  const sums = [0]
  for (const x of values) sums.push(sums.at(-1)! + x)
  return (from, to) => (sums[to]! - sums[Math.max(0, from)]!) / (to - Math.max(0, from))
}

/** Least squares over values from up to, not including, to: its level at the last of them, and its slope per value. */
function lineOf(values: number[], from: number, to: number): { level: number; slope: number } {
  const count = to - from
  const middle = (1 - count) / 2
  let sum = 0
  let cross = 0
  let squares = 0
  for (let i = from; i < to; i++) {
    const x = i - to + 1 - middle
    sum += values[i]!
    cross += x * values[i]!
    squares += x * x
  }
  const slope = cross / (squares + SLOPE_PRIOR * count)
  return { level: sum / count - slope * middle, slope }
}
