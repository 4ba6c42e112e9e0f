import { DAY, type Hypothesis, type Millis, ticketStatesWhere, type UnitOfWork } from '../../core/index.ts'
import type { Policies } from '../policy/openPolicies.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { StoredTicket } from '../tickets/storedTicket.ts'
import { toStored, updateTicket } from '../tickets/ticketTable.ts'

/** The guide that fits the likeliest fault; undefined when none does. */
export const guideFor = (
  ticket: Pick<StoredTicket, 'kind' | 'failureMode'>,
  rules: Policy,
): Policy['guides'][number] | undefined =>
  rules.guides.find(({ kind, modes }) => kind === ticket.kind && modes.includes(ticket.failureMode ?? ''))

/** The fault came back soon after a guide had helped: it had not (S60). */
export async function guideFailed(
  tx: UnitOfWork,
  policies: Policies,
  now: Millis,
  appliance: string,
  hypotheses: Hypothesis[],
): Promise<void> {
  const rows = await tx
    .selectFrom('ticket')
    .select('body')
    .where('appliance', '=', appliance)
    .where('state', 'in', ticketStatesWhere('mended'))
    .orderBy('closedAt', 'desc')
    .limit(5)
    .execute()
  const names = hypotheses.map(({ failureMode }) => failureMode)
  for (const ticket of rows.map(toStored)) {
    const { guide, failureMode = '' } = ticket
    if (!guide?.helped || guide.failedAt !== undefined || guide.triedAt === undefined) continue
    if (now - guide.triedAt >= policies.of(ticket.policy).guideFailedDays * DAY) continue
    if (!names.includes(failureMode) && !names.every((name) => name === 'unknown')) continue
    ticket.guide = { ...guide, failedAt: now }
    await updateTicket(tx, ticket, now)
  }
}
