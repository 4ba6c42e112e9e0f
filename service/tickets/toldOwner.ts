import type { Text, TicketId, UnitOfWork } from '../../core/index.ts'
import type { CarryOut } from './carryOut.ts'
import { tickets } from './store/ticketRepository.ts'

/** What became of what an owner was told of a ticket: somebody has it, or nobody. */
export const toldOwner =
  (carryOut: CarryOut) =>
  async (
    tx: UnitOfWork,
    id: TicketId,
    what: 'received' | 'unreached',
    { title: news, key }: { title: Text; key: string },
  ): Promise<void> => {
    const [ticket] = await tickets(tx, { ids: [id] })
    if (!ticket) return
    if (what === 'unreached') await carryOut(tx, ticket, { type: 'unreached', news, key })
    else if (ticket.clocks.some(({ name, doneAt }) => name === 'first-response' && doneAt === undefined))
      await carryOut(tx, ticket, { type: 'heard' })
  }
