import { MINUTE, type Millis } from '../../core/index.ts'
import type { Surroundings } from '../world/home.ts'

/** What an appliance answers to a command. */
export interface TestAnswer {
  id: string
  result: 'done' | 'refused' | 'failed'
  /** A done test answers what it measured as JSON: `{"rate":11.2}`. */
  detail: string
}

/** How a kind of appliance runs a test: how long, and how far below what is set its control aims meanwhile. */
interface Run {
  minutes: number
  shiftK: number
}

/** The tests that simulated appliances know by themselves, whatever the product's catalog says of them. */
const runs: Record<string, Record<string, Run>> = { fridge: { 'pull-down': { minutes: 30, shiftK: -8 } } }
/** So many of the first and the last readings count: one is noise. */
const FIRST = 3
const LAST = 8

export const runOf = (kind: string, test: string): Run | undefined => runs[kind]?.[test]
export const testsOf = (kind: string): string[] => Object.keys(runs[kind] ?? {})

/** One test under way: physically, by the appliance's own control, and measured by its own sensors. */
export class ActiveTest {
  readonly #id: string
  readonly #run: Run
  readonly #until: Millis
  readonly #names: readonly string[]
  readonly #seen: Float64Array[] = []
  constructor(id: string, run: Run, from: Millis, names: readonly string[]) {
    this.#id = id
    this.#run = run
    this.#until = from + run.minutes * MINUTE
    this.#names = names
  }
  /** What its control aims at while it runs. */
  around(around: Surroundings): Surroundings {
    return { ...around, setpointShift: around.setpointShift + this.#run.shiftK }
  }
  /** Hears a reading. @returns the answer when it is over */
  hear(ts: Millis, values: Float64Array): TestAnswer | undefined {
    this.#seen.push(values.slice())
    if (ts < this.#until) return undefined
    if (this.#seen.length < FIRST + LAST) return { id: this.#id, result: 'failed', detail: 'too little was measured' }
    const measured = {
      rate: ((this.#mean('cabinetTemp', 0, FIRST) - this.#mean('cabinetTemp', -FIRST)) * 60) / this.#run.minutes,
      evaporator: this.#mean('evaporatorTemp', -LAST),
      condenserRise: this.#mean('condenserTemp', -LAST) - this.#mean('ambientTemp', -LAST),
      fan: this.#mean('fanSpeed', -LAST),
    }
    // A sensor that it has not got measures nothing.
    const known = Object.entries(measured).filter(([, value]) => Number.isFinite(value))
    const detail = JSON.stringify(
      Object.fromEntries(known.map(([name, value]) => [name, Math.round(value * 100) / 100])),
    )
    return { id: this.#id, result: 'done', detail }
  }

  #mean(metric: string, from: number, to?: number): number {
    const column = this.#names.indexOf(metric)
    const some = this.#seen.slice(from, to).flatMap((values) => values[column] ?? [])
    return some.reduce((sum, one) => sum + one, 0) / some.length
  }
}
