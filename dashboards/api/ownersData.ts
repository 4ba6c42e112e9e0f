import type { FastifyRequest } from 'fastify'
import { localDay, type Millis, ticketIs } from '../../core/index.ts'
import type { TicketView } from '../../service/index.ts'
import type { ApiContext } from './apiContext.ts'
import { scopeOf } from './permissions.ts'
import type { Shown } from './withoutOwners.ts'

/**
 * What who asks may see of owners. An engineer sees how to reach the owner of an own job from the day of the visit, and
 * until it is over.
 */
export function shownOf(
  { account, ownTicket }: Pick<FastifyRequest, 'account' | 'ownTicket'>,
  { clock }: Pick<ApiContext, 'clock'>,
): Shown {
  if (!account) return { contact: true, link: true }
  const contact = scopeOf(account.roles, 'owners.contact')
  return {
    contact: contact === 'all' || (ownTicket !== null && isItsDay(ownTicket, clock.now())),
    link: scopeOf(account.roles, 'ownerLinks.see') === 'all',
  }
}

/** Has the day of the visit come, where the appliance is, and is it not over? */
const isItsDay = ({ slot, state, timeZone }: TicketView, now: Millis): boolean =>
  !!slot && ticketIs(state, 'busy') && localDay(now, timeZone) >= localDay(slot.from, timeZone)
