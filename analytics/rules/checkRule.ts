import type { Catalog, Kind } from '../../catalog/index.ts'
import { Problem, type RuleBody, type RuleWhen, type Text, type ValueClause } from '../../core/index.ts'
import { planDetection } from '../features/detectionPlan.ts'

/** What a rule may be about, of one kind. */
export interface RuleWords {
  features: { name: string; unit: string; text: Text }[]
  cycles: { name: string; text: Text }[]
}
export function ruleWordsOf(kind: Kind): RuleWords {
  const { features, spec } = planDetection(kind)
  return {
    features: features.map(({ name, unit, text }) => ({ name, unit, text })),
    cycles: Object.entries(spec.cycles).map(([name, { text }]) => ({ name, text })),
  }
}

/**
 * Refuses what could never be right, before anything runs it.
 * @throws Problem `unknown-kind`; `rule-unknown-name`, `rule-divides-by-zero`, `rule-always`, `rule-never`, `rule-release`
 */
export function checkRule(catalog: Catalog, rule: RuleBody): void {
  const kind = catalog.kind(rule.scope.kind)
  const { failureMode, when } = rule
  if (failureMode !== undefined && !Object.hasOwn(kind.failureModes, failureMode))
    throw unknown(kind, 'failure mode', failureMode, Object.keys(kind.failureModes))
  checkWhen(kind, when)
}

function checkWhen(kind: Kind, when: RuleWhen): void {
  if (when.of === 'event') return
  if (when.of === 'feature') {
    const names = ruleWordsOf(kind).features.map(({ name }) => name)
    if (!names.includes(when.feature)) throw unknown(kind, 'feature', when.feature, names)
    checkRelease(when, when.feature)
    return
  }
  if (when.of === 'cycle') {
    const names = ruleWordsOf(kind).cycles.map(({ name }) => name)
    if (!names.includes(when.cycle)) throw unknown(kind, 'cycle', when.cycle, names)
    if (when.op === 'above' && when.limit < 0) throw always(`the ${when.cycle} cycle`, 'above', when.limit, 0)
    checkRelease(when, when.cycle)
    return
  }
  for (const clause of when.all) {
    if ('metric' in clause) checkValue(kind, clause, when)
    else checkState(kind, clause.state, clause.is)
  }
  const clauses = when.all.filter((one) => 'metric' in one)
  // Each alone always holds: so do all of them.
  if (clauses.length === when.all.length && clauses.every((one) => isAlways(kind, one))) {
    const [first] = clauses
    if (first) throw always(first.metric, first.op, first.limit, rangeOf(kind, first)[first.op === 'above' ? 0 : 1])
  }
}

function checkValue(kind: Kind, clause: ValueClause, when: Extract<RuleWhen, { of: 'reading' }>): void {
  for (const metric of [clause.metric, clause.minus, clause.over])
    if (metric !== undefined && !Object.hasOwn(kind.metrics, metric))
      throw unknown(kind, 'metric', metric, kind.metricNames)
  checkRelease(clause, clause.metric)
  const { metric, minus, over } = clause
  const unitOf = (name: string) => kind.metrics[name]?.unit
  if (minus !== undefined && (minus === metric || unitOf(minus) !== unitOf(metric)))
    throw new Problem({
      code: 'rule-no-difference',
      message:
        minus === metric
          ? `'${metric}' less itself is always 0.`
          : `'${metric}' is in ${unitOf(metric)}, '${minus}' in ${unitOf(minus)}: they have no difference.`,
      remedy: `Take another metric in ${unitOf(metric)} away, or none.`,
      concerns: minus,
      status: 422,
    })
  if (over !== undefined && mayBeZero(kind, over) && !isKeptFromZero(over, when))
    throw new Problem({
      code: 'rule-divides-by-zero',
      message: `'${clause.metric}' is divided by '${over}', which may be 0.`,
      remedy: `Add a condition that '${over}' is above 0 (or below it), or compare without dividing.`,
      concerns: over,
      status: 422,
    })
  const [low, high] = rangeOf(kind, clause)
  if (clause.op === 'above' ? clause.limit >= high : clause.limit <= low)
    throw new Problem({
      code: 'rule-never',
      message: `'${clause.metric}' is never ${clause.op} ${clause.limit}: it lies between ${low} and ${high}.`,
      remedy: 'Choose a limit within that range.',
      concerns: clause.metric,
      status: 422,
    })
}

function checkState(kind: Kind, state: string, wanted: readonly string[]): void {
  const words = Object.hasOwn(kind.states, state) ? kind.states[state] : undefined
  if (words === undefined) throw unknown(kind, 'state', state, kind.stateNames)
  if (words === 'text')
    throw new Problem({
      code: 'rule-unknown-name',
      message: `The state '${state}' of ${kind.kind} is free text, which no rule can compare.`,
      remedy: `Use one of ${kind.stateNames.filter((name) => kind.states[name] !== 'text').join(', ') || 'its metrics'}.`,
      concerns: state,
      status: 422,
    })
  for (const word of wanted) if (!words.includes(word)) throw unknown(kind, `word of '${state}'`, word, words)
}

/** A limit that ends before it begins would begin and end at once. */
function checkRelease(
  { op, limit, release }: { op: 'above' | 'below'; limit: number; release?: number | undefined },
  concerns: string,
): void {
  if (release === undefined || (op === 'above' ? release <= limit : release >= limit)) return
  throw new Problem({
    code: 'rule-release',
    message: `It holds ${op} ${limit} and would be over at ${release}, before that.`,
    remedy: `It must be over at or ${op === 'above' ? 'below' : 'above'} ${limit}.`,
    concerns,
    status: 422,
  })
}

/** What the value can be, by the plausible ranges of its metrics; unbounded where it is divided. */
function rangeOf(kind: Kind, { metric, minus, over }: ValueClause): [number, number] {
  if (over !== undefined) return [-Infinity, Infinity]
  const [low, high] = kind.metrics[metric]?.plausible ?? [-Infinity, Infinity]
  if (minus === undefined) return [low, high]
  const [lowest, highest] = kind.metrics[minus]?.plausible ?? [-Infinity, Infinity]
  return [low - highest, high - lowest]
}
function isAlways(kind: Kind, clause: ValueClause): boolean {
  const [low, high] = rangeOf(kind, clause)
  return clause.op === 'above' ? clause.limit < low : clause.limit > high
}

function mayBeZero(kind: Kind, metric: string): boolean {
  const [low, high] = kind.metrics[metric]?.plausible ?? [0, 0]
  return low <= 0 && high >= 0
}
/** Another condition of the rule keeps it away from 0, hysteresis included. */
const isKeptFromZero = (metric: string, { all }: Extract<RuleWhen, { of: 'reading' }>): boolean =>
  all.some(
    (one) =>
      'metric' in one &&
      one.metric === metric &&
      one.minus === undefined &&
      one.over === undefined &&
      (one.op === 'above' ? (one.release ?? one.limit) >= 0 : (one.release ?? one.limit) <= 0),
  )

const always = (what: string, op: 'above' | 'below', limit: number, bound: number): Problem =>
  new Problem({
    code: 'rule-always',
    message: `It would speak of every appliance: '${what}' is always ${op} ${limit} (its range ends at ${bound}).`,
    remedy: 'Choose a limit within the range of what it is about.',
    concerns: what,
    status: 422,
  })

const unknown = (kind: Kind, what: string, name: string, known: readonly string[]): Problem =>
  new Problem({
    code: 'rule-unknown-name',
    message: `${kind.kind} has no ${what} '${name}'.`,
    remedy: known.length > 0 ? `Use one of ${known.slice(0, 40).join(', ')}.` : 'It has none.',
    concerns: name,
    status: 422,
  })
