import { type Ticket, useCall } from '../../api.ts'

type Moves = Record<string, Record<string, string>>

/** What the state machine allows now; the same table that the server obeys. */
export function useMoves(ticket: Ticket) {
  const { data } = useCall<Moves>('/api/tickets/moves')
  return { may: (event: string): boolean => event in (data?.[ticket.state] ?? {}) }
}
