// Of which ticket of its appliance something is a part: pure, of an appliance's tickets, the newest first.
import { isOfFault, jobTypeOf, ticketCan, ticketIs } from '../../../core/index.ts'
import type { Ticket } from '../ticket.ts'

const namesOf = ({ finding }: Ticket): (string | undefined)[] => [
  finding.failureMode,
  ...finding.hypotheses.map(({ failureMode }) => failureMode),
]
/** Its visit is over, and nobody has said yet what was found. */
const isVisited = ({ state }: Ticket): boolean => ticketCan(state, 'callBack')

/**
 * The ticket that an alert becomes part of: a repair that is under way; one whose visit is over, where it was made for what
 * is still seen; one whose repair is being proved. Undefined: it is a case of its own. Who cleans, installs or inspects mends no
 * fault: such tickets stand beside it.
 */
export function ticketOfAlert(before: readonly Ticket[], failureMode: string): Ticket | undefined {
  const repairs = before.filter((ticket) => isOfFault(ticket) && ticketIs(ticket.state, 'living'))
  const isSaid = (ticket: Ticket): boolean => ticket.finding.hypotheses.some((one) => one.failureMode === failureMode)
  const ahead = repairs.filter((ticket) => !isVisited(ticket))
  return (
    ahead.find(isSaid) ??
    ahead[0] ??
    repairs.find(isSaid) ??
    before.find(({ state, closure }) => state === 'closed' && closure.verification === 'pending')
  )
}

/**
 * The ticket that a report becomes part of: of a fault the repair that is under way, unless its visit is over and the fault
 * is none of those it was made for; what is ordered beside it joins its like before anybody has come. Undefined: its own.
 * @param names faults that the report may mean; one that nobody names is the same as before
 */
export function ticketOfReport(
  before: readonly Ticket[],
  names: readonly string[],
  job: Ticket['job'],
): Ticket | undefined {
  const wanted = { source: 'reported', job } as const
  const alike = before.filter((ticket) => ticketIs(ticket.state, 'living') && jobTypeOf(ticket) === jobTypeOf(wanted))
  const ahead = alike.filter((ticket) => !isVisited(ticket))
  if (!isOfFault(wanted)) return ahead[0]
  const isSame = (ticket: Ticket): boolean => {
    const own = namesOf(ticket)
    return names.some((name) => name === 'unknown' || own.includes(name))
  }
  return ahead.find(isSame) ?? ahead[0] ?? alike.find(isSame)
}
