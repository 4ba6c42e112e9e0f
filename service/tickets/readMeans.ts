import { DAY, type Slot, ticketCan, ticketIs, ticketStatesWhere, type UnitOfWork } from '../../core/index.ts'
import { engineersNow, supplyPlaces } from '../crew/people.ts'
import type { DayJob } from '../dispatch/buildDay.ts'
import type { Means } from '../dispatch/means.ts'
import { jobOf } from './jobOf.ts'
import type { LeanTicket } from './store/storedTicket.ts'
import { leanTickets } from './store/ticketRepository.ts'
import { type Ticket, toTicket } from './ticket.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'

/** What planning needs to know. */
export interface Wanted {
  /** Parts that may be needed. */
  readonly parts: readonly string[]
  /** Around which times days are looked at; `open`: any from now on; none: no day is known yet. */
  readonly around: readonly Slot[] | 'open'
}

/** Who and what there is to send at this moment, in this transaction: three statements. */
export const readMeans = async (
  tx: Pick<UnitOfWork, 'selectFrom'>,
  options: TicketServiceOptions,
  { parts, around }: Wanted,
): Promise<Means> => meansAmong(tx, options, parts, await comingOn(tx, around, options.clock.now()))

/** The same, where it is known already who is to come on those days: two statements. */
export async function meansAmong(
  tx: Pick<UnitOfWork, 'selectFrom'>,
  { clock, policy, policies, appliance }: TicketServiceOptions,
  parts: readonly string[],
  all: readonly Ticket[],
): Promise<Means> {
  const now = clock.now()
  const jobs = (some: readonly Ticket[]): DayJob[] =>
    some.flatMap((ticket) => {
      const job = jobOf(ticket, appliance(ticket.appliance), policies.rulesOf(ticket))
      const { slot } = job
      return slot ? [{ ...job, slot }] : []
    })
  return {
    now,
    live: policy,
    engineers: await engineersNow(tx, { now, policy }),
    places: await supplyPlaces(tx, [...parts]),
    standing: jobs(all.filter(({ state }) => ticketIs(state, 'onADay'))),
    chosen: jobs(all.filter(({ state, plan }) => ticketCan(state, 'grab') && plan.slotChosen)),
  }
}

/** As it was read last, it is the same ticket. */
const made = new WeakMap<LeanTicket, Ticket>()
function asTicket(lean: LeanTicket): Ticket {
  const known = made.get(lean) ?? toTicket({ ...lean, candidates: [] })
  made.set(lean, known)
  return known
}

/** What is on somebody's day, or was promised for it, at least of the local days of these times; without candidates. */
export async function comingOn(
  tx: Pick<UnitOfWork, 'selectFrom'>,
  around: Wanted['around'],
  now: number,
): Promise<Ticket[]> {
  const starts = around === 'open' ? [now] : around.map(({ from }) => from)
  if (starts.length === 0) return []
  const standing = await leanTickets(tx, {
    states: ticketStatesWhere('toCome'),
    slotFrom: Math.min(...starts) - 2 * DAY,
    ...(around === 'open' ? {} : { slotUntil: Math.max(...starts) + 2 * DAY }),
    order: ['id'],
  })
  return standing.map(asTicket)
}
