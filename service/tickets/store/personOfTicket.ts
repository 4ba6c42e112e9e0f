import { z } from 'zod'
import { type PersonRef, personOf, type UnitOfWork } from '../../../core/index.ts'
import { jsonColumn } from '../../../database/index.ts'

const ownerIn = jsonColumn(
  'ticket',
  'body',
  z.looseObject({ owner: z.looseObject({ name: z.string(), contact: z.string() }).optional() }),
)

/** Whose a ticket's words are. */
export async function personOfTicket(tx: Pick<UnitOfWork, 'selectFrom'>, ticket: string): Promise<PersonRef> {
  const row = await tx.selectFrom('ticket').select(['appliance', 'body']).where('id', '=', ticket).executeTakeFirst()
  if (!row) return personOf(ticket)
  const { owner } = ownerIn.read(row.body, ticket)
  return personOf(row.appliance, owner)
}
