import { type Appliance, because, hash64, Problem, type Render, type UnitOfWork } from '../../core/index.ts'
import type { StoredTicket } from '../tickets/storedTicket.ts'
import type { TicketSteps } from '../tickets/ticketSteps.ts'
import { insertEvent, insertTicket, updateTicket } from '../tickets/ticketTable.ts'

const homeOf = ({ id, homeId }: Pick<Appliance, 'id' | 'homeId'>): string =>
  homeId ? `home/${homeId}` : `appliance/${id}`

/** The safety ticket that keeps everything else from this home; undefined where its earth is safe. */
export async function lockOf(
  db: Pick<UnitOfWork, 'selectFrom'>,
  appliance: Pick<Appliance, 'id' | 'homeId'>,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('safetyLock')
    .select('ticket')
    .where('home', '=', homeOf(appliance))
    .where('liftedAt', 'is', null)
    .executeTakeFirst()
  return row?.ticket
}

/** Nothing is installed or repaired where there is no safe earth (S43). @throws Problem `safety-lock` */
export async function refuseWhereLocked(tx: UnitOfWork, ticket: StoredTicket, appliance: Appliance): Promise<void> {
  if (ticket.source === 'safety') return
  const safety = await lockOf(tx, appliance)
  if (!safety) return
  throw new Problem({
    code: 'safety-lock',
    message: 'The electrical earth at this home was found unsafe: no work may be done there.',
    remedy: `Settle the safety ticket ${safety} first.`,
    concerns: ticket.id,
    status: 409,
  })
}

/** The earth test failed: the home is locked, and a ticket for its safety is opened. @returns its id */
export async function lockHome(
  tx: UnitOfWork,
  ticket: StoredTicket,
  appliance: Appliance,
  steps: Pick<TicketSteps, 'announce' | 'create' | 'prepare' | 'toAccepted'>,
  now: number,
  by: string,
  render: Render,
): Promise<string> {
  const known = await lockOf(tx, appliance)
  if (known) return known
  const id = `tk-${hash64(`${ticket.id}/safety/${now}`)}`
  const safety = await steps.create(
    tx,
    {
      id,
      appliance: appliance.id,
      source: 'safety',
      failureMode: 'unknown',
      alerts: [],
      hypotheses: [],
      evidence: [],
      noticed: render(because('earth-unsafe')),
      diagnosis: render(because('earth-diagnosis', { ticket: ticket.number })),
    },
    because('earth-failed', { ticket: ticket.number, by }),
  )
  safety.priority = 1
  await steps.prepare(tx, safety, [])
  await insertTicket(tx, safety)
  await tx
    .insertInto('safetyLock')
    .values({ home: homeOf(appliance), ticket: id, openedAt: now, liftedAt: null })
    .execute()
  await steps.announce(tx, safety, 'accepted')
  await steps.toAccepted(tx, safety, 'hearthwatch', because('safety-first'))
  await updateTicket(tx, safety, now)
  return id
}

export async function liftLock(tx: UnitOfWork, safety: StoredTicket, now: number, by: string): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('safetyLock')
    .set({ liftedAt: now })
    .where('ticket', '=', safety.id)
    .where('liftedAt', 'is', null)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) return
  const { state } = safety
  await insertEvent(tx, safety.id, {
    at: now,
    by,
    from: state,
    to: state,
    why: because('earth-safe'),
  })
}
