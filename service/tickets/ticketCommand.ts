import type { Clock, Database, UnitOfWork } from '../../core/index.ts'
import type { StoredTicket } from './storedTicket.ts'
import { loadTicket } from './ticketQueries.ts'
import { updateTicket } from './ticketTable.ts'
import type { TicketView } from './ticketView.ts'

export type Command = (
  id: string,
  by: string,
  work: (tx: UnitOfWork, ticket: StoredTicket) => Promise<void>,
) => Promise<TicketView>

/** A command of a person: load, change, save, in one transaction; who works on it is remembered. */
export const ticketCommand =
  (database: Database, clock: Clock, read: (id: string) => Promise<TicketView>): Command =>
  async (id, by, work) => {
    await database.transaction(async (tx) => {
      const ticket = await loadTicket(tx, id)
      await work(tx, ticket)
      if (by.startsWith('user:')) ticket.heldBy = by
      await updateTicket(tx, ticket, clock.now())
    })
    return read(id)
  }
