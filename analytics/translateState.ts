import { nth } from '../core/index.ts'
import type { ApplianceState } from './applianceState.ts'
import type { Baseline } from './baseline/baseline.ts'
import { TERMS } from './baseline/bayesLine.ts'
import { newConditionState } from './condition/conditionState.ts'
import { translateHolds } from './detectors/stuckSensor.ts'
import { EXTREMES } from './features/dailyExtremes.ts'
import type { DetectionPlan } from './features/detectionPlan.ts'
import { type FeatureState, newFeatureState } from './features/featureState.ts'
import type { KindRuntime } from './kindRuntime.ts'

/**
 * What the columns of a kind's state mean: by name, and by what of it changes their meaning. A snapshot's state is of use to the
 * same shape, or to one with other quantities, features and guards, whose columns are then found by name.
 */
export interface Shape {
  /** Metrics, states, marks and modes: with others of these everything is learned anew. */
  base: string
  quantities: string[]
  features: string[]
  guards: string[]
}

export const shapeOf = ({ plan, signatures }: KindRuntime): Shape => ({
  base: JSON.stringify([
    plan.kind.metricNames,
    plan.kind.stateNames.map((state) => [state, plan.kind.states[state]]),
    plan.markNames,
    plan.scales.map(({ name }) => name),
    signatures.modes,
  ]),
  quantities: plan.quantities.map(({ name, aggregate, scale }) => JSON.stringify([name, aggregate, scale])),
  features: plan.features.map(({ name, log, compensate, revision }) =>
    JSON.stringify([name, log, compensate, ...(revision > 1 ? [revision] : [])]),
  ),
  guards: plan.guards.map(({ name }) => name),
})

/** As earlier programs wrote it, in one text. @returns null for what nobody can read any more */
export function readShape(saved: Shape | string | undefined): Shape | null {
  if (typeof saved !== 'string') return saved ?? null
  const [metrics, states, marks, quantities, features, guards, modes] = JSON.parse(saved) as [
    unknown,
    unknown,
    unknown,
    [string, string, number][],
    unknown[],
    string[],
    unknown,
  ]
  const scales = Math.max(0, ...quantities.map(([, , scale]) => scale))
  return {
    base: JSON.stringify([metrics, states, marks, scales, modes]),
    quantities: quantities.map((one) => JSON.stringify(one)),
    features: features.map((one) => JSON.stringify(one)),
    guards,
  }
}

/** How to find columns of one shape in another. */
export interface Columns {
  quantities: number[]
  features: number[]
  guards: number[]
}

/** @returns null where nothing of it can be used */
export function columnsOf(was: Shape | null, now: Shape, plan: DetectionPlan): Columns | null {
  if (!was || (was.base !== now.base && was.base !== earlierBase(now, plan))) return null
  const places = (from: string[], to: string[]): number[] => to.map((name) => from.indexOf(name))
  return {
    quantities: places(was.quantities, now.quantities),
    features: places(was.features, now.features),
    guards: places(was.guards, now.guards),
  }
}

/** An earlier program wrote how many scales there are, not their names. */
function earlierBase({ base }: Shape, { scales }: DetectionPlan): string {
  const [metrics, states, marks, , modes] = JSON.parse(base) as unknown[]
  return JSON.stringify([metrics, states, marks, scales.length - 1, modes])
}

export const isSame = ({ quantities, features, guards }: Columns): boolean =>
  [quantities, features, guards].every((places) => places.every((place, i) => place === i))

type Numbers = Float64Array | Float32Array | Uint8Array | Uint16Array | Int32Array

/** @param fresh as it begins: what was not there before stays so */
function moved<T extends Numbers>(old: T, fresh: T, places: readonly number[], width = 1): T {
  for (const [to, from] of places.entries())
    if (from >= 0) fresh.set(old.subarray(from * width, (from + 1) * width), to * width)
  return fresh
}

/** The reading-by-reading state, its columns in their new places; what an earlier program did not remember begins. */
export function translateFeatureState(plan: DetectionPlan, old: FeatureState, columns: Columns): FeatureState {
  const fresh = newFeatureState(plan, old.appliance, old.model)
  const state = {
    ...fresh,
    ...old,
    holds: old.holds?.length === fresh.holds.length ? old.holds : translateHolds(old.seconds, old.lastTs - old.firstTs),
    split: moved(old.split, fresh.split, [0], old.split.length),
  }
  if (isSame(columns)) return state
  const lastCycles: FeatureState['lastCycles'] = {}
  for (const [to, from] of columns.quantities.entries())
    if (state.lastCycles[from]) lastCycles[to] = state.lastCycles[from]
  return {
    ...state,
    acc: moved(old.acc, fresh.acc, columns.quantities, 4),
    guards: moved(old.guards, fresh.guards, columns.guards, 4),
    extremes: old.extremes ? moved(old.extremes, fresh.extremes, columns.guards, EXTREMES) : fresh.extremes,
    // What the day has held so far by the hour is of other columns.
    glances: [],
    lastCycles,
  }
}

/** What is known and believed, its columns in their new places. @param fresh of an appliance of which nothing is known */
export function translateApplianceState(
  plan: DetectionPlan,
  old: ApplianceState,
  fresh: ApplianceState,
  columns: Columns,
): ApplianceState {
  const { features } = columns
  const place = (f: number): number => features.indexOf(f)
  const judged = { ...newConditionState(plan), ...old.judged }
  const blank = fresh.judged
  for (const key of ['profile', 'observed', 'low', 'high', 'seenFrom', 'seenTo'] as const)
    judged[key] = moved(old.judged[key], blank[key], features)
  judged.pcaContributions = moved(old.judged.pcaContributions, blank.pcaContributions, features)
  judged.byHours = moved(
    old.judged.byHours ?? new Uint8Array(old.judged.observed.length),
    new Uint8Array(features.length),
    features,
  )
  judged.guards = new Map(
    [...old.judged.guards].flatMap(([g, seen]) => {
      const to = columns.guards.indexOf(g)
      return to < 0 ? [] : [[to, seen] as const]
    }),
  )
  judged.verifying = old.judged.verifying.map((one) => ({
    ...one,
    features: one.features.flatMap((each) =>
      place(each.feature) < 0 ? [] : [{ ...each, feature: place(each.feature) }],
    ),
  }))
  return { kind: old.kind, learned: translateLearned(old.learned, fresh.learned, features), judged }
}

const SINGLE = ['sigma', 'offset', 'up', 'down', 'fast', 'slow', 'heardAt'] as const

function translateLearned(old: Baseline, fresh: Baseline, features: readonly number[]): Baseline {
  const learned = { ...fresh, ...old }
  for (const key of SINGLE) learned[key] = moved(old[key], fresh[key], features)
  for (const key of ['frozen', 'calm', 'awaited'] as const) learned[key] = moved(old[key], fresh[key], features)
  learned.rows = moved(old.rows, fresh.rows, features)
  learned.beta = moved(old.beta, fresh.beta, features, TERMS)
  learned.cov = moved(old.cov, fresh.cov, features, TERMS * TERMS)
  learned.centre = moved(old.centre, fresh.centre, features, 3)
  learned.least = moved(old.least ?? old.centre, new Float64Array(3 * features.length), features, 3)
  learned.most = moved(old.most ?? old.centre, new Float64Array(3 * features.length), features, 3)
  learned.obs = features.map((from) => (from < 0 ? [] : nth(old.obs, from)))
  learned.recent = features.map((from) => (from < 0 ? [] : nth(old.recent, from)))
  // A level that is being found anew is found over again, and so are the extremes of hours.
  learned.anchor = null
  learned.glanced = null
  return learned
}
