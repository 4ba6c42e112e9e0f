import type { Kind } from '../../catalog/index.ts'
import type { Millis, Registration } from '../../core/index.ts'
import type { Home } from '../world/home.ts'
import type { Fault } from './faults.ts'
import type { Machine } from './machine.ts'

/** What a fleet gives to each of its appliances. */
export interface ApplianceOptions {
  seed: number
  start: Millis
  registration: Registration
  kind: Kind
  home: Home
  machine: Machine
  lacks: readonly string[]
  nuisances: boolean
  /** Natural faults per year; 0 for none. */
  faultRatePerYear: number
  /** No natural fault begins within so many days of the start. */
  soundDays: number
  /** Faults that will come, whatever is drawn. */
  faults: readonly Fault[]
  /** Modes of its kind that its model cannot have. */
  cannotHave: readonly string[]
  /** The mode that its batch's defect favours. */
  defect: string | null
}
