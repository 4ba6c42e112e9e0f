import type { SlaClock, TicketState } from '../../core/index.ts'
import type { StoredTicket } from './store/storedTicket.ts'

/** A ticket as it is decided about: its parts apart, nothing changed in place. */
export interface Ticket
  extends Readonly<
    Pick<
      StoredTicket,
      | 'id'
      | 'number'
      | 'appliance'
      | 'kind'
      | 'model'
      | 'source'
      | 'job'
      | 'alerts'
      | 'priority'
      | 'createdAt'
      | 'updatedAt'
      | 'policy'
      | 'owner'
      | 'contacts'
      | 'heldBy'
    >
  > {
  readonly state: TicketState
  readonly clocks: readonly SlaClock[]
  /** What is believed to be wrong, and what a visit for it would cost and save. */
  readonly finding: Part<(typeof findingKeys)[number]>
  /** Who goes, when, with what. */
  readonly plan: Part<(typeof planKeys)[number]>
  /** What happened on site. */
  readonly visit: Part<(typeof visitKeys)[number]> & { readonly times?: StoredTicket['visit'] }
  /** What was found, and what was said of it afterwards. */
  readonly closure: Part<(typeof closureKeys)[number]> & { readonly found?: StoredTicket['closure'] }
  /** Repairs without a visit. */
  readonly remote: Part<(typeof remoteKeys)[number]> & { readonly repair?: StoredTicket['remote'] }
  readonly money: Part<(typeof moneyKeys)[number]>
}
type Part<K extends keyof StoredTicket> = Readonly<Pick<StoredTicket, K>>

const findingKeys = [
  'failureMode',
  'hypotheses',
  'evidence',
  'noticed',
  'diagnosis',
  'skill',
  'difficulty',
  'minutes',
  'lifeHours',
  'weighed',
  'said',
  'changed',
  'faded',
] as const
const planKeys = [
  'kit',
  'candidates',
  'nobody',
  'offeredSlots',
  'engineer',
  'slot',
  'slotChosen',
  'plannedAt',
  'assignedByHand',
  'supply',
  'bound',
  'passedOver',
  'contactBy',
  'contactedAt',
  'escalatedAt',
  'noShows',
] as const
const visitKeys = ['visits', 'checklist', 'ownerTicks'] as const
const closureKeys = [
  'verification',
  'verificationEvidence',
  'rating',
  'ratingExpiredAt',
  'calledBack',
  'reopened',
  'recallOf',
  'recallCount',
  'repaired',
  'dismissed',
] as const
const remoteKeys = ['guide', 'test', 'check'] as const
const moneyKeys = ['bill', 'billConfirmedAt', 'payment', 'compensation', 'swapRight', 'swapClaimedAt'] as const

function part<K extends keyof StoredTicket>(stored: StoredTicket, keys: readonly K[]): Pick<StoredTicket, K> {
  const own: Partial<StoredTicket> = {}
  for (const key of keys) own[key] = stored[key]
  // Every key of it was copied.
  return own as Pick<StoredTicket, K>
}

/** What is kept side by side, in its parts. Pure. */
export const toTicket = (stored: StoredTicket): Ticket => ({
  id: stored.id,
  number: stored.number,
  appliance: stored.appliance,
  kind: stored.kind,
  model: stored.model,
  source: stored.source,
  state: stored.state,
  job: stored.job,
  alerts: stored.alerts,
  priority: stored.priority,
  createdAt: stored.createdAt,
  updatedAt: stored.updatedAt,
  clocks: stored.clocks,
  policy: stored.policy,
  owner: stored.owner,
  contacts: stored.contacts,
  heldBy: stored.heldBy,
  finding: part(stored, findingKeys),
  plan: part(stored, planKeys),
  visit: { ...part(stored, visitKeys), times: stored.visit },
  closure: { ...part(stored, closureKeys), found: stored.closure },
  remote: { ...part(stored, remoteKeys), repair: stored.remote },
  money: part(stored, moneyKeys),
})

/** The other way round: as it is kept, and as the contract has it. Pure. */
export function toStored({ finding, plan, visit, closure, remote, money, ...own }: Ticket): StoredTicket {
  const { times, ...visited } = visit
  const { found, ...closed } = closure
  const { repair, ...besides } = remote
  return {
    ...own,
    ...finding,
    ...plan,
    ...visited,
    ...closed,
    ...besides,
    ...money,
    visit: times,
    closure: found,
    remote: repair,
  }
}
