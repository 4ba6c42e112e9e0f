import type { Kind } from '../../../catalog/index.ts'
import { MINUTE, type Millis } from '../../../core/index.ts'
import type { Surroundings } from '../../world/home.ts'
import { type SeenReading, type TestRun, testRuns } from './testRuns.ts'

/** What an appliance answers to a command. */
export interface TestAnswer {
  id: string
  result: 'done' | 'refused' | 'failed'
  /** A done test answers what it measured as JSON: `{"rate":11.2}`. */
  detail: string
}

export const runOf = (kind: string, test: string): TestRun | undefined => testRuns[kind]?.[test]
export const testsOf = (kind: string): string[] => Object.keys(testRuns[kind] ?? {})

/** One test under way: physically, by the appliance's own control, and measured by its own sensors. */
export class ActiveTest {
  readonly #id: string
  readonly #run: TestRun
  readonly #from: Millis
  readonly #kind: Kind
  readonly #seen: SeenReading[] = []
  constructor(id: string, run: TestRun, from: Millis, kind: Kind) {
    this.#id = id
    this.#run = run
    this.#from = from
    this.#kind = kind
  }
  /** What its control aims at while it runs. */
  around(around: Surroundings): Surroundings {
    return { ...around, setpointShift: around.setpointShift + this.#run.shiftK, testing: this.#run.name }
  }
  /** Hears a reading. @returns the answer when it is over */
  hear(ts: Millis, values: Float64Array, words: readonly string[]): TestAnswer | undefined {
    const phase = words[this.#kind.stateNames.indexOf('phase')] ?? ''
    this.#seen.push({ minute: (ts - this.#from) / MINUTE, values: values.slice(), phase })
    const isOver = ts >= this.#from + this.#run.minutes * MINUTE || phase === 'end' || phase === 'error'
    if (!isOver) return undefined
    const names = this.#kind.metricNames
    const measured = this.#run.measure(this.#seen, (metric, seen) => seen?.values[names.indexOf(metric)] ?? Number.NaN)
    // A sensor that it has not got measures nothing.
    const known = Object.entries(measured).filter(([, value]) => Number.isFinite(value))
    if (known.length === 0) return { id: this.#id, result: 'failed', detail: 'too little was measured' }
    const rounded = known.map(([name, value]) => [name, Math.round(value * 100) / 100])
    return { id: this.#id, result: 'done', detail: JSON.stringify(Object.fromEntries(rounded)) }
  }
}
