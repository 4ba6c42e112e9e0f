import { nextTicketState, type Reason, type TicketMove, type UnitOfWork } from '../../core/index.ts'
import { engineerOf } from '../crew/people.ts'
import { localOffsetMs } from '../dispatch/buildDay.ts'
import type { Policy } from '../policy/policySchema.ts'
import { calmFrom } from './quietHours.ts'
import type { StoredTicket } from './storedTicket.ts'
import { noticesOf, type TicketEvents } from './ticketNotices.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'
import { insertEvent } from './ticketTable.ts'

/** From this priority on nobody is woken. */
const CALM_PRIORITY = 3

/** What every change of a ticket is made of: audited moves, promises with their ends, and who hears of it. */
export function basicSteps({ appliance, catalog, policy, policies, clock, announcer, render }: TicketServiceOptions) {
  /** The rules that this ticket was made under. */
  const rulesOf = (ticket: StoredTicket): Policy => policies.of(ticket.policy)

  async function announce(tx: UnitOfWork, ticket: StoredTicket, news: TicketEvents, step = ''): Promise<void> {
    const name = ticket.engineer ? (await engineerOf(tx, ticket.engineer))?.name : undefined
    const now = clock.now()
    const offset = localOffsetMs(appliance(ticket.appliance).location)
    // What is not urgent waits for the morning.
    const pushFrom = ticket.priority >= CALM_PRIORITY ? calmFrom(now, offset, policy.acting.quietHours) : now
    for (const notice of noticesOf(ticket, news, step, now, catalog, render, name)) {
      await announcer.announce(tx, pushFrom > now ? { ...notice, pushFrom } : notice)
    }
  }

  /** One audited step of the state machine. Changes `ticket`; the caller saves it. */
  async function move(tx: UnitOfWork, ticket: StoredTicket, event: TicketMove, by: string, why: Reason): Promise<void> {
    const from = ticket.state
    ticket.state = nextTicketState(ticket.id, from, event)
    ticket.updatedAt = clock.now()
    await insertEvent(tx, ticket.id, { at: clock.now(), by, from, to: ticket.state, why })
  }

  /** A promise begins, or begins anew. */
  function clockOf(ticket: StoredTicket, name: string, dueAt: number): void {
    const known = ticket.clocks.find((entry) => entry.name === name)
    if (known) Object.assign(known, { dueAt, doneAt: undefined })
    else ticket.clocks.push({ name, dueAt })
  }
  function stopClock(ticket: StoredTicket, name: string): void {
    const known = ticket.clocks.find((entry) => entry.name === name && entry.doneAt === undefined)
    if (known) known.doneAt = clock.now()
  }
  function stopAllClocks(ticket: StoredTicket): void {
    for (const { name } of ticket.clocks) stopClock(ticket, name)
  }

  return { rulesOf, announce, move, clockOf, stopClock, stopAllClocks }
}
export type BasicSteps = ReturnType<typeof basicSteps>
