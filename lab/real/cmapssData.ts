import { readFileSync } from 'node:fs'

/** One engine run until it failed: its sensors by cycle. */
export interface Engine {
  cycles: Float64Array[]
}

/** Unit, cycle and three settings come before the sensors. */
const FIRST_SENSOR = 5
/** A sensor that varies less than this share of its mean over all engines is a constant. */
const LEAST_VARIATION = 1e-6

/** Engines of `train_FD001.txt`, with the sensors that vary. */
export function readEngines(path: string): Engine[] {
  const rows = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const sensors = rows[0]!
    .map((_, place) => place)
    .slice(FIRST_SENSOR)
    .filter((place) => {
      const mean = rows.reduce((sum, row) => sum + row[place]!, 0) / rows.length
      return rows.some((row) => Math.abs(row[place]! - mean) > LEAST_VARIATION * Math.abs(mean))
    })
  const engines = new Map<number, Engine>()
  for (const row of rows) {
    const engine = engines.get(row[0]!) ?? { cycles: [] }
    engines.set(row[0]!, engine)
    engine.cycles.push(Float64Array.from(sensors, (place) => row[place]!))
  }
  return [...engines.values()]
}

export const LIFE_CAP = 125

/** Cycles left after each cycle, capped. */
export const lifeOf = ({ cycles }: Engine): Float64Array =>
  Float64Array.from(cycles, (_, t) => Math.min(LIFE_CAP, cycles.length - 1 - t))
