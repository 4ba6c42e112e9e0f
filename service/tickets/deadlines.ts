import type { Millis } from '../../core/index.ts'
import type { StoredTicket } from './store/storedTicket.ts'

/** What deadlines are read from. */
type Promised = Pick<StoredTicket, 'clocks' | 'state' | 'owner' | 'escalatedAt'>

/** Promises at whose end something happens by itself. */
const acted = new Set(['owner-answer', 'contact', 'second-contact', 'call-back', 'rating', 'remote'])

/** Those of a ticket that still run. Pure. */
export function runningDeadlines(ticket: Promised): { name: string; dueAt: Millis }[] {
  return ticket.clocks.filter(({ name, doneAt }) => {
    if (doneAt !== undefined || !acted.has(name)) return false
    if (name === 'owner-answer') return ticket.state === 'offered' && ticket.owner !== undefined
    if (name === 'contact') return ticket.escalatedAt === undefined
    return true
  })
}

/** When time alone next changes something; null while nothing is due ever. */
export const nextDue = (ticket: Promised): Millis | null => {
  const running = runningDeadlines(ticket)
  return running.length === 0 ? null : Math.min(...running.map(({ dueAt }) => dueAt))
}
