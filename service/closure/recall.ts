import { DAY, type Hypothesis, type Millis, type TicketId, ticketIs } from '../../core/index.ts'
import type { Policies } from '../policy/openPolicies.ts'
import type { Ticket } from '../tickets/ticket.ts'

/** The repair that did not last. */
export interface Recall {
  ticket: TicketId
  number: string
  failureMode: string
  days: number
  /** How many times this fault has come back by now, this one included. */
  count: number
  swapRight: boolean
}

/**
 * The last repair of the same fault class inside its recall window (S41): free of charge, and no proof is asked for, so
 * a report that names no fault counts as the same one. Pure.
 */
export function recallOf(
  before: readonly Ticket[],
  policies: Pick<Policies, 'rulesOf'>,
  now: Millis,
  hypotheses: readonly Hypothesis[],
): Recall | undefined {
  const names = hypotheses.map(({ failureMode }) => failureMode)
  const isUnnamed = names.every((name) => name === 'unknown')
  const mended = before
    .filter(({ state, closure }) => ticketIs(state, 'mended') && closure.found)
    .sort((a, b) => (b.closure.found?.at ?? 0) - (a.closure.found?.at ?? 0))
  for (const ticket of mended) {
    const { id, number, closure, visit } = ticket
    const { found, recallCount = 0 } = closure
    if (!found || found.cause === 'none' || !visit.times) continue
    const rules = policies.rulesOf(ticket)
    if (now - found.at >= rules.recallDays * DAY) continue
    if (!isUnnamed && !names.includes(found.cause)) continue
    const count = 1 + recallCount
    return {
      ticket: id,
      number,
      failureMode: found.cause,
      days: Math.floor((now - found.at) / DAY),
      count,
      swapRight: count >= rules.swapAfterRecalls,
    }
  }
  return undefined
}
