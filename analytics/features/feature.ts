import type { FeatureSpec, Kind } from '../../catalog/index.ts'
import { nth, type Text } from '../../core/index.ts'

/** A feature as learned and judged: where it stands in its scale's row, and what explains it. */
export interface Feature {
  name: string
  scale: number
  place: number
  log: boolean
  floor: number
  /** No smaller value is told from none: half a one of what is counted, half a step of what is measured. */
  least: number
  /** Places in the row's covariates. */
  compensate: number[]
  unit: string
  metric: string | null
  /** Every metric that it is made of. */
  madeOf: number[]
  /** Those, and what tells that the appliance runs where the feature goes with that: two that share one are one witness. */
  shownBy: number[]
  text: Text
  scored: boolean
  revision: number
}

const HALF_A_COUNT = 0.5
const LEAST_VALUE = 1e-6
const isCounted = ({ aggregate, unit }: FeatureSpec): boolean =>
  aggregate === 'count' || (aggregate === 'sum' && unit === '{count}')

export function leastOf(kind: Kind, one: FeatureSpec): number {
  if (isCounted(one)) return HALF_A_COUNT
  const { of, aggregate } = one
  const isLevel = of && !of.minus && !of.per && !of.without && ['mean', 'max', 'min'].includes(aggregate)
  return isLevel ? nth(kind.metrics, of.metric).resolution / 2 : LEAST_VALUE
}

/** A feature as it is learned: by its logarithm, where it is declared so. */
export const scaledValue = ({ log, least }: Feature, raw: number): number =>
  log ? Math.log(Math.max(Math.abs(raw), least)) : raw
