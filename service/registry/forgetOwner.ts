import { because, type Registration, type Render, ticketIs, type UnitOfWork } from '../../core/index.ts'
import { forgetInHistory } from '../tickets/ticketHistory.ts'
import { toStored, updateTicket } from '../tickets/ticketTable.ts'

/**
 * An appliance has another owner: its tickets keep what was found and done, and lose the former one's name, contact,
 * and words. Living ones go on with the new owner.
 */
export async function forgetOwner(
  tx: UnitOfWork,
  appliance: string,
  owner: Registration['owner'],
  render: Render,
): Promise<void> {
  const gone = render(because('by-former-owner'))
  const rows = await tx.selectFrom('ticket').select('body').where('appliance', '=', appliance).execute()
  for (const ticket of rows.map(toStored)) {
    delete ticket.owner
    if (owner && ticketIs(ticket.state, 'living')) ticket.owner = owner
    if (ticket.rating) ticket.rating.text = ''
    if (ticket.source === 'reported') Object.assign(ticket, { noticed: gone, diagnosis: gone })
    for (const contact of ticket.contacts ?? []) {
      if (contact.channel !== 'telemetry') Object.assign(contact, { by: 'owner', text: '' })
    }
    await updateTicket(tx, ticket)
    const words = ticket.source === 'reported' ? ['noticed', 'diagnosis'] : []
    await forgetInHistory(tx, ticket.id, ['owner', 'contacts', 'rating', ...words])
    await tx
      .updateTable('ticketEvent')
      .set({ by: 'owner', why: JSON.stringify(because('former-owner')) })
      .where('ticket', '=', ticket.id)
      .where((eb) =>
        eb.or([
          eb('by', '=', 'owner'),
          eb('by', 'like', 'owner %'),
          eb('why', 'like', '%"code":"reported"%'),
          eb('why', 'like', '%"code":"also-reported"%'),
        ]),
      )
      .execute()
  }
}
