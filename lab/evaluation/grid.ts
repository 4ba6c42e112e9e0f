// `npm run evaluate -- --grid`: the same fleets as different installations hear them: families × cadences × sensor sets. Every
// cell is saved as it is done; `--resume` goes on with those that are there.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Family, SeedOrders, SeedResult } from './evaluateSeed.ts'
import { evaluateSeeds } from './evaluateSeeds.ts'
import type { Cell } from './gridReport.ts'
import type { Hearing, SensorSet } from './hearing.ts'

export interface GridOrders extends Omit<SeedOrders, 'seed' | 'family' | 'hearing'> {
  families: Family[]
  cadences: number[]
  sensors: SensorSet[]
  steps: number[]
  seeds: number[]
  threads: number
  /** Where cells are kept. */
  folder: string
  resume: boolean
}

/** @param say hears of each cell as it is done */
export async function runGrid(orders: GridOrders, say: (cell: Cell) => void): Promise<Cell[]> {
  mkdirSync(orders.folder, { recursive: true })
  const cells: Cell[] = []
  for (const family of orders.families)
    for (const sensors of orders.sensors)
      for (const steps of orders.steps)
        for (const cadenceSeconds of orders.cadences) {
          const cell = await cellOf(orders, family, { cadenceSeconds, sensors, steps })
          cells.push(cell)
          say(cell)
        }
  return cells
}

async function cellOf(orders: GridOrders, family: Family, hearing: Hearing): Promise<Cell> {
  const { seeds, threads, folder, resume, appliances, kinds, days, faultsPerYear, modelsDir } = orders
  const name = `${family}-${hearing.sensors}-${hearing.cadenceSeconds}s-${hearing.steps}`
  const path = join(folder, `${name}.json`)
  if (resume && existsSync(path)) return revive(readFileSync(path, 'utf8'))
  const results = await evaluateSeeds(
    seeds.map((seed) => ({ seed, family, appliances, kinds, days, faultsPerYear, modelsDir, hearing })),
    threads,
  )
  const cell = { name, family, hearing, ...pool(results) }
  writeFileSync(path, JSON.stringify(cell, keepInfinite))
  return cell
}

const pool = (results: SeedResult[]): Pick<Cell, 'scored' | 'cases'> => ({
  scored: results.flatMap(({ scored }) => scored),
  cases: results.flatMap(({ cases }) => cases),
})

/** JSON knows neither ∞ nor NaN. */
const keepInfinite = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? `#${value}` : value
const revive = (text: string): Cell =>
  JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' && /^#(-?Infinity|NaN)$/.test(value) ? Number(value.slice(1)) : value,
  ) as Cell
