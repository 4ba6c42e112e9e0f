import type { Ticket } from './ticket.ts'
import { ticketIs } from './ticketCan.ts'

/** As much of a ticket as says what its visit is for. */
export interface WithJob {
  readonly source: Ticket['source']
  /** Where the source does not say. */
  readonly job?: string | undefined
}

/** What somebody comes for: `repair`, `installation`, `inspection`, `safety`, or one of the policy's types of jobs by its id. */
export const jobTypeOf = ({ source, job }: WithJob): string =>
  job ?? (source === 'safety' || source === 'inspection' ? source : 'repair')

/**
 * Is it about a fault of its appliance? Alerts and reports of faults belong to such a ticket; a clean, an inspection or an
 * installation may live beside it.
 */
export const isOfFault = (ticket: WithJob): boolean => jobTypeOf(ticket) === 'repair'

/** Those that live, what a fault is about before what stands beside it; else in the order in which they are given. */
export function livingFirst<T extends WithJob & Pick<Ticket, 'state'>>(tickets: readonly T[]): T[] {
  const living = tickets.filter(({ state }) => ticketIs(state, 'living'))
  return [...living.filter(isOfFault), ...living.filter((ticket) => !isOfFault(ticket))]
}
