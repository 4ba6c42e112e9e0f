import { because, type Registration, type Render, type UnitOfWork } from '../../core/index.ts'
import type { CarryOut } from '../tickets/carryOut.ts'
import { forgetWords } from '../tickets/store/forgetWords.ts'
import { tickets } from '../tickets/store/ticketRepository.ts'
import { forgetTaskWords } from '../tickets/taskTable.ts'

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
  const instead = JSON.stringify(because('former-owner'))
  for (const ticket of await tickets(tx, { appliance })) {
    await carryOut(tx, ticket, { type: 'ownerLeft', owner, gone })
    const isReported = ticket.source === 'reported' || ticket.source === 'recall'
    const fields = ['owner', 'contacts', 'rating', ...(isReported ? ['noticed', 'diagnosis'] : [])]
    const strings = ticket.owner ? textsOf(ticket.owner) : []
    await forgetWords(tx, ticket.id, { fields, strings, instead })
    await forgetTaskWords(tx, ticket.id, strings)
  }
}

/** By what they are called and reached, where it stands in somebody's words. */
const textsOf = ({ name, contact, phone, wechat }: NonNullable<Registration['owner']>): string[] =>
  [name, contact, phone, wechat].flatMap((text) => text || [])
