import type { Action } from '../../../../api/permissions.ts'
import { type Ticket, type TicketStateView, useCall } from '../../api.ts'
import { useMay } from '../../components/useMay.tsx'

/** What each state allows and means; the same table that the server obeys. */
export function useTicketStates() {
  const { data } = useCall('GET /api/tickets/states', {})
  return (state: Ticket['state']) => data?.items.find((known) => known.state === state)
}

/** What takes a permission; whatever else a state says is no deed of who looks. */
const needs: Record<string, Action> = {
  accept: 'tickets.agree',
  decline: 'tickets.agree',
  assign: 'tickets.plan',
  start: 'tickets.visit',
  wait: 'tickets.visit',
  complete: 'tickets.visit',
  contact: 'tickets.visit',
  noShow: 'tickets.visit',
  remote: 'tickets.remote',
  close: 'tickets.close',
  cancel: 'tickets.cancel',
  callBack: 'tickets.callBack',
  reopen: 'tickets.reopen',
  grab: 'tickets.grab',
}

/** What may be done with this one now, by its state and by who looks. */
export function useMoves(ticket: Ticket) {
  const known = useTicketStates()(ticket.state)
  const may = useMay()
  const isMine = (deed: string): boolean => needs[deed] === undefined || may(needs[deed])
  return {
    may: (move: string): boolean => Object.hasOwn(known?.moves ?? {}, move) && isMine(move),
    can: (act: TicketStateView['can'][number]): boolean => (known?.can.includes(act) ?? false) && isMine(act),
  }
}
