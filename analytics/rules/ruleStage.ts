import type { Catalog } from '../../catalog/index.ts'
import {
  type ApplianceEvent,
  type CycleRow,
  type Detection,
  type DetectionControl,
  type Evidence,
  type FeatureRow,
  MINUTE,
  type Millis,
  type Offset,
  type Piece,
  Population,
  type Rule,
  type RuleWhen,
} from '../../core/index.ts'
import { planDetection } from '../features/detectionPlan.ts'
import type { FeatureState } from '../features/featureState.ts'
import type { Item } from '../features/item.ts'
import type { Frame } from '../features/readingColumns.ts'
import { type CompiledRule, compileRule, unitOfClause } from './compileRule.ts'
import {
  ENDS,
  endMoments,
  FIRES,
  isIdle,
  newRuleState,
  OFF,
  type RuleState,
  stepMoment,
  stepRule,
  type Truth,
  UNKNOWN,
} from './ruleState.ts'
import { evidenceOf, sayRule } from './sayRule.ts'

/** How far the rules have come on one appliance, by the rule's id. */
interface ApplianceRules {
  kind: string
  states: Map<string, RuleState>
}
type Heard = Pick<FeatureState, 'appliance' | 'kind' | 'model' | 'firmware' | 'region' | 'mutedUntil'>
type Sort = RuleWhen['of']

/**
 * The rules that people wrote, as they run: on readings in the order in which they are scored, on events as they are heard,
 * on features and cycles as they are finished. Where a stretch of the journal ends changes nothing, and what is kept is
 * part of the snapshot. Without rules a reading costs one look into a map.
 */
export class RuleStage {
  readonly #catalog: Catalog
  #rules = new Map<string, CompiledRule>()
  #byKind = new Map<string, Record<Sort, CompiledRule[]>>()
  readonly #section: string
  readonly #sorts: readonly Sort[]
  #states: Population<ApplianceRules>
  /** @param section of its pieces in a snapshot @param sorts of what its rules are; others it leaves alone */
  constructor(catalog: Catalog, section: string, sorts: readonly Sort[]) {
    this.#catalog = catalog
    this.#section = section
    this.#sorts = sorts
    this.#states = new Population<ApplianceRules>(section)
  }

  /** One reading, before anything else is made of it: what it did not name is not known. */
  reading(heard: Heard, { ts, offset, values, states }: Frame, items: Item[]): void {
    const rules = this.#byKind.get(heard.kind)
    if (!rules || ts < heard.mutedUntil) return
    for (const one of rules.event) this.#passTime(one, heard, ts, offset, items)
    for (const one of rules.reading) {
      if (!one.covers(heard)) continue
      const truth = one.truthOf(values, states)
      this.#step(one, heard, truth, { at: ts, offset }, items, (since) =>
        evidenceOfReading(one, this.#catalog, values, since, ts),
      )
    }
  }

  event(heard: Heard, event: ApplianceEvent, items: Item[]): void {
    const { ts, offset } = event
    for (const one of this.#byKind.get(heard.kind)?.event ?? []) {
      const { when } = one.rule
      if (when.of !== 'event' || when.type !== event.type || (when.code !== undefined && when.code !== event.code))
        continue
      if (ts < heard.mutedUntil || !one.covers(heard)) continue
      const state = this.#stateOf(heard, one)
      const before = { ...state }
      const what = stepMoment(one.events, state, ts)
      const proof = (since: Millis): Evidence[] => [
        ofValue(when.code === undefined ? when.type : `code ${when.code}`, when.times, [0, when.times - 1], {
          unit: '{count}',
          from: since,
          to: ts,
          scale: 'code',
        }),
      ]
      this.#say(one, heard.appliance, what, before, state, { at: ts, offset }, items, proof)
    }
  }

  /** What one finished day or cycle said. */
  found(
    heard: Heard,
    offset: Offset,
    features: readonly FeatureRow[],
    cycles: readonly CycleRow[],
    items: Item[],
  ): void {
    const rules = this.#byKind.get(heard.kind)
    if (!rules) return
    for (const one of rules.feature) {
      const { when } = one.rule
      if (when.of !== 'feature' || !one.covers(heard)) continue
      for (const row of features)
        if (row.feature === when.feature)
          this.#value(one, heard, { ...row, name: row.feature, offset, from: row.at }, items)
    }
    for (const one of rules.cycle) {
      const { when } = one.rule
      if (when.of !== 'cycle' || !one.covers(heard)) continue
      for (const { cycle, from, to } of cycles)
        if (cycle === when.cycle)
          this.#value(one, heard, { observed: (to - from) / MINUTE, name: cycle, at: to, from, offset }, items)
    }
  }

  control(control: DetectionControl, now: Millis, offset: Offset, items: Item[]): void {
    switch (control.type) {
      case 'rule':
        if (control.rule) this.#arm(control.rule, now, offset, items)
        else this.#disarm(control.id, now, offset, items)
        return
      case 'retire':
        this.#states.delete(control.appliance)
        return
      case 'register':
        if (this.#states.all.get(control.appliance)?.kind !== control.kind) this.#states.delete(control.appliance)
        return
      case 'verify':
        // It was repaired: what still holds is news.
        this.#states.delete(control.appliance)
    }
  }

  #arm(rule: Rule, now: Millis, offset: Offset, items: Item[]): void {
    const known = this.#rules.get(rule.id)
    if (known?.rule.version === rule.version) return
    this.#disarm(rule.id, now, offset, items)
    const kind = this.#catalog.kinds.get(rule.scope.kind)
    if (!kind || !this.#sorts.includes(rule.when.of)) return
    const { features } = planDetection(kind)
    this.#rules.set(
      rule.id,
      compileRule(rule, kind, (feature) => features.find(({ name }) => name === feature)?.unit),
    )
    this.#index()
  }
  /** What stands by it is over. */
  #disarm(id: string, now: Millis, offset: Offset, items: Item[]): void {
    const one = this.#rules.get(id)
    if (!one) return
    this.#rules.delete(id)
    this.#index()
    for (const [appliance, { states }] of this.#states.all) {
      if (!states.has(id)) continue
      const own = this.#states.get(appliance)!
      const state = own.states.get(id)!
      if (!Number.isNaN(state.firedAt)) items.push(said(one, appliance, 'recovered', state, { at: now, offset }, []))
      own.states.delete(id)
    }
  }
  #index(): void {
    this.#byKind.clear()
    for (const one of this.#rules.values()) {
      const { kind } = one.rule.scope
      const rules = this.#byKind.get(kind) ?? { reading: [], feature: [], cycle: [], event: [] }
      rules[one.rule.when.of].push(one)
      this.#byKind.set(kind, rules)
    }
  }

  #value(
    one: CompiledRule,
    heard: Heard,
    { name, observed, at, from, offset }: { name: string; observed: number; at: Millis; from: Millis; offset: Offset },
    items: Item[],
  ): void {
    const { when } = one.rule
    if (when.of !== 'feature' && when.of !== 'cycle') return
    const { op, limit } = when
    const expected: [number, number] = op === 'above' ? [Math.min(0, limit), limit] : [limit, Math.max(limit, observed)]
    this.#step(one, heard, one.truthOfValue(observed), { at, offset }, items, () => [
      ofValue(name, observed, expected, { unit: one.unit, from, to: at, scale: when.of === 'cycle' ? 'cycle' : 'day' }),
    ])
  }

  #step(
    one: CompiledRule,
    heard: Heard,
    truth: Truth,
    place: { at: Millis; offset: Offset },
    items: Item[],
    proof: (since: Millis) => Evidence[],
  ): void {
    if (truth === UNKNOWN) return
    // Most readings are not so, and of most appliances nothing is kept.
    if (truth === OFF && !this.#states.all.get(heard.appliance)?.states.has(one.rule.id)) return
    const state = this.#stateOf(heard, one)
    const before = { ...state }
    const what = stepRule(one.timing, state, place.at, truth)
    this.#say(one, heard.appliance, what, before, state, place, items, proof)
    if (isIdle(state)) this.#forget(heard.appliance, one.rule.id)
  }
  #passTime(one: CompiledRule, { appliance }: Heard, at: Millis, offset: Offset, items: Item[]): void {
    if (!this.#states.all.get(appliance)?.states.has(one.rule.id)) return
    const state = this.#states.get(appliance)!.states.get(one.rule.id)!
    const before = { ...state }
    if (endMoments(one.events.withinMs, state, at))
      items.push(said(one, appliance, 'recovered', before, { at, offset }, []))
  }
  #say(
    one: CompiledRule,
    appliance: string,
    what: number,
    before: RuleState,
    state: RuleState,
    place: { at: Millis; offset: Offset },
    items: Item[],
    proof: (since: Millis) => Evidence[],
  ): void {
    if (what & ENDS) items.push(said(one, appliance, 'recovered', before, place, []))
    if (what & FIRES) items.push(said(one, appliance, 'confirmed', state, place, proof(state.onSince)))
  }

  #stateOf({ appliance, kind }: Heard, { rule }: CompiledRule): RuleState {
    let own = this.#states.get(appliance)
    if (!own) {
      own = { kind, states: new Map() }
      this.#states.set(appliance, own)
    }
    let state = own.states.get(rule.id)
    if (!state) {
      state = newRuleState()
      own.states.set(rule.id, state)
    }
    return state
  }
  #forget(appliance: string, rule: string): void {
    const own = this.#states.get(appliance)
    own?.states.delete(rule)
    if (own?.states.size === 0) this.#states.delete(appliance)
  }

  /** The rules in force: what is not of one appliance. */
  small(): Rule[] {
    return [...this.#rules.values()].map(({ rule }) => rule)
  }
  get population(): Population<ApplianceRules> {
    return this.#states
  }
  restore(rules: Rule[], pieces: Piece[]): void {
    for (const rule of rules) this.#arm(rule, 0, 0, [])
    for (const [section, appliance, value] of pieces)
      if (section === this.#section) this.#states.set(appliance, value as ApplianceRules)
  }
}

const said = (
  one: CompiledRule,
  appliance: string,
  phase: Detection['phase'] & ('confirmed' | 'recovered'),
  { onSince, firedAt }: RuleState,
  { at, offset }: { at: Millis; offset: Offset },
  evidence: Evidence[],
): Item => ({
  type: 'rule',
  detection: sayRule(one, {
    appliance,
    phase,
    since: Number.isNaN(onSince) ? firedAt : onSince,
    firedAt,
    at,
    offset,
    evidence,
  }),
})

const ofValue = (
  feature: string,
  observed: number,
  expected: [number, number],
  more: Pick<Evidence, 'unit' | 'from' | 'to'> & Required<Pick<Evidence, 'scale'>>,
): Evidence => ({ feature, observed, expected, share: 1, ...more })

function evidenceOfReading(
  one: CompiledRule,
  catalog: Catalog,
  values: Float64Array,
  from: Millis,
  to: Millis,
): Evidence[] {
  const kind = catalog.kind(one.rule.scope.kind)
  const seen = one.seen(values)
  return seen.map(({ clause, value: observed }) =>
    evidenceOf(clause, {
      observed,
      unit: unitOfClause(clause, kind),
      from,
      to,
      share: 1 / seen.length,
      plausible: kind.metrics[clause.metric]?.plausible ?? [observed, observed],
    }),
  )
}
