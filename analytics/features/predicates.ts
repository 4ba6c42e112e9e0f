import type { Kind, TestSpec } from '../../catalog/index.ts'
import { MINUTE } from '../../core/index.ts'

/** One test, with its inputs as columns. Equal tests are one predicate, so each is asked once a reading. */
export interface Predicate {
  readonly type: 'compare' | 'state' | 'held' | 'clear'
  /** Of the metric, of the state, of the mark. */
  readonly column: number
  /** Compared is its difference to this metric; −1: to none. Absent values, of metrics and of states, fail unless they are `optional`. */
  readonly minus: number
  readonly above: number
  readonly below: number
  readonly optional: boolean
  /** Of a state, which words it holds for. */
  readonly words: readonly boolean[]
  /** How long a mark must have held, or been gone. */
  readonly ms: number
}
/** All predicates have one form: they are asked of every reading. */
const PREDICATE: Omit<Predicate, 'type' | 'column'> = {
  minus: -1,
  above: -Infinity,
  below: Infinity,
  optional: false,
  words: [],
  ms: 0,
}

/** A declared test, its names as columns. */
export function compileTest(
  one: TestSpec,
  kind: Kind,
  markNames: string[],
  column: (m: string | undefined) => number,
): Predicate {
  if (one.mark !== undefined) {
    const mark = markNames.indexOf(one.mark)
    return one.clearMinutes === undefined
      ? { ...PREDICATE, type: 'held', column: mark, ms: (one.forMinutes ?? 0) * MINUTE }
      : { ...PREDICATE, type: 'clear', column: mark, ms: one.clearMinutes * MINUTE }
  }
  if (one.state !== undefined) {
    const words = kind.states[one.state]
    const list = Array.isArray(words) ? words : []
    return {
      ...PREDICATE,
      type: 'state',
      column: kind.stateNames.indexOf(one.state),
      optional: one.optional,
      words: list.map((word) => (one.is ? one.is.includes(word) : !(one.not ?? []).includes(word))),
    }
  }
  return {
    ...PREDICATE,
    type: 'compare',
    column: column(one.metric),
    minus: column(one.minus),
    above: one.above ?? -Infinity,
    below: one.below ?? Infinity,
    optional: one.optional,
  }
}

/** Asks one predicate of a reading. */
export function ask(
  { type, column, minus, above, below, optional, words, ms }: Predicate,
  values: Float64Array,
  states: Int32Array,
  marks: Float64Array,
  ts: number,
): number {
  switch (type) {
    case 'compare': {
      const value = minus < 0 ? values[column]! : values[column]! - values[minus]!
      return Number.isNaN(value) ? Number(optional) : Number(value > above && value < below)
    }
    case 'state': {
      const word = states[column]!
      return Number(word < 0 ? optional : words[word])
    }
    case 'held': {
      const since = marks[2 * column]!
      return Number(!Number.isNaN(since) && ts - since >= ms)
    }
    case 'clear': {
      if (!Number.isNaN(marks[2 * column]!)) return 0
      const last = marks[2 * column + 1]!
      return Number(Number.isNaN(last) || ts - last >= ms)
    }
  }
}
