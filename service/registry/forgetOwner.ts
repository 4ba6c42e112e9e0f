import { because, type Registration, type Render, type UnitOfWork } from '../../core/index.ts'
import type { CarryOut } from '../tickets/carryOut.ts'
import { forgetWords, tickets } from '../tickets/store/ticketRepository.ts'

/**
 * An appliance has another owner: its tickets keep what was found and done, and lose the former one's name, contact,
 * and words. Living ones go on with the new owner.
 */
export async function forgetOwner(
  tx: UnitOfWork,
  appliance: string,
  owner: Registration['owner'],
  carryOut: CarryOut,
  render: Render,
): Promise<void> {
  const gone = render(because('by-former-owner'))
  for (const ticket of await tickets(tx, { appliance })) {
    await carryOut(tx, ticket, { type: 'ownerLeft', owner, gone })
    const words = ticket.source === 'reported' ? ['noticed', 'diagnosis'] : []
    await forgetWords(tx, ticket.id, ['owner', 'contacts', 'rating', ...words], JSON.stringify(because('former-owner')))
  }
}
