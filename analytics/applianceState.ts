import { type Baseline, newBaseline } from './baseline/baseline.ts'
import type { Scaling } from './baseline/translateBaseline.ts'
import { type ConditionState, newConditionState } from './condition/conditionState.ts'
import type { DetectionPlan } from './features/detectionPlan.ts'
import type { KindRuntime } from './kindRuntime.ts'

/** What is known and believed of one appliance. */
export interface ApplianceState {
  kind: string
  learned: Baseline
  judged: ConditionState
}

export const newApplianceState = (kind: string, plan: DetectionPlan, modes: number): ApplianceState => ({
  kind,
  learned: newBaseline(plan, modes),
  judged: newConditionState(plan),
})

/** What others wait for ends as it should although the appliance is learned anew: open conditions, tickets, verifications. */
export function keepPromises({ learned, judged }: ApplianceState, former: ApplianceState): void {
  learned.frozenBy = former.learned.frozenBy
  judged.condition = former.judged.condition
  judged.silent = former.judged.silent
  judged.off = former.judged.off
  // Nothing is left to compare with: they end without data.
  judged.verifying = former.judged.verifying.map(({ ticket, at }) => ({ ticket, at, features: [], rows: -Infinity }))
}

export const kindOfLines = (key: string): string => key.slice(0, key.indexOf('/'))
export const scalingsOf = (watchers: Map<string, KindRuntime>): Map<string, Scaling> =>
  new Map([...watchers].map(([kind, { model }]) => [kind, model?.covariates ?? {}]))
export const isSameScaling = (a: Scaling, b: Scaling | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b ?? {})
