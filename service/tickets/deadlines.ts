import { type Millis, ticketIs } from '../../core/index.ts'
import type { StoredTicket } from './store/storedTicket.ts'

/** What deadlines are read from. */
type Promised = Pick<StoredTicket, 'clocks' | 'state' | 'owner' | 'escalatedAt' | 'supply'>

/** Promises at whose end something happens by itself. */
const acted = new Set([
  'owner-answer',
  'contact',
  'second-contact',
  'call-back',
  'rating',
  'remote',
  'test',
  'evidence',
  'questions',
  'parts',
])

/** Those of a ticket that still run. Pure. */
export function runningDeadlines(ticket: Promised): { name: string; dueAt: Millis }[] {
  return ticket.clocks.filter(({ name, doneAt }) => {
    if (doneAt !== undefined || !acted.has(name)) return false
    if (name === 'owner-answer') return ticket.state === 'offered' && ticket.owner !== undefined
    if (name === 'contact') return ticket.escalatedAt === undefined
    // Parts that are on their way say themselves that they came.
    if (name === 'parts') return ticket.state === 'waiting' && !ticket.supply?.some(({ dueAt }) => dueAt !== undefined)
    return true
  })
}

/** When time alone next changes something; null while nothing is due ever. */
export const nextDue = (ticket: Promised): Millis | null => {
  const running = runningDeadlines(ticket)
  return running.length === 0 ? null : Math.min(...running.map(({ dueAt }) => dueAt))
}

/** Times by which an owner or an appliance has to answer, not the desk. */
const ofOthers = new Set(['owner-answer', 'rating', 'remote', 'test', 'evidence', 'questions'])
/** When the desk next owes something; undefined while it owes nothing. */
export function nextOwed({ clocks }: Pick<StoredTicket, 'clocks'>): Millis | undefined {
  const owed = clocks.filter(({ name, doneAt }) => doneAt === undefined && !ofOthers.has(name))
  return owed.length === 0 ? undefined : Math.min(...owed.map(({ dueAt }) => dueAt))
}

/** Promises that people keep: one that is missed is told to whoever is on call. */
const promises = ['first-response', 'on-site', 'parts'] as const
type PromiseName = (typeof promises)[number]
export const isPromise = (name: string): name is PromiseName => (promises as readonly string[]).includes(name)

/** The first that is owed still; null where none is. */
export function nextPromise({ state, clocks }: Pick<StoredTicket, 'clocks' | 'state'>): Millis | null {
  const owed = clocks.filter(({ name, doneAt }) => doneAt === undefined && isPromise(name))
  return owed.length === 0 || !ticketIs(state, 'living') ? null : Math.min(...owed.map(({ dueAt }) => dueAt))
}
