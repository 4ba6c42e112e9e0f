import type { Millis } from '../../../core/index.ts'

/** What a machine of a drawn structure is told at each reading. */
export interface Around {
  at: Millis
  outdoor: number
  ambient: number
  /** Local, 0 to 24. */
  hour: number
  /** 0 nobody is there, 1 as usual, more with guests. */
  people: number
  /** K, of people. */
  setShift: number
  /** Warm food put in just now, 0 to 1. */
  restock: number
  years: number
  severity: (mode: string) => number
  strength: (mode: string) => number
  sign: (mode: string) => number
}

export interface Machine {
  /** Metrics that this structure has no sensor for, whatever else. */
  readonly lacks: readonly string[]
  readonly cannotHave: readonly string[]
  due(at: Millis): Millis
  step(around: Around, seconds: number): { metrics: Record<string, number>; states: Record<string, string> }
  hasFailed(): boolean
}
