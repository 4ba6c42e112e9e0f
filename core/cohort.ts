import type { ApplianceId } from './ids.ts'
import type { Location } from './registry.ts'
import type { Millis } from './running/time.ts'

/** What appliances may share that can be the cause of what many of them show. */
export const cohortKeys = ['region', 'firmware', 'batch'] as const
export type CohortKey = (typeof cohortKeys)[number]

/** `outage`: no word from an area; `weather`: thermal findings of an area; `campaign`: a firmware's or a batch's defect. */
export type CohortCause = 'outage' | 'weather' | 'campaign'

/** One notice of what many appliances share, in the place of one for each. */
export interface CohortNotice {
  id: string
  cause: CohortCause
  by: CohortKey
  /** Which region, firmware or batch. */
  cohort: string
  /** Absent for an outage: it takes every kind. */
  kind?: string
  failureMode: string
  state: 'open' | 'closed'
  openedAt: Millis
  /** Event time of the newest finding that joined. */
  lastAt: Millis
  closedAt?: Millis
  /** Appliances that joined, and how many of them still stand. */
  joined: number
  standing: number
  /** Appliances in service that share it, when it opened. */
  size: number
  /** Findings by chance in as long a time; and how many such notices a year chance alone would open. */
  expected: number
  falsePerYear: number
  /** Findings of it ask for no ticket of their own until then; absent where nothing is held. */
  holdUntil?: Millis
  /** How many had joined when people were last told. */
  toldOf: number
}

/** What one appliance shares with others. */
export interface Shares {
  region?: string | undefined
  firmware?: string | undefined
  batch?: string | undefined
  /** Appliances of one home share a socket and a router: they count as one. */
  home: string
}

/** Who shares what, of the appliances in service. */
export interface CohortIndex {
  of(appliance: ApplianceId): Shares
  /** Appliances in this cohort; of one kind, or of all. */
  size(by: CohortKey, cohort: string, kind?: string): number
  total(kind?: string): number
  /** Different cohorts of this key: so many are looked at. */
  count(by: CohortKey): number
}

/** A cell of a degree: neighbours share the weather and the network. */
export const regionOf = ({ lat, lon }: Location): string => `${Math.round(lat)},${Math.round(lon)}`
