import { nth } from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import type { Feature } from '../features/feature.ts'

/** The sensors that show a feature. @param missing those that the appliance has not: then its power tells that it runs */
export const witnesses = (
  { running, kind }: DetectionPlan,
  { shownBy }: Feature,
  missing: readonly string[],
): readonly number[] =>
  running.metrics.some((m) => missing.includes(nth(kind.metricNames, m)))
    ? shownBy.map((m) => (running.metrics.includes(m) ? running.power : m))
    : shownBy

/** Has none of the one's sensors a part in the other? */
export const isApart = (one: readonly number[], other: readonly number[]): boolean =>
  !one.some((metric) => other.includes(metric))
