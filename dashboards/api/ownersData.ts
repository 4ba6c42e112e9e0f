import type { FastifyRequest } from 'fastify'
import { type Appliance, type Millis, ticketIs } from '../../core/index.ts'
import { localDay, type TicketView } from '../../service/index.ts'
import type { ApiContext } from './apiContext.ts'
import { scopeOf } from './permissions.ts'

/** What of an owner is shown: how they are called and reached, and the link by which one acts for them. */
export interface Shown {
  contact: boolean
  link: boolean
}

/**
 * What who asks may see of owners. An engineer sees how to reach the owner of an own job from the day of the visit, and
 * until it is over.
 */
export function shownOf(
  { account, ownTicket }: Pick<FastifyRequest, 'account' | 'ownTicket'>,
  { registry, clock }: Pick<ApiContext, 'registry' | 'clock'>,
): Shown {
  if (!account) return { contact: true, link: true }
  const contact = scopeOf(account.roles, 'owners.contact')
  return {
    contact:
      contact === 'all' || (ownTicket !== null && isItsDay(ownTicket, registry.get(ownTicket.appliance), clock.now())),
    link: scopeOf(account.roles, 'ownerLinks.see') === 'all',
  }
}

/** Has the day of the visit come, where the appliance is, and is it not over? */
const isItsDay = ({ slot, state }: TicketView, { location }: Appliance, now: Millis): boolean =>
  !!slot && ticketIs(state, 'busy') && localDay(now, location) >= localDay(slot.from, location)

/** An answer without what is not shown of owners; where all is, it is the answer itself. Pure. */
export function withoutOwners(value: unknown, shown: Shown): unknown {
  if ((shown.contact && shown.link) || typeof value !== 'object' || value === null) return value
  // Series are long, and nobody's.
  if (Array.isArray(value)) return typeof value[0] === 'number' ? value : value.map((one) => withoutOwners(one, shown))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fieldOf(key, one, shown)]))
}

function fieldOf(key: string, value: unknown, shown: Shown): unknown {
  if (key === 'ownerLink') return shown.link ? value : ''
  if (shown.contact) return withoutOwners(value, shown)
  if (key === 'owner' && isRecord(value)) return { language: value.language }
  if (key === 'to' && isRecord(value) && value.role === 'owner') return { role: 'owner', language: value.language }
  if ((key === 'by' || key === 'who') && typeof value === 'string') return value.startsWith('owner ') ? 'owner' : value
  return withoutOwners(value, shown)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
