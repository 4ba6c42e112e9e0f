import { DAY, type Hypothesis, type Millis, ticketStatesWhere, type UnitOfWork } from '../../core/index.ts'
import type { Policies } from '../policy/openPolicies.ts'
import type { StoredTicket } from '../tickets/storedTicket.ts'
import { toStored } from '../tickets/ticketTable.ts'

/** The repair that did not last. */
export interface Recall {
  ticket: string
  number: string
  failureMode: string
  days: number
  /** How many times this fault has come back by now, this one included. */
  count: number
  swapRight: boolean
}

/**
 * The last repair of the same fault class inside its recall window (S41): free of charge, and no proof is asked for, so
 * a report that names no fault counts as the same one.
 */
export async function recallOf(
  tx: UnitOfWork,
  policies: Policies,
  now: Millis,
  appliance: string,
  hypotheses: Hypothesis[],
): Promise<Recall | undefined> {
  const rows = await tx
    .selectFrom('ticket')
    .select('body')
    .where('appliance', '=', appliance)
    .where('state', 'in', ticketStatesWhere('mended'))
    .orderBy('closedAt', 'desc')
    .limit(20)
    .execute()
  const tickets = rows.map(toStored)
  const names = hypotheses.map(({ failureMode }) => failureMode)
  const isUnnamed = names.every((name) => name === 'unknown')
  for (const ticket of tickets) {
    const { closure } = ticket
    if (!closure || closure.cause === 'none' || !ticket.visit) continue
    const rules = policies.of(ticket.policy)
    if (now - closure.at >= rules.recallDays * DAY) continue
    if (!isUnnamed && !names.includes(closure.cause)) continue
    const count = 1 + (ticket.recallCount ?? 0)
    return {
      ticket: ticket.id,
      number: ticket.number,
      failureMode: closure.cause,
      days: Math.floor((now - closure.at) / DAY),
      count,
      swapRight: count >= rules.swapAfterRecalls,
    }
  }
  return undefined
}

/** A repair that did not last is made good: the ticket says of which one, and what the owner may ask for. */
export function markRecall(ticket: StoredTicket, { ticket: id, count, swapRight }: Recall): void {
  ticket.recallOf = id
  ticket.recallCount = count
  if (swapRight) ticket.swapRight = true
}
