import { Problem, type TicketState } from '../../core/index.ts'

export const ticketEvents = [
  'offer',
  'accept',
  'decline',
  'expire',
  'assign',
  'start',
  'wait',
  'complete',
  'remote',
  'close',
  'verify',
  'reopen',
  'cancel',
] as const
export type TicketEvent = (typeof ticketEvents)[number]

/** What each state allows; what is not here is refused, with what is. `close` and `cancel` as CONTRACT.md says. */
export const ticketMoves: Record<TicketState, Partial<Record<TicketEvent, TicketState>>> = {
  new: { offer: 'offered', accept: 'accepted', close: 'closed', cancel: 'cancelled' },
  offered: {
    offer: 'offered',
    accept: 'accepted',
    decline: 'declined',
    expire: 'expired',
    remote: 'remote',
    close: 'closed',
    cancel: 'cancelled',
  },
  declined: { offer: 'offered', accept: 'accepted', close: 'closed', cancel: 'cancelled' },
  expired: { offer: 'offered', accept: 'accepted', decline: 'declined', close: 'closed', cancel: 'cancelled' },
  accepted: { accept: 'accepted', assign: 'assigned', remote: 'remote', close: 'closed', cancel: 'cancelled' },
  assigned: {
    accept: 'accepted',
    assign: 'assigned',
    start: 'visiting',
    remote: 'remote',
    close: 'closed',
    cancel: 'cancelled',
  },
  visiting: { wait: 'waiting', complete: 'completed', close: 'closed', cancel: 'cancelled' },
  waiting: { assign: 'assigned', start: 'visiting', close: 'closed', cancel: 'cancelled' },
  remote: { complete: 'completed', accept: 'accepted', close: 'closed', cancel: 'cancelled' },
  completed: { close: 'closed', reopen: 'reopened', cancel: 'cancelled' },
  closed: { verify: 'verified', reopen: 'reopened' },
  verified: { reopen: 'reopened' },
  reopened: {
    accept: 'accepted',
    assign: 'assigned',
    remote: 'remote',
    close: 'closed',
    cancel: 'cancelled',
  },
  cancelled: {},
}

/** States in which a ticket holds further findings of its appliance. */
export const livingStates: TicketState[] = [
  'new',
  'offered',
  'declined',
  'expired',
  'accepted',
  'assigned',
  'visiting',
  'waiting',
  'remote',
  'completed',
  'reopened',
]

/** @throws Problem `illegal-move`, which names the legal ones */
export function nextTicketState(id: string, state: TicketState, event: TicketEvent): TicketState {
  const next = ticketMoves[state][event]
  if (next) return next
  const legal = Object.keys(ticketMoves[state])
  throw new Problem({
    code: 'illegal-move',
    message: `Ticket ${id} is ${state}; '${event}' is not possible now.`,
    remedy: legal.length ? `Possible now: ${legal.join(', ')}.` : 'It has ended; open a new one.',
    concerns: id,
    status: 409,
  })
}
