import type { Catalog } from '../../catalog/index.ts'
import type { Alert } from '../../core/index.ts'
import { weighVisit } from '../dispatch/weighVisit.ts'
import { checkFor } from '../testing/ownerCheck.ts'
import type { LeanTicket } from '../tickets/store/storedTicket.ts'
import type { Policy } from './policySchema.ts'

/** What is done about a finding: nobody is asked, its owner is asked what they see, or a visit is offered. */
type Deed = 'nothing' | 'ask' | 'offer'

/** What foreseen tickets began with under the policy as it was, and would have begun with. */
export interface VisitCounts {
  /** Tickets of findings whose alerts are still there. */
  predicted: number
  offeredThen: number
  offeredWith: number
  askedThen: number
  askedWith: number
  /** With the change nobody would have come, or been asked, or only with it. */
  changed: { ticket: string; number: string; was: Deed; would: Deed }[]
}

const MOST_CHANGED = 200
export const noVisits = (): VisitCounts => ({
  predicted: 0,
  offeredThen: 0,
  offeredWith: 0,
  askedThen: 0,
  askedWith: 0,
  changed: [],
})

/** The same decisions that make a ticket, on what was said when its alert opened. Pure. */
function deedOf(alert: Alert, ticket: LeanTicket, policy: Policy, kinds: Catalog['kinds']): Deed {
  const { hypotheses = alert.hypotheses, remainingLife = alert.remainingLife } = alert.opened ?? {}
  const opened = { ...alert, hypotheses, ...(remainingLife ? { remainingLife } : {}) }
  const weighed = weighVisit(opened, policy)
  if (!weighed.act) return 'nothing'
  const kind = kinds.get(ticket.kind)
  // What the appliance showed by itself was not asked of its owner.
  const isAsked = kind && ticket.owner && !ticket.test && checkFor(kind, opened, weighed, policy) !== undefined
  return isAsked ? 'ask' : 'offer'
}

/** Counts one foreseen ticket. */
export function countVisit(
  counts: VisitCounts,
  ticket: LeanTicket,
  alert: Alert,
  { then, changed }: { then: Policy; changed: Policy },
  kinds: Catalog['kinds'],
): void {
  const was = deedOf(alert, ticket, then, kinds)
  const would = deedOf(alert, ticket, changed, kinds)
  counts.predicted++
  if (was === 'offer') counts.offeredThen++
  if (would === 'offer') counts.offeredWith++
  if (was === 'ask') counts.askedThen++
  if (would === 'ask') counts.askedWith++
  if (was !== would && counts.changed.length < MOST_CHANGED)
    counts.changed.push({ ticket: ticket.id, number: ticket.number, was, would })
}
