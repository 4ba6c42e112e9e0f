/**
 * simulator: appliances, homes, weather and faults as physics; owners and engineers who act on what happens.
 * In: the catalog's metrics (never what it believes of faults), a seed, the product's own doors (MQTT, HTTP).
 * Out: a Fleet that is read in time order, and a world that publishes it as real MQTT clients do.
 * Start at fleet.ts, then simulatedAppliance.ts and fridge.ts; the live world: world.ts, pace.ts, people.ts.
 */

export { type Chore, cleanAppliance } from './appliances/cleaning.ts'
export { drawFault, type Fault, modesOf } from './appliances/faults.ts'
export { createFleet, type Fleet, type FleetOptions } from './appliances/fleet.ts'
export { runsOf } from './appliances/runs.ts'
export type { SimulatedAppliance } from './appliances/simulatedAppliance.ts'
export type { ApiClient } from './people/apiClient.ts'
export { CareOwners, type CareOwnersOptions, type Letter } from './people/careOwners.ts'
export { CrewDays } from './people/crewDays.ts'
export { DeskCalls } from './people/deskCalls.ts'
export { Hardships } from './people/hardships.ts'
export { Keepers } from './people/keepers.ts'
export { MemberOwners } from './people/memberOwners.ts'
export { People } from './people/people.ts'
export { Roster } from './people/roster.ts'
export { drawStaff } from './people/staff.ts'
export { Supervisors } from './people/supervisors.ts'
export { askForTests } from './people/testConsents.ts'
export { openSimulatedWorld, type SimulatedWorld } from './world/world.ts'
