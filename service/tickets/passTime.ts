import type { TicketId, UnitOfWork } from '../../core/index.ts'
import type { Apart } from '../../database/index.ts'
import type { CarryOut } from './carryOut.ts'
import { runningDeadlines } from './deadlines.ts'
import { ticketRows } from './store/ticketRepository.ts'
import { toStored } from './ticket.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'

/** More than this at once wait for the next turn. */
const AT_ONCE = 500

/** What time alone does to tickets: each deadline that has passed has its effect, once. @returns ids of what changed */
export const passTime =
  ({ clock }: TicketServiceOptions, carryOut: CarryOut) =>
  async (tx: UnitOfWork, apart: Apart): Promise<TicketId[]> => {
    const now = clock.now()
    const but = apart.resting('ticket')
    const rows = await ticketRows(tx, { dueBy: now, but, order: ['nextDueAt', 'id'], limit: AT_ONCE })
    const changed: TicketId[] = []
    for (const { id, read } of rows) {
      const done = await apart.each(tx, 'ticket', id, async () => {
        let ticket = read()
        for (const { name, dueAt } of runningDeadlines(toStored(ticket)))
          if (dueAt <= now) ticket = await carryOut(tx, ticket, { type: 'deadline', name })
        return ticket.id
      })
      if (done) changed.push(done)
    }
    return changed
  }
