import type { Kind } from '../../catalog/index.ts'
import {
  HOUR,
  isInScope,
  type Millis,
  type Rule,
  type RuleTiming,
  type RuleWhen,
  type ScopedAppliance,
  type StateClause,
  timingOf,
  type ValueClause,
} from '../../core/index.ts'
import { BETWEEN, OFF, ON, type Truth, UNKNOWN } from './ruleState.ts'

/** A rule with its names as columns, ready to run. */
export interface CompiledRule {
  readonly rule: Rule
  readonly timing: RuleTiming
  readonly unit: string
  covers(appliance: ScopedAppliance): boolean
  /** Of one reading, in the order of the kind's columns; NaN and −1 where absent. */
  truthOf(values: Float64Array, states: Int32Array): Truth
  /** What its clauses on values see of a reading, in their order. */
  seen(values: Float64Array): { clause: ValueClause; value: number }[]
  /** Of a feature, or the minutes of a cycle. */
  truthOfValue(value: number): Truth
  readonly events: { times: number; withinMs: Millis }
}

type Clause = (values: Float64Array, states: Int32Array) => Truth

/** Names that the kind does not have are never known: such a rule says nothing. @see checkRule, which refuses it */
export function compileRule(rule: Rule, kind: Kind, unitOf: (feature: string) => string | undefined): CompiledRule {
  const { when, scope } = rule
  const isWide = [scope.models, scope.firmware, scope.regions, scope.appliances].every((one) => one.length === 0)
  const all = when.of === 'reading' ? when.all : []
  const clauses = all.map((clause) => compileClause(clause, kind))
  return {
    rule,
    timing: timingOf(rule),
    unit: unitOfRule(when, kind, unitOf),
    covers: isWide ? ({ kind: of }) => of === scope.kind : (appliance) => isInScope(rule, appliance),
    truthOf(values, states) {
      let least: Truth = ON
      let isUnknown = clauses.length === 0
      for (const clause of clauses) {
        const truth = clause(values, states)
        // What is not so is not so, whatever else was said.
        if (truth === OFF) return OFF
        if (truth === UNKNOWN) isUnknown = true
        else if (truth < least) least = truth
      }
      return isUnknown ? UNKNOWN : least
    },
    seen: (values) =>
      all.flatMap((clause) => ('metric' in clause ? [{ clause, value: clauseValue(clause, kind)(values) }] : [])),
    truthOfValue: (value) => (when.of === 'feature' || when.of === 'cycle' ? judged(when, value) : UNKNOWN),
    events: when.of === 'event' ? { times: when.times, withinMs: when.withinHours * HOUR } : { times: 1, withinMs: 0 },
  }
}

function compileClause(clause: ValueClause | StateClause, kind: Kind): Clause {
  if ('metric' in clause) {
    const value = clauseValue(clause, kind)
    return (values) => judged(clause, value(values))
  }
  const column = kind.stateNames.indexOf(clause.state)
  const words = kind.states[clause.state]
  const wanted = clause.is.map((word) => (Array.isArray(words) ? words.indexOf(word) : -1))
  return (_, states) => {
    const word = column < 0 ? -1 : (states[column] ?? -1)
    return word < 0 ? UNKNOWN : wanted.includes(word) ? ON : OFF
  }
}

/** NaN where it is not known; divided by 0 nothing is. */
function clauseValue({ metric, minus, over }: ValueClause, kind: Kind): (values: Float64Array) => number {
  const column = (name: string): number => kind.metricIndex.get(name) ?? -1
  const [of, less, by] = [column(metric), minus && column(minus), over && column(over)]
  const at = (values: Float64Array, place: number): number => values[place] ?? NaN
  return (values) => {
    let value = at(values, of)
    if (less !== undefined && less !== '') value -= at(values, less)
    if (by === undefined || by === '') return value
    const divisor = at(values, by)
    return divisor === 0 ? NaN : value / divisor
  }
}

function judged({ op, limit, release = limit }: Pick<ValueClause, 'op' | 'limit' | 'release'>, value: number): Truth {
  if (Number.isNaN(value)) return UNKNOWN
  if (op === 'above') return value > limit ? ON : value > release ? BETWEEN : OFF
  return value < limit ? ON : value < release ? BETWEEN : OFF
}

function unitOfRule(when: RuleWhen, kind: Kind, unitOf: (feature: string) => string | undefined): string {
  if (when.of === 'feature') return unitOf(when.feature) ?? '1'
  if (when.of === 'cycle') return 'min'
  if (when.of === 'event') return '{count}'
  const [first] = when.all
  return first && 'metric' in first ? unitOfClause(first, kind) : '1'
}
/** A ratio of two units is said as such. */
export function unitOfClause({ metric, over }: ValueClause, kind: Kind): string {
  const unit = kind.metrics[metric]?.unit ?? '1'
  if (!over) return unit
  const by = kind.metrics[over]?.unit ?? '1'
  return unit === by ? '1' : by === '1' ? unit : `${unit}/${by}`
}
