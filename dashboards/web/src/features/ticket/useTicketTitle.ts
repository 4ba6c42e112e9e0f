import type { Ticket } from '../../api.ts'
import { useNames } from '../../components/names.ts'
import { useWords } from '../../words/index.ts'

/** What a ticket is about: its failure mode, or the words of who reported it while none is known. */
export function useTicketTitle(): (ticket: Ticket) => string {
  const { t, say } = useWords()
  const names = useNames()
  return (ticket) =>
    ticket.source === 'reported' && (!ticket.failureMode || ticket.failureMode === 'unknown')
      ? `${t('ticket.sources.reported')}: ${say(ticket.noticed)}`
      : names.mode(ticket.kind, ticket.failureMode ?? 'unknown')
}
