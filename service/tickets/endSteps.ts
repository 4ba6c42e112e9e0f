import { HOUR, type Reason, type UnitOfWork } from '../../core/index.ts'
import { enqueueControl } from '../../database/index.ts'
import type { PlanSteps } from '../dispatch/planSteps.ts'
import type { BasicSteps } from './basicSteps.ts'
import type { StoredTicket } from './storedTicket.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'

/** How a ticket ends, and how it begins again. */
export function endSteps(
  options: TicketServiceOptions,
  { announce, clockOf, move, rulesOf, stopAllClocks, stopClock }: BasicSteps,
  { dispatch }: PlanSteps,
) {
  const { clock } = options

  /** The freeze of its baseline ends with the ticket, and so does what is reserved for it. */
  async function release(tx: UnitOfWork, ticket: StoredTicket, relearn: boolean, reason: string): Promise<void> {
    const at = clock.now()
    await dispatch.freeParts(tx, ticket, reason)
    await enqueueControl(tx, { type: 'release', appliance: ticket.appliance, ticket: ticket.id, at, relearn, reason })
  }

  /** Nobody was there: what the appliance or its owner did is taken for the repair, until its own signal says otherwise. */
  async function closeByProof(tx: UnitOfWork, ticket: StoredTicket, by: string, why: Reason): Promise<void> {
    await move(tx, ticket, 'close', by, why)
    const now = clock.now()
    stopAllClocks(ticket)
    const cause = ticket.failureMode ?? 'unknown'
    ticket.closure = { cause, parts: [], note: options.render(why).en, at: now, by }
    ticket.bill = { lines: [], totalCents: 0 }
    ticket.verification = 'pending'
    const { appliance, alerts, id } = ticket
    await enqueueControl(tx, { type: 'verify', appliance, ticket: id, at: now, cause, alerts })
  }

  /** It ends without proof, and its alerts with it. */
  async function end(tx: UnitOfWork, ticket: StoredTicket, reason: string): Promise<void> {
    await release(tx, ticket, false, reason)
    await options.alertsEnded(tx, ticket.id, clock.now())
  }

  /** Not solved: the same case goes on, with its clock and its cost. */
  async function reopenTicket(tx: UnitOfWork, ticket: StoredTicket, by: string, why: Reason): Promise<void> {
    await move(tx, ticket, 'reopen', by, why)
    ticket.reopened = (ticket.reopened ?? 0) + 1
    delete ticket.visit
    delete ticket.contactedAt
    delete ticket.escalatedAt
    // Whoever asked for the reopening has heard that it is not solved: the next visit brings the next call-back.
    stopClock(ticket, 'call-back')
    clockOf(ticket, 'on-site', clock.now() + rulesOf(ticket).onSiteHours * HOUR)
    await announce(tx, ticket, 'reopened', `/${ticket.reopened}`)
  }

  return { release, closeByProof, end, reopenTicket }
}
