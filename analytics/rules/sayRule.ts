import {
  type Detection,
  detectorOfRule,
  type Evidence,
  MINUTE,
  type Millis,
  modeOfRule,
  type Offset,
  type Text,
  type ValueClause,
} from '../../core/index.ts'
import { figure } from '../condition/explain.ts'
import { inWords } from '../words/index.ts'
import type { CompiledRule } from './compileRule.ts'

/** How sure a rule is of what it names; of something of its own it knows no cause. */
const SURE = 0.99
const OF_ITS_OWN = 0.5

/** What a rule says, or takes back. */
export interface RuleSpoke {
  appliance: string
  phase: 'confirmed' | 'recovered'
  /** Since when it held, and when it spoke first: that names its condition. */
  since: Millis
  firedAt: Millis
  at: Millis
  offset: Offset
  evidence: Evidence[]
}

/** Its detection: the same alert for the same rule, appliance and moment, however often it is said. Pure. */
export function sayRule({ rule }: CompiledRule, spoke: RuleSpoke): Detection {
  const { appliance, phase, at, offset, firedAt, since, evidence } = spoke
  return {
    condition: `${appliance}/rule:${rule.id}/${firedAt}`,
    appliance,
    kind: rule.scope.kind,
    phase,
    at: Math.max(at, firedAt),
    firstSeenAt: since,
    offset,
    hypotheses: [{ failureMode: modeOfRule(rule), probability: rule.failureMode === undefined ? OF_ITS_OWN : SURE }],
    severity: rule.severity,
    confidence: SURE,
    evidence,
    explanation: phase === 'recovered' ? over(rule.name) : { engineer: engineerText(rule, spoke), owner: rule.owner },
    detector: detectorOfRule(rule),
  }
}

const over = (name: Text): Detection['explanation'] => ({
  engineer: inWords((words, named) => words.ruleOver(named(name))),
  owner: inWords((words) => words.over),
})

function engineerText({ name, version }: CompiledRule['rule'], { evidence, since, at }: RuleSpoke): Text {
  const held = at - since >= MINUTE ? figure((at - since) / MINUTE) : undefined
  const seen = evidence.map((row) => ({
    what: row.feature,
    observed: figure(row.observed),
    unit: unit(row.unit),
    limit: figure(limitOf(row)),
  }))
  return inWords((words, named) => words.ruleSpoke(named(name), version, seen, held))
}
const unit = (code: string): string => (code === '1' || code === '{count}' ? '' : code === 'Cel' ? '°C' : code)
const limitOf = ({ observed, expected: [low, high] }: Evidence): number => (observed < low ? low : high)

/** The value, its limit and the moment, of one clause. */
export function evidenceOf(
  { metric, minus, over: by, op, limit }: ValueClause,
  seen: {
    observed: number
    unit: string
    from: Millis
    to: Millis
    share: number
    plausible: readonly [number, number]
  },
): Evidence {
  const { plausible, ...row } = seen
  const isPlain = by === undefined && minus === undefined
  const [low, high] = isPlain ? plausible : [0, Math.max(0, seen.observed)]
  const name = [minus === undefined ? metric : `${metric} − ${minus}`, by].filter(Boolean).join(' / ')
  return {
    feature: name,
    metric,
    expected: op === 'above' ? [Math.min(low, limit), limit] : [limit, Math.max(high, limit)],
    scale: 'limit',
    ...row,
  }
}
