// The fleets that training sees: the simulator's own, and drawn structures, each appliance heard in a way of its own.
import type { Catalog } from '../../catalog/index.ts'
import { DAY, type Millis } from '../../core/index.ts'
import { createFleet } from '../../simulator/index.ts'
import { heardAs, MIXED } from '../evaluation/hearing.ts'
import type { ReadFleet } from '../evaluation/runFleet.ts'
import { createStructuredFleet } from './structures/fleet.ts'

export interface FleetOrders {
  family: 'own' | 'drawn'
  seed: number
  kinds: string[]
  /** Of each kind. */
  appliances: number
  days: number
  /** Readings of the own family are so many times farther apart, all alike. */
  coarse?: number
}

/** What went wrong with an appliance of it, of which only the first counts. */
export interface KnownFault {
  failureMode: string
  onset: Millis
  functionalFailureAt: Millis
  abrupt: boolean
}
export interface TrainingFleet {
  fleet: ReadFleet
  start: Millis
  end: Millis
  /** As far as it has come. */
  faultOf(appliance: string): KnownFault | undefined
}

const SOUND_DAYS = 28
/** Most get a fault; what they did before it teaches what health is. */
const FAULTS_PER_YEAR = 6

/** A third of a year apart, so that every season is seen. */
export function trainingFleet(
  { family, seed, kinds, appliances, days, coarse }: FleetOrders,
  catalog: Catalog,
): TrainingFleet {
  const start = Date.UTC(2025, 0, 10) + ((seed - 1) % 3) * 120 * DAY
  const asked = {
    seed,
    catalog,
    kinds: Object.fromEntries(kinds.map((kind) => [kind, appliances])),
    start,
    days,
    faultsPerYear: FAULTS_PER_YEAR,
    soundDays: SOUND_DAYS,
    prefix: `${family[0]}${seed}-`,
  }
  const made =
    family === 'drawn'
      ? createStructuredFleet(asked)
      : createFleet({ ...asked, faults: 'drawn', nuisances: true, ...(coarse ? { coarse } : {}) })
  const faults = new Map(made.appliances.map((one) => [one.registration.id, () => one.faults[0]]))
  return {
    fleet: coarse ? made : heardAs(made, catalog, MIXED),
    start,
    end: start + days * DAY,
    faultOf: (appliance) => faults.get(appliance)?.(),
  }
}
