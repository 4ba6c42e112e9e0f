import type { Millis, Slot } from '../../core/index.ts'
import type { SupplyPlace } from '../parts/promiseParts.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { DayJob } from './buildDay.ts'
import type { EngineerNow } from './rankCandidates.ts'

/** A job that may not have its time yet. */
export type OpenJob = Omit<DayJob, 'slot'> & { slot?: Slot | undefined }

/** Who and what there is to send, and what engineers were given already, at one moment. */
export interface Means {
  readonly now: Millis
  readonly engineers: readonly EngineerNow[]
  readonly places: ReadonlyMap<string, SupplyPlace>
  /** On somebody's day: at least of the days that are planned here. */
  readonly standing: readonly DayJob[]
  /** Its owner has chosen the time, and nobody has it yet: somebody of that day will have to. */
  readonly chosen: readonly DayJob[]
  /** In force for everyone: days and people are planned by it. */
  readonly live: Policy
}

/** Where it does not matter what lies where. */
export const noPlaces: ReadonlyMap<string, SupplyPlace> = new Map()
