import { type Ticket, type TicketStateView, useCall } from '../../api.ts'

/** What each state allows and means; the same table that the server obeys. */
export function useTicketStates() {
  const { data } = useCall<{ items: TicketStateView[] }>('/api/tickets/states')
  return (state: Ticket['state']) => data?.items.find((known) => known.state === state)
}

/** What may be done with this one now. */
export function useMoves(ticket: Ticket) {
  const known = useTicketStates()(ticket.state)
  return {
    may: (move: string): boolean => Object.hasOwn(known?.moves ?? {}, move),
    can: (act: TicketStateView['can'][number]): boolean => known?.can.includes(act) ?? false,
  }
}
