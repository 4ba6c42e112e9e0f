import {
  type Appliance,
  type Millis,
  Problem,
  type TicketId,
  ticketIdSchema,
  type UnitOfWork,
} from '../../core/index.ts'
import { homeOf } from '../crew/engineerRecord.ts'
import type { Ticket } from '../tickets/ticket.ts'

/** The safety ticket that keeps everything else from this home; undefined where its earth is safe. */
export async function lockOf(
  db: Pick<UnitOfWork, 'selectFrom'>,
  appliance: Pick<Appliance, 'id' | 'homeId'>,
): Promise<TicketId | undefined> {
  const row = await db
    .selectFrom('safetyLock')
    .select('ticket')
    .where('home', '=', homeOf(appliance))
    .where('liftedAt', 'is', null)
    .executeTakeFirst()
  return row && ticketIdSchema.parse(row.ticket)
}

/** Nothing is installed or repaired where there is no safe earth (S43). @throws Problem `safety-lock` */
export async function refuseWhereLocked(
  tx: UnitOfWork,
  { id, source }: Pick<Ticket, 'id' | 'source'>,
  appliance: Appliance,
): Promise<void> {
  if (source === 'safety') return
  const safety = await lockOf(tx, appliance)
  if (!safety) return
  throw new Problem({
    code: 'safety-lock',
    message: 'The electrical earth at this home was found unsafe: no work may be done there.',
    remedy: `Settle the safety ticket ${safety} first.`,
    concerns: id,
    status: 409,
  })
}

export async function lockHome(tx: UnitOfWork, appliance: Appliance, ticket: string, at: Millis): Promise<void> {
  await tx
    .insertInto('safetyLock')
    .values({ home: homeOf(appliance), ticket, openedAt: at, liftedAt: null })
    .execute()
}

/** @returns was it locked? */
export async function liftLock(tx: UnitOfWork, ticket: string, at: Millis): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('safetyLock')
    .set({ liftedAt: at })
    .where('ticket', '=', ticket)
    .where('liftedAt', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}
