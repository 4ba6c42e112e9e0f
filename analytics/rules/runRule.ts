import type { Catalog, Kind } from '../../catalog/index.ts'
import type { FoundRows, Millis, Rule, RuleTiming, ScannedRows, ScanTest } from '../../core/index.ts'
import { planDetection } from '../features/detectionPlan.ts'
import { type CompiledRule, compileRule } from './compileRule.ts'
import { ENDS, FIRES, newRuleState, type RuleState, stepMoment, stepRule } from './ruleState.ts'

/** When a rule would have spoken. */
export interface RuleRun {
  appliance: string
  since: Millis
  at: Millis
  observed: number | null
  /** When it was over again; absent while it still stands. */
  endedAt?: Millis
}

/** What a scan must ask of the store, so that `runOnReadings` says what the running rule would have said. */
export function scanOf(
  { when }: Rule,
  { holeMs }: RuleTiming,
): {
  metrics: string[]
  states: string[]
  tests: ScanTest[]
  stretchMs: Millis
} {
  const all = when.of === 'reading' ? when.all : []
  const metrics = new Set<string>()
  const states = new Set<string>()
  const tests = all.map((clause): ScanTest => {
    if ('state' in clause) {
      states.add(clause.state)
      return { state: clause.state, is: clause.is }
    }
    const { metric, minus, over, op, limit, release = limit } = clause
    for (const name of [metric, minus, over]) if (name !== undefined) metrics.add(name)
    // Hysteresis included: what it never held in by even that changes nothing.
    const value = { metric, minus, over }
    return op === 'above' ? { ...value, above: release } : { ...value, below: release }
  })
  return { metrics: [...metrics], states: [...states], tests, stretchMs: holeMs }
}

export function compileFor(catalog: Catalog, rule: Rule): CompiledRule {
  const kind = catalog.kind(rule.scope.kind)
  const { features } = planDetection(kind)
  return compileRule(rule, kind, (feature) => features.find(({ name }) => name === feature)?.unit)
}

/** The rule over stored readings, by the same steps as when it runs. Pure. O(rows). */
export function runOnReadings(
  kind: Kind,
  one: CompiledRule,
  scan: ReturnType<typeof scanOf>,
  rows: ScannedRows,
): RuleRun[] {
  const columns = scan.metrics.map((metric) => kind.metricIndex.get(metric) ?? -1)
  const words = scan.states.map((state) => kind.stateNames.indexOf(state))
  const values = new Float64Array(kind.metricNames.length).fill(NaN)
  const states = new Int32Array(kind.stateNames.length).fill(-1)
  const runs: RuleRun[] = []
  let [state, current] = [newRuleState(), -1]
  for (let r = 0; r < rows.ts.length; r++) {
    if (rows.applianceIndex[r] !== current) {
      current = rows.applianceIndex[r] ?? -1
      state = newRuleState()
    }
    for (let m = 0; m < columns.length; m++) values[columns[m] ?? -1] = rows.values[m]?.[r] ?? NaN
    for (let s = 0; s < words.length; s++) {
      const word = rows.states[s]?.[r] ?? null
      const known = kind.states[scan.states[s] ?? '']
      states[words[s] ?? -1] = word === null || !Array.isArray(known) ? -1 : known.indexOf(word)
    }
    const at = rows.ts[r] ?? 0
    const before = state.firedAt
    const what = stepRule(one.timing, state, at, one.truthOf(values, states))
    if (what) note(runs, rows.appliances[current] ?? '', what, state, before, at, one.seen(values)[0]?.value ?? null)
  }
  return runs
}

/** The rule over what was found: features, cycles, events. Pure. */
export function runOnFound(one: CompiledRule, rows: FoundRows): RuleRun[] {
  const runs: RuleRun[] = []
  let [state, current] = [newRuleState(), -1]
  for (let r = 0; r < rows.at.length; r++) {
    if (rows.applianceIndex[r] !== current) {
      current = rows.applianceIndex[r] ?? -1
      state = newRuleState()
    }
    const [at, value] = [rows.at[r] ?? 0, rows.value[r] ?? NaN]
    const before = state.firedAt
    const isEvent = one.rule.when.of === 'event'
    const what = isEvent ? stepMoment(one.events, state, at) : stepRule(one.timing, state, at, one.truthOfValue(value))
    if (what) note(runs, rows.appliances[current] ?? '', what, state, before, at, isEvent ? one.events.times : value)
  }
  return runs
}

function note(
  runs: RuleRun[],
  appliance: string,
  what: number,
  state: RuleState,
  before: Millis,
  at: Millis,
  observed: number | null,
): void {
  if (what & ENDS) {
    const ended = runs.findLast((run) => run.appliance === appliance && run.at === before)
    if (ended) ended.endedAt = at
  }
  if (what & FIRES) runs.push({ appliance, since: state.onSince, at, observed })
}
