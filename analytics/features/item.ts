import type { Detection, DetectionControl, Millis, Offset } from '../../core/index.ts'
import type { FeatureState } from './featureState.ts'

/** What the reading-by-reading stage hands on, in journal order. Judging reads these and nothing of that stage's state. */
export type Item =
  | RowItem
  | IntradayItem
  | CutItem
  | GuardItem
  | MomentItem
  | SilenceItem
  | GatewayItem
  | PowerItem
  | CodeItem
  | ControlItem
  | FirmwareItem
  | ClockItem
  | SwapItem
  | RuleItem

/** A finished day or cycle: features in the scale's order (logs taken), then its covariates. NaN: inputs were missing. */
export interface RowItem {
  type: 'row'
  sense: FeatureState
  scale: number
  from: Millis
  to: Millis
  /** Event time of the reading that finished it. */
  at: Millis
  offset: Offset
  y: Float64Array
  x: Float64Array
  /** Days since the appliance was first heard. */
  ageDays: number
  muted: boolean
  /** Which covariates this appliance has sensors for. */
  missing: string[]
  /** Its power shows no cycles, and nothing else tells of them. */
  neverCycles: boolean
  /** Seconds by which it is read less often than its kind: times are not known better. */
  blurSeconds: number
}
/** The last hours of a day that is not over: steady features in the scale's order, covariates that are means; NaN: not known. */
export interface IntradayItem {
  type: 'glance'
  sense: FeatureState
  from: Millis
  at: Millis
  offset: Offset
  y: Float64Array
  x: Float64Array
  /** Something changed on purpose a short while ago. */
  settling: boolean
  muted: boolean
}
/** A cycle that a hole in the data cut: it is no row, and nothing is judged by it. */
export interface CutItem {
  type: 'cut'
  sense: FeatureState
  scale: number
  /** As far as it was seen. */
  from: Millis
  to: Millis
  at: Millis
}
/** A guard was passed (`fired`) or is kept again. */
export interface GuardItem {
  type: 'guard'
  sense: FeatureState
  guard: number
  fired: boolean
  /** The word before the one of now of the state that its modes go by; null where they go by none, or it was not heard. */
  after: string | null
  from: Millis
  at: Millis
  offset: Offset
  observed: number
  limit: number
  muted: boolean
}
/** The seconds scale saw something; at most once a refractory period. */
export interface MomentItem {
  type: 'moment'
  sense: FeatureState
  metric: number
  what: 'spike' | 'stuck' | 'moves-again' | 'range' | 'in-range'
  /** Of a stuck sensor the hours that it has not moved, and `value` what it stands at. */
  observed: number
  value?: number
  low: number
  high: number
  from: Millis
  at: Millis
  offset: Offset
  muted: boolean
}
export interface SilenceItem {
  type: 'silence'
  sense: FeatureState
  silent: boolean
  /** How long nothing was heard for that, ms; NaN at its end. */
  afterMs: Millis
  /** It talks, and is refused for this; null: it does not. */
  refusedWhy: string | null
  /** The gateway that went and took it along; empty: it is silent by itself. */
  behind: string
  from: Millis
  at: Millis
  offset: Offset
}
/** A gateway went, or is heard again. */
export interface GatewayItem {
  type: 'gateway'
  gateway: string
  gone: boolean
  /** When it was found gone. */
  since: Millis
  /** Appliances that fell silent with it. */
  count: number
  at: Millis
  offset: Offset
}
/** It reported a fault by a code of its own. */
export interface CodeItem {
  type: 'code'
  sense: FeatureState
  code: string
  mode: string
  /** It is a state in which its program ended. */
  isProgram: boolean
  at: Millis
  offset: Offset
}
/** It said that it is switched off on purpose (`until`: Infinity where no end was said), or that it is on. */
export interface PowerItem {
  type: 'power'
  sense: FeatureState
  off: { since: Millis; until: Millis } | null
  at: Millis
}
export interface ControlItem {
  type: 'control'
  sense: FeatureState | null
  control: DetectionControl
  now: Millis
  offset: Offset
}
export interface FirmwareItem {
  type: 'firmware'
  sense: FeatureState
  at: Millis
  firmware: string
  /** Nothing was known of it before: it has not changed. */
  first: boolean
}
/** The clock entered another hour: what waits for time and not for data is looked at. */
export interface ClockItem {
  type: 'clock'
  now: Millis
  offset: Offset
}
/** A rule spoke, or takes back what it said: there is nothing to judge. */
export interface RuleItem {
  type: 'rule'
  detection: Detection
}
/** Other models judge what follows. */
export interface SwapItem {
  type: 'swap'
  swap: string
  set: string
  at: Millis
  offset: Offset
}
