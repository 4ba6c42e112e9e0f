import { type PersonRef, personOf, type Registration, type UnitOfWork } from '../../../core/index.ts'

/** Whose a ticket's words are. */
export async function personOfTicket(tx: Pick<UnitOfWork, 'selectFrom'>, ticket: string): Promise<PersonRef> {
  const row = await tx.selectFrom('ticket').select(['appliance', 'body']).where('id', '=', ticket).executeTakeFirst()
  if (!row) return personOf(ticket)
  const { owner } = JSON.parse(row.body) as { owner?: NonNullable<Registration['owner']> }
  return personOf(row.appliance, owner)
}
