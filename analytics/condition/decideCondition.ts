import type { Catalog } from '../../catalog/index.ts'
import {
  type AnalysisOutput,
  type ByName,
  byName,
  type Detection,
  type Hypothesis,
  type Millis,
  nth,
  type Offset,
  type RemainingLife,
  type Severity,
  type Text,
} from '../../core/index.ts'
import type { Signatures } from '../detectors/signatures.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { KindModel } from '../onnx/kindModel.ts'
import type { DetectionPolicy } from '../policy.ts'
import { inWords } from '../words/index.ts'
import { isBorneOut } from './borneOut.ts'
import type { Condition, ConditionState } from './conditionState.ts'
import { gatherEvidence } from './evidence.ts'
import { explain, explainOver } from './explain.ts'
import { canShow, hypothesesOf, UNKNOWN } from './hypotheses.ts'
import { mustLast } from './lasting.ts'
import { remainingLife } from './remainingLife.ts'

/** All that judging one appliance needs to know beside its own state. */
export interface DetectionContext {
  plan: DetectionPlan
  catalog: Catalog
  model: KindModel | null
  signatures: Signatures
  policy: DetectionPolicy
  out: AnalysisOutput
}

/** What the trained models say of one profile. */
export interface Diagnosis {
  /** Probabilities by declared mode, the last of `unknown`. */
  beliefs: Float64Array
  /** null: the kind's remaining life was never trained. */
  life: RemainingLife | null
}

export interface ApplianceContext {
  appliance: string
  kind: string
  judged: ConditionState
}

const DETECTOR = 'hearthwatch/1'
/** Level below which a condition is on its way out. */
const CALM_LEVEL = 0.35
/** Sums end at twice their threshold. */
const FULL_LEVEL = 1.8

/** The worst share of a threshold that any detector of the appliance stands at. */
export const levelOf = (judged: ConditionState): number => judged.levels.reduce((a, b) => Math.max(a, b), 0)

/**
 * Moves the appliance's joint condition after new evidence: nothing → suspected → confirmed → recovered, with
 * hysteresis; says so when something changed that people should know.
 * @param strong a guard was passed: one such reading is enough
 */
export function decideCondition(
  bench: DetectionContext,
  subject: ApplianceContext,
  at: Millis,
  offset: Offset,
  strong: boolean,
  isRow: boolean,
): void {
  const { policy } = bench
  const { judged } = subject
  const level = levelOf(judged)
  const guarded = judged.guards.size > 0
  const current = judged.condition
  if (!current) {
    if (level < policy.suspectAt && !strong) return
    const mode = nth(diagnose(bench, judged), 0).failureMode
    const phase = strong && hasProof(bench, judged) ? 'confirmed' : 'suspected'
    judged.condition = {
      id: `${subject.appliance}/${mode}/${at}`,
      phase,
      firstSeenAt: at,
      saidMode: mode,
      saidSeverity: 'info',
      saidAt: at,
      calmRows: 0,
      openedMode: mode,
      turnedRows: 0,
      byGuard: strong,
      raisedAt: null,
    }
    say(bench, subject, judged.condition, phase, at, offset)
    return
  }
  if (current.phase === 'suspected') {
    // What fits no fault must last longer before anyone is told.
    const least = nth(diagnose(bench, judged), 0).failureMode === UNKNOWN ? FULL_LEVEL : 1
    const proven = hasProof(bench, judged)
    if (isRow) current.raisedAt = proven && level >= least ? (current.raisedAt ?? at) : null
    if (!proven) {
      if (level < CALM_LEVEL) recover(bench, subject, current, at, offset)
    } else if (
      strong ||
      (isRow &&
        current.raisedAt !== null &&
        at - current.raisedAt >= mustLast(bench.plan, judged, level >= FULL_LEVEL) &&
        level >= Math.min(judged.formerLevel, FULL_LEVEL))
    ) {
      current.phase = 'confirmed'
      current.openedMode = nth(diagnose(bench, judged), 0).failureMode
      current.byGuard ||= strong
      say(bench, subject, current, 'confirmed', at, offset)
    } else if (level < CALM_LEVEL && !guarded) recover(bench, subject, current, at, offset)
    return
  }
  if (current.saidFailed !== failedSince(bench.plan, judged)) {
    say(bench, subject, current, 'confirmed', at, offset)
    return
  }
  // Sums fade slowly: what is back inside all of its bands is on its way out no less.
  if (!guarded && (level < CALM_LEVEL || !hasProof(bench, judged))) {
    if (isRow) current.calmRows++
    if (current.calmRows >= policy.recoverRows) recover(bench, subject, current, at, offset)
    return
  }
  current.calmRows = 0
  if (!isRow && !strong) return
  const hypotheses = diagnose(bench, judged)
  if (isRow && hasTurned(current, hypotheses, at)) {
    // It is another fault now: the one before ends, so that nobody takes the new one for it.
    recover(bench, subject, current, at, offset)
    decideCondition(bench, subject, at, offset, true, isRow)
    return
  }
  const severity = severityOf(bench, subject, nth(hypotheses, 0).failureMode, level, lifeOf(judged).p50)
  if (
    nth(hypotheses, 0).failureMode !== current.saidMode ||
    severity !== current.saidSeverity ||
    at - current.saidAt >= NEWS_MS
  ) {
    say(bench, subject, current, 'confirmed', at, offset)
  }
}

/** A condition that has stood so long may turn into another, when that has been by far the likelier in so many rows. */
const TURNS_AFTER_MS = 7 * 86_400_000
const TURNED_ROWS = 4
const TURNED_BY = 0.6

function hasTurned(condition: Condition, hypotheses: Hypothesis[], at: Millis): boolean {
  const { failureMode, probability } = nth(hypotheses, 0)
  const another = failureMode !== condition.openedMode && failureMode !== UNKNOWN && probability >= TURNED_BY
  condition.turnedRows = another ? condition.turnedRows + 1 : 0
  return condition.turnedRows >= TURNED_ROWS && at - condition.firstSeenAt >= TURNS_AFTER_MS
}

/** News of a condition whose mode and severity stay: once in three days. */
const NEWS_MS = 3 * 86_400_000

function recover(
  bench: DetectionContext,
  subject: ApplianceContext,
  condition: Condition,
  at: Millis,
  offset: Offset,
): void {
  say(bench, subject, condition, 'recovered', at, offset)
  subject.judged.condition = null
  subject.judged.course.length = 0
}

const lifeOf = ({ life, course }: ConditionState): RemainingLife => life ?? remainingLife(course)

/** Since when it no longer does its job: a limit that is its functional failure has been passed, and is not kept again. */
export function failedSince(plan: DetectionPlan, { guards }: ConditionState): Millis | undefined {
  const since = [...guards].filter(([g]) => plan.guards[g]?.spec.failure).map(([, { from }]) => from)
  return since.length > 0 ? Math.min(...since) : undefined
}

/** Since when its own signal has been proving a repair; undefined while none is. */
const repairedSince = ({ verifying }: ConditionState): Millis | undefined =>
  verifying.length > 0 ? Math.max(...verifying.map(({ at }) => at)) : undefined

/** It was repaired: what was said of its life is said no more, until its signal has told. */
export function sayRepaired(bench: DetectionContext, subject: ApplianceContext, at: Millis, offset: Offset): void {
  const { condition } = subject.judged
  if (condition?.phase === 'confirmed') say(bench, subject, condition, 'confirmed', at, offset)
}

const diagnose = ({ plan, signatures }: DetectionContext, judged: ConditionState): Hypothesis[] =>
  hypothesesOf(
    signatures.declared,
    judged.beliefs,
    guardWeights(plan, judged),
    (mode) =>
      canShow(signatures, mode, judged.profile) &&
      (judged.guards.size > 0 || isBorneOut(plan, signatures, judged, mode)),
  )

/** What the guards that stand passed say of the modes. */
function guardWeights(plan: DetectionPlan, judged: ConditionState): Record<string, number> {
  const weights: ByName<number> = byName()
  for (const [g, { after }] of judged.guards) {
    const { spec } = nth(plan.guards, g)
    for (const [mode, weight] of Object.entries(spec.after?.modes[after ?? ''] ?? spec.modes))
      weights[mode] = (weights[mode] ?? 0) + weight
  }
  return weights
}

function severityOf(
  bench: DetectionContext,
  subject: ApplianceContext,
  mode: string,
  level: number,
  hoursLeft: number,
): Severity {
  const declared = bench.catalog.failureMode(subject.kind, mode).severity
  const guarded = subject.judged.guards.size > 0
  // Shown, but nobody is sent for what fits no fault: it is mostly weather and habits. A guard's word is another thing.
  if (mode === UNKNOWN && !guarded) return 'info'
  if (
    declared !== 'info' &&
    ((guarded && Object.keys(guardWeights(bench.plan, subject.judged)).length > 0) || hoursLeft < 72)
  )
    return 'critical'
  if (declared === 'info') return level >= 1 ? 'warning' : 'info'
  return declared === 'critical' && hoursLeft > 20 * 24 ? 'warning' : declared
}

/** Nobody is told without proof that they can see: a band that was left, a guard that was passed. */
const hasProof = ({ plan }: DetectionContext, judged: ConditionState): boolean =>
  gatherEvidence(plan, judged).some(({ observed, expected: [low, high] }) => observed < low || observed > high)

/** While nothing of it is known yet, nothing is said of how long it will last. */
const isKnown = ({ low }: ConditionState): boolean => low.some(Number.isFinite)

/** Says one thing of the joint condition. */
function say(
  bench: DetectionContext,
  subject: ApplianceContext,
  condition: Condition,
  phase: Detection['phase'],
  at: Millis,
  offset: Offset,
): void {
  const { judged } = subject
  const hypotheses = diagnose(bench, judged)
  const level = levelOf(judged)
  const life = { ...lifeOf(judged) }
  if (judged.guards.size > 0) life.p10 = Math.min(life.p10, 1)
  const severity = severityOf(bench, subject, nth(hypotheses, 0).failureMode, level, life.p50)
  const failedAt = failedSince(bench.plan, judged)
  const repairedAt = repairedSince(judged)
  const hasLife = isKnown(judged) && failedAt === undefined && repairedAt === undefined
  const remaining = hasLife ? { remainingLife: life } : {}
  const stage = { ...(failedAt === undefined ? {} : { failedAt }), ...(repairedAt === undefined ? {} : { repairedAt }) }
  const evidence = gatherEvidence(bench.plan, judged)
  condition.saidMode = nth(hypotheses, 0).failureMode
  condition.saidSeverity = severity
  condition.saidFailed = failedAt
  condition.saidAt = at
  bench.out.detections.push({
    condition: condition.id,
    appliance: subject.appliance,
    kind: subject.kind,
    phase,
    at,
    firstSeenAt: condition.firstSeenAt,
    offset,
    hypotheses,
    severity,
    confidence: judged.guards.size > 0 ? 0.95 : Math.min(0.98, 1 - Math.exp(-1.6 * level)),
    ...remaining,
    ...stage,
    evidence,
    explanation:
      phase === 'recovered'
        ? explainOver(bench.catalog, subject.kind, nth(hypotheses, 0))
        : explain(bench.catalog, bench.plan.kind, bench.plan, {
            hypotheses,
            evidence,
            severity,
            advice: adviceOf(bench.plan, judged),
            ...remaining,
            ...stage,
          }),
    detector: `${DETECTOR} ${judged.topDetector || 'guard'} ${bench.model?.version ?? 'untrained'}`,
  })
}

/** What its owner should know while limits are passed: of the first that has words for it. */
const adviceOf = (plan: DetectionPlan, { guards }: ConditionState): Text | undefined =>
  [...guards.keys()].map((g) => plan.guards[g]?.spec.owner).find((text) => text !== undefined)

/** Opens or ends a condition that one cause decides alone: `silent`, `sensor-stuck`, a sensor out of range. */
export function saySimple(
  bench: DetectionContext,
  subject: ApplianceContext,
  mode: string,
  phase: 'confirmed' | 'recovered',
  condition: { id: string; firstSeenAt: Millis },
  at: Millis,
  offset: Offset,
  evidence: Detection['evidence'],
  more?: Text,
): void {
  const severity =
    bench.catalog.failureMode(subject.kind, mode).severity === 'info' || mode === 'unknown' ? 'info' : 'warning'
  const hypotheses = [{ failureMode: mode, probability: 0.99 }]
  const { engineer, owner } =
    phase === 'recovered'
      ? explainOver(bench.catalog, subject.kind, nth(hypotheses, 0))
      : explain(bench.catalog, bench.plan.kind, bench.plan, { hypotheses, evidence, severity })
  bench.out.detections.push({
    condition: condition.id,
    appliance: subject.appliance,
    kind: subject.kind,
    phase,
    at,
    firstSeenAt: condition.firstSeenAt,
    offset,
    hypotheses,
    severity,
    confidence: 0.99,
    evidence,
    explanation: {
      engineer: more ? inWords((words, named) => words.and(named(engineer), named(more))) : engineer,
      owner,
    },
    detector: `${DETECTOR} ${mode}`,
  })
}
