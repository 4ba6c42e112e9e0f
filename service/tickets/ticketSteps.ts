import type { UnitOfWork } from '../../core/index.ts'
import { recallOf } from '../closure/recall.ts'
import { planSteps } from '../dispatch/planSteps.ts'
import { guideFailed } from '../remote/guides.ts'
import { basicSteps } from './basicSteps.ts'
import { beginSteps } from './beginSteps.ts'
import { endSteps } from './endSteps.ts'
import type { StoredTicket } from './storedTicket.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'

/** Everything that a ticket's commands do inside their transaction. */
export function ticketSteps(options: TicketServiceOptions) {
  const { policies, clock } = options
  const basics = basicSteps(options)
  const planning = planSteps(options, basics)
  return {
    ...basics,
    ...planning,
    ...beginSteps(options, basics, planning),
    ...endSteps(options, basics, planning),
    /** The repair of this fault that did not last, and the guide that had helped: what came before. */
    recallOf: (tx: UnitOfWork, appliance: string, hypotheses: StoredTicket['hypotheses']) =>
      recallOf(tx, policies, clock.now(), appliance, hypotheses),
    guideFailed: (tx: UnitOfWork, appliance: string, hypotheses: StoredTicket['hypotheses']) =>
      guideFailed(tx, policies, clock.now(), appliance, hypotheses),
  }
}
export type TicketSteps = ReturnType<typeof ticketSteps>
